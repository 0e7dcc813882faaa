import { App, YamlOutputType } from 'cdk8s';
import type { AppProps } from 'cdk8s';
import { formatFinding } from '../errors/finding';
import type { Finding } from '../errors/finding';
import { applyLayout, layoutManifests, requireLayout } from './layout';
import type { Layout } from './layout';
import type { ObjectItem } from './object-graph';
import { orderedObjects } from './ordered-objects';
import type { OrderedObjects } from './ordered-objects';
import { outputFiles } from './output-files';
import { writeOutputFolder } from './output-folder';
import { requireObject } from './place';
import { describeValue, refusal } from './refusal';
import { SynthSession } from './synth-session';
import { wavesOf } from './waves';
import { writeYaml } from './yaml-writer';

/** What a {@link MeshApp} takes besides cdk8s's own props. */
export interface MeshAppProps extends AppProps {
  /**
   * Who applies the files: `kubectl` (in the order of files and documents), `argocd` (sync waves are added) or `flux`
   * (a Kustomization a stage is added).
   * @default 'kubectl'
   */
  readonly layout?: Layout;
  /**
   * Called at `synth()` and `synthYaml()` for each finding that is a warning, in their order, before anything is written:
   * a function that throws refuses it. Notes, about which nothing has to be done, are not among them: they are printed. Other ways
   * to synthesize (`chart.toJson()`, `synthTo()`) call nobody.
   * @default - each is one line on the standard error
   */
  readonly onWarning?: (warning: Finding) => void;
}

/**
 * A cdk8s App that knows what an object needs: it settles the program, renders and validates every object once, orders
 * the objects by stage and need, and writes all files or none.
 *
 * A plain `cdk8s.App` gives the same objects, in cdk8s's own order.
 */
export class MeshApp extends App {
  private readonly layout: Layout;
  private readonly onWarning: (warning: Finding) => void;

  /** @throws MeshError when a prop is not what it should be. */
  public constructor(props: MeshAppProps = {}) {
    const { layout, onWarning, ...appProps } = requireObject(props, undefined);
    requireAppProps(props);
    super(appProps);
    this.layout = requireLayout(layout ?? 'kubectl');
    this.onWarning = onWarning ?? print;
    SynthSession.of(this);
  }

  /**
   * Writes all files below `outdir`; a file that an earlier synthesis wrote and this one does not is removed.
   *
   * @throws MeshError with every finding of the program; the output folder is then left as it was.
   */
  public override synth(): void {
    const { ordered, graph } = this.ordered();
    const files = outputFiles(ordered, graph, this.yamlOutputType, this.outputFileExtension);
    const laidOut = applyLayout(files, this.layout, () => wavesOf(ordered, graph));
    const texts = laidOut.map(({ path, manifests }) => ({ path, text: writeYaml(manifests) }));
    if (this.recordsMetadata()) texts.push({ path: 'construct-metadata.json', text: constructMetadata(ordered) });
    writeOutputFolder(this.outdir, texts);
  }

  /** All objects of the program as one YAML text, in order, as the layout has them; Flux's Kustomizations are not in it. */
  public override synthYaml(): string {
    const { ordered, graph } = this.ordered();
    return writeYaml(layoutManifests(ordered, this.layout, () => wavesOf(ordered, graph)));
  }

  private ordered(): OrderedObjects {
    const { objects, warnings, notes } = SynthSession.of(this).synthesize();
    for (const warning of warnings) this.onWarning(warning);
    for (const note of notes) print(note);
    return orderedObjects(objects);
  }

  private recordsMetadata(): boolean {
    // cdk8s resolves the prop and its environment variable into a private field
    return (this as unknown as { recordConstructMetadata?: boolean }).recordConstructMetadata === true;
  }
}

/** As a compiler does, so that it is seen in the log of a build and is in nobody's way in a pipe. */
function print(finding: Finding): void {
  process.stderr.write(`${formatFinding(finding)}\n`);
}

/** What cdk8s takes as it is and fails on when it writes. */
function requireAppProps(props: MeshAppProps): void {
  const { outdir, outputFileExtension, yamlOutputType, onWarning } = props as Readonly<Record<string, unknown>>;
  const types: readonly unknown[] = Object.values(YamlOutputType);
  const wrong = [
    { property: 'outdir', value: outdir, isRight: typeof outdir === 'string' && outdir !== '', expected: 'the path of a folder' },
    {
      property: 'outputFileExtension',
      value: outputFileExtension,
      isRight: typeof outputFileExtension === 'string' && !/[/\\]/.test(outputFileExtension),
      expected: 'what file names end in, such as ".yaml"',
    },
    { property: 'yamlOutputType', value: yamlOutputType, isRight: types.includes(yamlOutputType), expected: 'a YamlOutputType of cdk8s' },
    { property: 'onWarning', value: onWarning, isRight: typeof onWarning === 'function', expected: 'a function that takes a finding' },
  ].find(({ value, isRight }) => value !== undefined && !isRight);
  if (wrong === undefined) return;
  const { property, value, expected } = wrong;
  throw refusal({}, property, { code: 'bad-props', got: describeValue(value), expected, fix: 'leave it out for the default' });
}

/** cdk8s's own format, which its CLI reads: by the object's name; the last one wins where objects share it. */
function constructMetadata(items: readonly ObjectItem[]): string {
  const resources: Record<string, { path: string }> = {};
  for (const { object } of items) resources[object.construct.name] = { path: object.construct.node.path };
  return JSON.stringify({ version: '1.0.0', resources });
}

