import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Cluster } from '../core/cluster';
import { rootState } from '../core/root-state';
import { SynthSession } from '../core/synth-session';
import type { Finding } from '../errors/finding';
import { MeshError } from '../errors/mesh-error';

const GROUP = 'networking.istio.io/';

/** A service whose traffic objects the program leaves to it. */
export interface OwnedTraffic {
  readonly namespace: string;
  readonly host: string;
  /** What the service made of a kind, undefined where it made none. */
  readonly made: (kind: string) => ApiObject | undefined;
}

/** A VirtualService or a DestinationRule, as far as it says whose traffic it is about. */
interface Manifest {
  readonly metadata?: { readonly namespace?: string };
  readonly spec?: {
    readonly host?: string;
    readonly hosts?: readonly string[];
    readonly gateways?: readonly string[];
    readonly exportTo?: readonly string[];
    readonly workloadSelector?: object;
  };
}

/**
 * Registers a service: from then on, an object that the program writes for the same host beside it is refused. Istio would
 * follow one of the two, and nothing would say which.
 *
 * @see https://istio.io/latest/docs/ops/best-practices/traffic-management/
 */
export function ownTraffic(scope: IConstruct, owned: OwnedTraffic): void {
  const all = rootState(scope, 'ownedTraffic', (root) => {
    const services = new Map<string, OwnedTraffic>();
    // as a validation, for then everything is rendered, once
    root.node.addValidation({ validate: () => refuseOthers(root, services) });
    return services;
  });
  all.set(keyOf(scope, owned.host), owned);
}

function refuseOthers(root: IConstruct, services: ReadonlyMap<string, OwnedTraffic>): string[] {
  const findings = SynthSession.of(root).constructs().flatMap((construct) => {
    if (!ApiObject.isApiObject(construct) || !construct.apiVersion.startsWith(GROUP)) return [];
    if (construct.kind !== 'VirtualService' && construct.kind !== 'DestinationRule') return [];
    return otherOwner(construct, (host) => services.get(keyOf(construct, host)));
  });
  if (findings.length > 0) throw new MeshError(findings);
  return [];
}

function otherOwner(object: ApiObject, find: (host: string) => OwnedTraffic | undefined): Finding[] {
  const manifest = rendered(object);
  const { host, hosts = [] } = manifest?.spec ?? {};
  if (manifest === undefined || !isForAll(manifest)) return [];
  const { namespace = '' } = manifest.metadata ?? {};
  const { clusterDomain } = Cluster.factsOf(object);
  return [...hosts, ...(host === undefined ? [] : [host])].flatMap((each) => {
    const owned = find(each.includes('.') ? each : `${each}.${namespace}.svc.${clusterDomain}`);
    const own = owned?.made(object.kind);
    // a DestinationRule of another namespace is that of its callers, and counts for them alone
    const isBeside = object.kind === 'VirtualService' || owned?.namespace === namespace;
    return owned === undefined || own === undefined || own === object || !isBeside ? [] : [finding(object, owned, own)];
  });
}

/** Not only for gateways, or for the callers of one namespace or workload. */
function isForAll({ spec }: Manifest): boolean {
  const { gateways, exportTo, workloadSelector } = spec ?? {};
  return (gateways === undefined || gateways.includes('mesh')) && (exportTo === undefined || exportTo.includes('*')) && workloadSelector === undefined;
}

/** What cannot be rendered is a finding already. */
function rendered(object: ApiObject): Manifest | undefined {
  try {
    return object.toJson() as Manifest;
  } catch {
    return undefined;
  }
}

function finding(object: ApiObject, { host }: OwnedTraffic, own: ApiObject): Finding {
  return {
    code: 'second-owner',
    construct: object.node.path,
    property: object.kind === 'VirtualService' ? 'spec.hosts' : 'spec.host',
    got: `${host}, for which ${own.node.path} is the ${object.kind}`,
    expected: `one ${object.kind} for the callers of a service`,
    fix: object.kind === 'VirtualService' ? 'say it by service.route(…)' : 'say it by service.trafficPolicy(…)',
  };
}

function keyOf(scope: IConstruct, host: string): string {
  return `${Cluster.pathOf(scope)}\n${host}`;
}
