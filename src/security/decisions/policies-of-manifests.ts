import { isJsonObject } from '../../rules/json';
import type { Json, JsonObject } from '../../rules/json';
import type { MeshFacts, PlainPolicy, Policies } from './plain-policies';
import type { PathNormalization } from './request-paths';
import { isTrue } from './truth';

/** An object of a program, and the path of its construct where that is known. */
export interface Written {
  readonly manifest: JsonObject;
  readonly construct?: string;
}

/**
 * The policies of one cluster, read off its objects: for each control plane of it, as that is configured; where another program has
 * the mesh, as Istio is by default, with the facts that are given.
 */
export function policiesOfManifests(written: readonly Written[], defaults: Partial<MeshFacts> = {}): readonly Policies[] {
  const of = (kind: string): PlainPolicy[] => written.filter(({ manifest }) => manifest['kind'] === kind && isSecurity(manifest)).map(plainPolicy);
  const policies = { authorizationPolicies: of('AuthorizationPolicy'), peerAuthentications: of('PeerAuthentication'), requestAuthentications: of('RequestAuthentication') };
  const configs = written.flatMap(({ manifest }): JsonObject[] => meshConfigOf(manifest) ?? []);
  const features = (config: JsonObject): Partial<MeshFacts> => featuresOf(written.map(({ manifest }) => manifest), config);
  return (configs.length === 0 ? [{} as JsonObject] : configs).map((config) => ({ ...policies, mesh: { ...meshFacts(config, defaults), ...features(config) } }));
}

function isSecurity(manifest: JsonObject): boolean {
  return typeof manifest['apiVersion'] === 'string' && manifest['apiVersion'].startsWith('security.istio.io/');
}

function plainPolicy({ manifest, construct = '' }: Written): PlainPolicy {
  const metadata = objectAt(manifest, 'metadata');
  return { name: textAt(metadata, 'name') ?? '', namespace: textAt(metadata, 'namespace') ?? '', annotations: objectAt(metadata, 'annotations'), spec: objectAt(manifest, 'spec'), construct };
}

/** What istiod reads, whose name is that of its revision; undefined for every other object. */
function meshConfigOf(manifest: JsonObject): JsonObject[] | undefined {
  const metadata = objectAt(manifest, 'metadata');
  const text = textAt(objectAt(manifest, 'data'), 'mesh');
  const [, revision = 'default'] = /^istio(?:-(.+))?$/.exec(textAt(metadata, 'name') ?? '') ?? [undefined, ''];
  if (manifest['kind'] !== 'ConfigMap' || text === undefined || revision === '') return undefined;
  const config = yamlOf(text);
  return config === undefined ? undefined : [{ ...config, namespace: textAt(metadata, 'namespace') ?? '', revision }];
}

/** Undefined for what is no YAML, or no object. */
function yamlOf(text: string): JsonObject | undefined {
  const { parse } = require('yaml') as typeof import('yaml');
  try {
    const value = parse(text, { logLevel: 'error' }) as Json;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What the variables of the istiod that reads a configuration switch on. */
function featuresOf(manifests: readonly JsonObject[], { namespace, revision }: JsonObject): Partial<MeshFacts> {
  const istiod = manifests.find((manifest) => {
    const labels = objectAt(objectAt(manifest, 'metadata'), 'labels');
    return manifest['kind'] === 'Deployment' && objectAt(manifest, 'metadata')['namespace'] === namespace && labels['app'] === 'istiod' && (labels['istio.io/rev'] ?? 'default') === revision;
  });
  const containers = listOf(objectAt(objectAt(objectAt(istiod ?? {}, 'spec'), 'template'), 'spec')['containers']).filter(isJsonObject);
  const variables = containers.flatMap((container) => listOf(container['env'])).filter(isJsonObject);
  const isOn = (name: string): boolean => isTrue(variables.filter((each) => each['name'] === name).at(-1)?.['value']);
  return {
    ...(isOn('PILOT_ENABLE_MULTIPLE_CUSTOM_AUTHZ_PROVIDERS') && { asksSeveral: true }),
    ...(isOn('PILOT_SKIP_VALIDATE_TRUST_DOMAIN') && { takesAllTrustDomains: true }),
  };
}

function meshFacts(config: JsonObject, defaults: Partial<MeshFacts>): MeshFacts {
  const own = textAt(config, 'trustDomain');
  const providers = listOf(config['extensionProviders']).filter(isJsonObject);
  const kind = textAt(objectAt(config, 'pathNormalization'), 'normalization');
  return {
    rootNamespace: textAt(config, 'rootNamespace') ?? textAt(config, 'namespace') ?? defaults.rootNamespace ?? 'istio-system',
    trustDomains: own === undefined ? (defaults.trustDomains ?? ['cluster.local']) : [...new Set([own, ...texts(config['trustDomainAliases'])])],
    federated: listOf(config['caCertificates']).flatMap((each) => (isJsonObject(each) ? texts(each['trustDomains']) : [])),
    pathNormalization: kind === undefined || kind === 'DEFAULT' ? (defaults.pathNormalization ?? 'BASE') : (kind as PathNormalization),
    authorizers: Object.fromEntries(providers.filter((each) => 'envoyExtAuthzHttp' in each || 'envoyExtAuthzGrpc' in each).map((each) => [textAt(each, 'name') ?? '', 'envoyExtAuthzGrpc' in each ? 'grpc' : 'http'])),
    trustedProxies: trustedProxiesIn(config['defaultConfig'] ?? null) ?? 0,
  };
}

/** What the annotation `proxy.istio.io/config` of pods says of the proxies in front of them; undefined where it says nothing. */
export function trustedProxiesOf(annotation: string | undefined): number | undefined {
  if (annotation === undefined || !annotation.includes('numTrustedProxies')) return undefined;
  return trustedProxiesIn(yamlOf(annotation) ?? null);
}

function trustedProxiesIn(proxyConfig: Json): number | undefined {
  const number = objectAt(isJsonObject(proxyConfig) ? proxyConfig : {}, 'gatewayTopology')['numTrustedProxies'];
  return typeof number === 'number' ? number : undefined;
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isJsonObject(value) ? value : {};
}

function textAt(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function texts(value: Json | undefined): string[] {
  return listOf(value).filter((each): each is string => typeof each === 'string');
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
