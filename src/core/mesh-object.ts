import { ApiObject } from 'cdk8s';
import type { ApiObjectMetadataDefinition, JsonPatch } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { meshError, MeshError } from '../errors/mesh-error';
import type { Json, JsonObject } from '../rules/json';
import { isJsonObject, isUnknown, setKey } from '../rules/json';
import { requirePatch } from './json-patches';
import { checkObject } from './object-checks';
import { toPlainData } from './plain-data';
import { isConstruct } from './place';
import { describeValue, refusal } from './refusal';
import { SynthSession } from './synth-session';
import { requireKnownIdentity, unknownIdentityFindings } from './unknown-identity';
import { applyPatches } from './unknown-patches';

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

  /** @throws MeshError when the scope is in no chart, the id is taken, the props name another kind or API group, or a name is known only later. */
  public constructor(scope: Construct, id: string, type: ObjectType, props: ObjectProps = {}) {
    requireKnownIdentity(scope, id, props);
    checkObject(scope, id, type, props);
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
   *
   * @throws MeshError for what is no construct.
   */
  public needs(...others: IConstruct[]): void {
    for (const other of others) {
      if (!isConstruct(other)) throw this.refused('needs', 'bad-need', other, 'constructs', 'give the construct itself, not its name');
    }
    this.needed.push(...others);
  }

  /**
   * Applies the object at another stage than its kind's; see `Stage`.
   *
   * @throws MeshError for anything but a whole number from 0 to 999.
   */
  public atStage(stage: number): void {
    if (!Number.isInteger(stage) || stage < 0 || stage > 999) {
      throw this.refused('atStage', 'bad-stage', stage, 'a whole number from 0 to 999', 'use one of Stage, such as Stage.routes, or a number between two of them');
    }
    this.stage = stage;
  }

  /**
   * Adds RFC 6902 operations; they see the object as it will be written, and their result is validated.
   *
   * @throws MeshError for what is no JsonPatch; at synthesis, for one that does not apply.
   */
  public override addJsonPatch(...operations: JsonPatch[]): void {
    for (const operation of operations) requirePatch(operation, this.node.path);
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
    const { data, findings, holdsUnknown } = toPlainData(this, { ...this.given, metadata: fieldsOf(this.metadata) });
    if (findings.length > 0) throw new MeshError(findings);
    const { apiVersion: _apiVersion, kind: _kind, metadata, ...rest } = data as JsonObject;
    const head = { apiVersion: this.apiVersion, kind: this.kind, metadata: withoutEmpty(metadata) ?? {} };
    const manifest = this.patched({ ...head, ...rest });
    if (holdsUnknown || this.jsonPatches.length > 0) this.requireKnownIdentity(manifest);
    return manifest;
  }

  private patched(manifest: JsonObject): JsonObject {
    if (this.jsonPatches.length === 0) return manifest;
    const patched = applyPatches(manifest, this.jsonPatches, this.node.path);
    if (isJsonObject(patched)) return patched;
    throw meshError({
      code: 'bad-patch',
      construct: this.node.path,
      property: '',
      got: 'a patch that replaces the whole object by something else',
      expected: 'an object',
      fix: 'patch the fields that are to change',
    });
  }

  private requireKnownIdentity(manifest: JsonObject): void {
    const findings = unknownIdentityFindings(this.node.path, manifest);
    if (findings.length > 0) throw new MeshError(findings);
  }

  private refused(property: string, code: string, got: unknown, expected: string, fix: string): MeshError {
    return refusal({ construct: this.node.path }, property, { code, got: describeValue(got), expected, fix });
  }
}

function isMeshObject(construct: IConstruct): construct is MeshObject {
  return BRAND in construct;
}

/**
 * The fields of cdk8s's metadata. Its own toJson would take a value that is known only at deployment for an object, and
 * would not say where a value is that is no data.
 */
function fieldsOf(metadata: ApiObjectMetadataDefinition): object {
  const { _additionalAttributes, apiObject: _owner, ...fields } = metadata as unknown as { _additionalAttributes: object; apiObject: unknown };
  return { ..._additionalAttributes, ...fields };
}

/** Metadata without what says nothing: null, and empty lists and objects, as cdk8s leaves them out. */
function withoutEmpty(value: Json | undefined): Json | undefined {
  if (typeof value !== 'object' || isUnknown(value)) return value;
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : (value as readonly Json[]).map((item) => withoutEmpty(item) ?? null);
  const kept: Record<string, Json> = {};
  let isEmpty = true;
  for (const [key, item] of Object.entries(value)) {
    const child = withoutEmpty(item);
    if (child === undefined) continue;
    setKey(kept, key, child);
    isEmpty = false;
  }
  return isEmpty ? undefined : kept;
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
