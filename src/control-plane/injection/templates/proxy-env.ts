import { all, annotationOf, bare, call, equals, firstOf, go, hasAnnotation, labelOf, text } from '../template/go';
import type { Argument, Go } from '../template/go';
import { each, when } from '../template/nodes';
import type { Item, Items } from '../template/nodes';
import { since } from '../../release';
import type { InjectionSettings } from '../settings';

/** Environment of proxies: what the agent tells istiod of the pod, and what Envoy and Go's runtime need to know of it. */

export const TRUST_DOMAIN = go('.MeshConfig.TrustDomain');
export const OWNER_NAME = go('.DeploymentMeta.Name');
export const PROXY_METADATA = go('.ProxyConfig.ProxyMetadata');
/** Names of the pod's own containers; a variable that {@link CONTAINER_VARIABLES} sets. */
export const CONTAINERS = go('$containers');
/** JSON of the ports of all containers, as the agent reads it; set by {@link CONTAINER_VARIABLES}. */
const PORTS = go('$ports');

/** Lines that collect what the environment says of the pod's containers. */
export const CONTAINER_VARIABLES = {
  code: [
    '$containers := list',
    '$ports := "["',
    'range .Spec.Containers',
    'if ne .Name "istio-proxy"',
    '$containers = append $containers .Name',
    'end',
    'range .Ports',
    '$ports = printf "%s\\n    %s%s" $ports (ternary "" "," (eq $ports "[")) (structToJSON .)',
    'end',
    'end',
  ],
};

export function variable(name: string, value: Argument): Item {
  return { name, value };
}

export function fromField(name: string, fieldPath: string): Item {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}

export function fromResource(name: string, resource: string): Item {
  return { name, valueFrom: { resourceFieldRef: { resource, divisor: '1' } } };
}

/** Who the proxy is, and where it gets its certificate. */
export function identity(settings: InjectionSettings): Items {
  return [
    variable('PILOT_CERT_PROVIDER', settings.pilotCertProvider),
    variable('CA_ADDR', caAddress(settings)),
    fromField('POD_NAME', 'metadata.name'),
    fromField('POD_NAMESPACE', 'metadata.namespace'),
    fromField('INSTANCE_IP', 'status.podIP'),
    fromField('SERVICE_ACCOUNT', 'spec.serviceAccountName'),
    fromField('HOST_IP', 'status.hostIP'),
  ];
}

/** Who signs certificates: the istiod of the revision, unless it is somebody else. */
export function caAddress({ proxy, revision, namespace }: InjectionSettings): string {
  const istiod = given(revision) === undefined ? 'istiod' : `istiod-${revision}`;
  return proxy.caAddress ?? `${istiod}.${namespace}.svc:15012`;
}

export const CPU_LIMIT = fromResource('ISTIO_CPU_LIMIT', 'limits.cpu');
export const PROXY_CONFIG = variable('PROXY_CONFIG', call('printf', '%s\n', call('protoToJSON', go('.ProxyConfig'))));
export const POD_PORTS = variable('ISTIO_META_POD_PORTS', call('printf', '%s\n]', PORTS));
export const APP_CONTAINERS = variable('ISTIO_META_APP_CONTAINERS', call('join', ',', CONTAINERS));
export const NODE_NAME = fromField('ISTIO_META_NODE_NAME', 'spec.nodeName');

/** Go's runtime keeps within the container's limits. */
export const RUNTIME_LIMITS: Items = [fromResource('GOMEMLIMIT', 'limits.memory'), fromResource('GOMAXPROCS', 'limits.cpu')];

/** The compliance policy of istiod holds for proxies too. */
export function compliance({ release }: InjectionSettings): Item {
  const policy = go('.CompliancePolicy');
  const fips = when<Items>(equals(policy, 'fips-140-3'), [variable('GODEBUG', 'fips140=only')]);
  return when<Items>(policy, [variable('COMPLIANCE_POLICY', policy), since(release, '1.31') ? fips : undefined]);
}

export function clusterId(settings: InjectionSettings, fallback: Argument = 'Kubernetes'): Item {
  return variable('ISTIO_META_CLUSTER_ID', clusterName(settings, fallback));
}

export function clusterName({ clusterName: name }: InjectionSettings, fallback: Argument): Argument {
  return given(name) ?? fallback;
}

export function network({ network: name }: InjectionSettings): Item | undefined {
  return given(name) === undefined ? undefined : variable('ISTIO_META_NETWORK', name ?? '');
}

/** The Deployment, or whatever else made the pod. */
export function workload(name: Go = OWNER_NAME): Items {
  const kind = call('toLower', go('.TypeMeta.Kind'));
  const namespace = call('valueOrDefault', go('.DeploymentMeta.Namespace'), 'default');
  const owner = text`kubernetes://apis/${go('.TypeMeta.APIVersion')}/namespaces/${namespace}/${kind}s/${OWNER_NAME}`;
  return [
    when<Items>(name, [variable('ISTIO_META_WORKLOAD_NAME', name)]),
    when<Items>(all(go('.TypeMeta.APIVersion'), OWNER_NAME), [variable('ISTIO_META_OWNER', owner)]),
  ];
}

/** A sidecar's workload can be named by a label. */
export const LABELLED_WORKLOAD = firstOf(labelOf('service.istio.io/workload-name'), OWNER_NAME);

/** A mesh without a name is called by its trust domain. */
export function mesh({ meshId }: InjectionSettings): Items {
  const trustDomain = variable('TRUST_DOMAIN', TRUST_DOMAIN);
  const named = given(meshId);
  if (named !== undefined) return [variable('ISTIO_META_MESH_ID', named), when<Items>(TRUST_DOMAIN, [trustDomain])];
  return [when<Items>(TRUST_DOMAIN, [variable('ISTIO_META_MESH_ID', TRUST_DOMAIN), trustDomain])];
}

export const BOOTSTRAP_OVERRIDE = 'sidecar.istio.io/bootstrapOverride';

export function bootstrapOverride(): Item {
  const file = '/etc/istio/custom-bootstrap/custom_bootstrap.json';
  return when<Items>(hasAnnotation(BOOTSTRAP_OVERRIDE), [variable('ISTIO_BOOTSTRAP_OVERRIDE', file)]);
}

/** What the proxy's configuration adds to the environment. */
export const METADATA = eachVariable(PROXY_METADATA);

/** A pod that is traced by Datadog may bring its own environment. */
export function datadog({ proxy }: InjectionSettings): Item | undefined {
  if (proxy.tracer !== 'datadog') return undefined;
  const annotation = 'apm.datadoghq.com/env';
  return when<Items>(hasAnnotation(annotation), [eachVariable(call('fromJSON', annotationOf(annotation)))]);
}

/** Attributes of the pod for OpenTelemetry, where a tracing provider wants them. */
export function openTelemetry({ release }: InjectionSettings): Item | undefined {
  if (!since(release, '1.30')) return undefined;
  const pod = ['.ObjectMeta.Annotations', '.ObjectMeta.Labels', '.DeploymentMeta.Namespace', '.Spec.Containers'].map(go);
  const attributes = call('otelResourceAttributes', go('.MeshConfig'), ...pod);
  return when<Items>(attributes, [variable('OTEL_RESOURCE_ATTRIBUTES', attributes)]);
}

function eachVariable(over: Go): Item {
  return each('$key, $value', over, [{ name: bare(go('$key')), value: go('$value') }]);
}

/** Istio's values have an empty text for nothing. */
function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
