import { ApiObject, JsonPatch } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { meshError, MeshError } from '../errors/mesh-error';
import type { JsonObject } from '../rules/json';
import { isJsonObject } from '../rules/json';
import { toPlainData } from './plain-data';
import { SynthSession } from './synth-session';

const BRAND = Symbol.for('mesh-constructs.MeshObject');
const NONE: readonly IConstruct[] = [];

/** What kind of object a construct makes. */
export interface ObjectType {
  readonly apiVersion: string;
  readonly kind: string;
  readonly scope: 'Namespaced' | 'Cluster';
}

/** What every object takes: metadata, and the kind's own fields. */
export interface ObjectProps {
  readonly apiVersion?: string;
  readonly metadata?: object;
}

/**
 * One Kubernetes object: the base of every L1 construct.
 *
 * Unlike cdk8s's own generated classes it never drops a key that it does not know, keeps empty lists and objects, and
 * applies JSON patches to what will be written, after everything else. It is rendered at synthesis, so that what was
 * given may still change until then.
 *
 * - The name is `metadata.name`, else the construct's id, without a hash.
 * - The namespace is `metadata.namespace`, else the chart's, for namespaced kinds.
 * - The chart's labels are added to the object's own.
 */
export class MeshObject extends ApiObject {
  /** What a construct declared to need, if it is a MeshObject. @internal */
  public static needsOf(construct: IConstruct): readonly IConstruct[] {
    return isMeshObject(construct) ? construct.needed : NONE;
  }

  /** The stage that a construct was given, if it is a MeshObject. @internal */
  public static stageOf(construct: IConstruct): number | undefined {
    return isMeshObject(construct) ? construct.stage : undefined;
  }

  private readonly given: ObjectProps;
  private readonly jsonPatches: JsonPatch[] = [];
  private readonly needed: IConstruct[] = [];
  private stage: number | undefined;

  public constructor(scope: Construct, id: string, type: ObjectType, props: ObjectProps = {}) {
    super(scope, id, {
      apiVersion: props.apiVersion ?? type.apiVersion,
      kind: type.kind,
      metadata: { name: id, ...definedKeys(props.metadata) },
    });
    if (isGenerated(props)) Object.assign(this.metadata, { name: undefined });
    Object.defineProperty(this, BRAND, { value: true });
    this.given = props;
    if (type.scope === 'Cluster') removeChartNamespace(this, props);
    SynthSession.of(this).watch(this);
  }

  /**
   * Says that this object must be applied after all objects under `others`, and deleted before them. It orders what
   * MeshApp writes; unlike `node.addDependency` it costs cdk8s nothing.
   */
  public needs(...others: IConstruct[]): void {
    this.needed.push(...others);
  }

  /** Applies the object at another stage than its kind's; see `Stage`. */
  public atStage(stage: number): void {
    this.stage = stage;
  }

  /** Adds RFC 6902 operations; they see the object as it will be written, and their result is validated. */
  public override addJsonPatch(...operations: JsonPatch[]): void {
    this.jsonPatches.push(...operations);
  }

  /**
   * The manifest as plain data with sorted keys.
   *
   * @throws MeshError when a value is no plain data, or a patch does not apply.
   */
  public override toJson(): JsonObject {
    return SynthSession.of(this).render(this, () => this.renderManifest());
  }

  protected renderManifest(): JsonObject {
    const metadata: unknown = this.metadata.toJson();
    const { data, findings } = toPlainData(this, { ...this.given, metadata });
    if (findings.length > 0) throw new MeshError(findings);
    const { apiVersion: _apiVersion, kind: _kind, metadata: ownMetadata, ...rest } = data as JsonObject;
    const head = { apiVersion: this.apiVersion, kind: this.kind, metadata: ownMetadata ?? {} };
    return this.applyPatches({ ...head, ...rest });
  }

  private applyPatches(manifest: JsonObject): JsonObject {
    if (this.jsonPatches.length === 0) return manifest;
    let patched: unknown = structuredClone(manifest);
    for (const operation of this.jsonPatches) patched = this.applyPatch(patched, operation);
    if (isJsonObject(patched)) return patched;
    throw meshError({
      code: 'bad-patch',
      construct: this.node.path,
      property: '',
      got: 'a patch that replaces the whole object by something else',
      expected: 'an object',
    });
  }

  private applyPatch(manifest: unknown, operation: JsonPatch): unknown {
    try {
      return JsonPatch.apply(manifest, operation);
    } catch (error) {
      const described = describePatch(operation);
      throw meshError({
        code: 'bad-patch',
        construct: this.node.path,
        property: described.path,
        got: `a patch ${described.text} that does not apply (${firstLine(error)})`,
        expected: 'a path that exists in the rendered object',
        fix: 'print the object with toJson() to see its paths; "add" needs the parent to exist',
      });
    }
  }
}

function isMeshObject(construct: IConstruct): construct is MeshObject {
  return BRAND in construct;
}

function definedKeys(metadata: object | undefined): object {
  return Object.fromEntries(Object.entries(metadata ?? {}).filter(([, value]) => value !== undefined));
}

/** With a `generateName` and no name, the server makes up the name. */
function isGenerated({ metadata }: ObjectProps): boolean {
  const { name, generateName } = (metadata ?? {}) as { name?: string; generateName?: string };
  return name === undefined && generateName !== undefined;
}

/** cdk8s gives every object the chart's namespace; an object of a cluster-wide kind has none unless asked for. */
function removeChartNamespace(object: MeshObject, props: ObjectProps): void {
  const given = (props.metadata as { namespace?: string } | undefined)?.namespace;
  Object.assign(object.metadata, { namespace: given });
}

function describePatch(operation: JsonPatch): { path: string; text: string } {
  // cdk8s keeps the operation private and offers no reader
  const raw = operation as unknown as { operation?: { op?: string; path?: string } };
  const path = raw.operation?.path ?? '';
  return { path: path.replace(/^\//, '').replaceAll('/', '.'), text: `${raw.operation?.op ?? ''} ${path}`.trim() };
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n')[0] ?? '';
}
