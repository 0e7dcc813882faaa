import type { Construct } from 'constructs';
import { COMPONENT_SHAPE } from '../control-plane/component-checks';
import { PLATFORMS } from '../control-plane/component';
import { flag, object, oneOf, requireShape, text } from '../control-plane/prop-shape';
import type { Check, Shape } from '../control-plane/prop-shape';
import { releaseOf } from '../control-plane/release';
import { Cluster } from '../core/cluster';
import { describeValue, refusalFinding } from '../core/refusal';
import { isUnknown } from '../core/unknown';
import type { Finding } from '../errors/finding';
import { MeshError } from '../errors/mesh-error';
import { TrustDomainMigration } from '../security/certificates/trust-domain-migration';
import { certificateComplaints } from './certificate-checks';
import type { MeshProps } from './mesh-props';

/** What the mesh says for all of its components, and none of them by itself. */
const SHARED = ['istio', 'revision', 'logging', 'networkPolicy', 'platform', 'resourceScope'];

/** Checked where it is used. */
const anything: Check = { expected: 'a value', holds: () => true };
const objectOrFlag: Check = { expected: 'true, false, or an object with props', holds: (value) => flag.holds(value) || object.holds(value) };

const migration: Check = { expected: 'what TrustDomainMigration.of gives', holds: TrustDomainMigration.isTrustDomainMigration };

const SHAPE: Shape = {
  istio: text,
  namespace: anything,
  revision: anything,
  dataPlane: oneOf('sidecar', 'ambient'),
  mtls: oneOf('STRICT', 'PERMISSIVE'),
  controlPlane: flag,
  crds: flag,
  platform: oneOf(...PLATFORMS),
  compatibilityVersion: text,
  clusterName: text,
  meshId: text,
  primary: object,
  // a text would be shown, and may be a key
  pluginCa: anything,
  istioCsr: object,
  certificates: object,
  trustDomainMigration: migration,
  image: COMPONENT_SHAPE['image'] ?? object,
  logging: COMPONENT_SHAPE['logging'] ?? object,
  networkPolicy: flag,
  highAvailability: flag,
  meshConfig: object,
  failurePolicyOwner: oneOf('installer', 'istiod'),
  base: object,
  istiod: object,
  cni: objectOrFlag,
  ztunnel: object,
};

/**
 * Refuses props that a Mesh does not know, that are not what they should be, or that contradict each other; all at once.
 *
 * @throws MeshError
 */
export function checkMesh(mesh: Construct, props: MeshProps): void {
  requireShape(mesh, props, SHAPE);
  const findings = [...flags(props), ...ambient(props), ...idle(props), ...availability(props), ...saidTwice(props), ...release(mesh, props), ...certificateComplaints(mesh, props)];
  if (findings.length > 0) throw new MeshError(findings.map((finding) => ({ construct: mesh.node.path, ...finding })));
}

type Complaint = Omit<Finding, 'construct'>;

function complaint(code: string, property: string, got: string, expected: string, fix: string): Complaint {
  return refusalFinding({}, property, { code, got, expected, fix });
}

/** What decides on which objects there are has to be known. */
function flags(props: MeshProps): Complaint[] {
  return ['controlPlane', 'crds', 'highAvailability', 'networkPolicy', 'dataPlane', 'platform', 'cni', 'primary', 'istio', 'compatibilityVersion', 'pluginCa', 'istioCsr', 'certificates', 'trustDomainMigration']
    .map((name) => [name, (props as Readonly<Record<string, unknown>>)[name]] as const)
    .filter(([, value]) => isUnknown(value))
    .map(([name, value]) => complaint('unknown-value', name, describeValue(value), 'a value that is known when the program runs', 'give a plain value: it decides which objects there are'));
}

function ambient({ dataPlane = 'sidecar', cni, ztunnel }: MeshProps): Complaint[] {
  if (dataPlane === 'ambient') {
    const isOff = cni === false || (typeof cni === 'object' && cni.ambient?.enabled === false);
    if (!isOff) return [];
    const expected = 'the CNI plugin: in ambient mode it sends the traffic of pods to ztunnel';
    return [complaint('ambient-without-cni', 'cni', 'false in ambient mode', expected, 'leave cni out')];
  }
  if (ztunnel === undefined) return [];
  return [complaint('contradiction', 'ztunnel', 'props of ztunnel, with sidecars', 'an ambient mesh, which has one', "give dataPlane: 'ambient', or leave ztunnel out")];
}

/** Props of what is not made would do nothing, and nobody would notice. */
function idle(props: MeshProps): Complaint[] {
  if (props.controlPlane !== false) return [];
  return (['istiod', 'cni', 'ztunnel', 'highAvailability', 'meshConfig', 'primary', 'pluginCa', 'istioCsr', 'certificates', 'trustDomainMigration'] as const)
    .filter((name) => props[name] !== undefined && props[name] !== false)
    .map((name) => complaint('contradiction', name, 'a value, without a control plane', 'a control plane that it is for', 'leave it out, or leave controlPlane out'));
}

function availability({ highAvailability, istiod }: MeshProps): Complaint[] {
  if (highAvailability !== true || istiod === undefined) return [];
  const { autoscaling, replicas } = istiod;
  const atLeast = autoscaling === false ? (typeof replicas === 'number' ? replicas : 1) : (autoscaling?.minReplicas ?? 2);
  if (atLeast >= 2) return [];
  const property = autoscaling === false ? 'istiod.replicas' : 'istiod.autoscaling.minReplicas';
  return [complaint('contradiction', property, `${atLeast}, with highAvailability`, 'two istiods at least', 'give 2 or more, or leave highAvailability out')];
}

/** A component of another release, revision or platform than its mesh would be no part of it. */
function saidTwice(props: MeshProps): Complaint[] {
  const parts = { istiod: ['namespace'], base: ['namespace'], cni: [], ztunnel: [] } as const;
  return Object.entries(parts).flatMap(([part, more]) => {
    const given = props[part as keyof typeof parts];
    if (typeof given !== 'object') return [];
    return Object.keys(given)
      .filter((name) => [...SHARED, ...more].includes(name))
      .map((name) => complaint('said-by-mesh', `${part}.${name}`, `a ${name} of its own`, 'what the mesh says for all of its components', `give ${name} to the Mesh`));
  });
}

/** Objects are judged by the releases of the cluster: a mesh of another one would be judged wrongly. */
function release(mesh: Construct, { istio }: MeshProps): Complaint[] {
  const { istio: declared } = Cluster.factsOf(mesh);
  if (istio === undefined || declared.length === 0) return [];
  const { minor } = releaseOf(mesh, istio);
  if (declared.some((version) => version.replace(/^v/, '').startsWith(`${minor}.`) || version.replace(/^v/, '') === minor)) return [];
  const fix = `let the Cluster name it, too: istio: [${[...declared, istio].map((version) => `'${version}'`).join(', ')}]`;
  return [complaint('release-not-of-cluster', 'istio', `"${istio}", in a Cluster of ${declared.join(', ')}`, 'a release that the Cluster declares: objects are judged by those', fix)];
}
