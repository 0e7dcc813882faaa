import { App } from 'cdk8s';
import type { AppProps } from 'cdk8s';
import { applyLayout, layoutManifests, requireLayout } from './layout';
import type { Layout } from './layout';
import { isObjectItem, ObjectGraph } from './object-graph';
import type { GraphItem, ObjectItem } from './object-graph';
import { inOrder } from './order';
import { outputFiles } from './output-files';
import { writeOutputFolder } from './output-folder';
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
}

/**
 * A cdk8s App that knows what an object needs: it settles the program, renders and validates every object once, orders
 * the objects by stage and need, and writes all files or none.
 *
 * A plain `cdk8s.App` gives the same objects, in cdk8s's own order.
 */
export class MeshApp extends App {
  private readonly layout: Layout;

  public constructor(props: MeshAppProps = {}) {
    const { layout, ...appProps } = props;
    super(appProps);
    this.layout = requireLayout(layout ?? 'kubectl');
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

  private ordered(): { ordered: ObjectItem[]; graph: ObjectGraph } {
    const { objects } = SynthSession.of(this).synthesize();
    const graph = new ObjectGraph(objects);
    const before = (item: GraphItem): readonly GraphItem[] => graph.before(item);
    return { ordered: inOrder<GraphItem>(graph.items, { before }).filter(isObjectItem), graph };
  }

  private recordsMetadata(): boolean {
    // cdk8s resolves the prop and its environment variable into a private field
    return (this as unknown as { recordConstructMetadata?: boolean }).recordConstructMetadata === true;
  }
}

/** cdk8s's own format, which its CLI reads: by the object's name; the last one wins where objects share it. */
function constructMetadata(items: readonly ObjectItem[]): string {
  const resources: Record<string, { path: string }> = {};
  for (const { object } of items) resources[object.construct.name] = { path: object.construct.node.path };
  return JSON.stringify({ version: '1.0.0', resources });
}

