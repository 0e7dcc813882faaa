import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { rootState } from '../../core/root-state';
import { SynthSession } from '../../core/synth-session';
import { ProgramManifests } from '../../traffic/scope/program-manifests';
import type { Manifest } from '../../traffic/scope/program-manifests';
import { labelsIn, listIn, numberIn } from '../../traffic/scope/reading';
import { policyTarget } from '../access/policy-target';
import type { ServiceSubject } from '../access/policy-target';
import { proxyOf } from './pod-proxy';
import { NO_POLICIES, programObject, programPolicies } from './program-policies';
import type { ProgramObject } from './program-policies';
import { picks, programPods } from './program-pods';
import type { ProgramPods } from './program-pods';

/** A service that a DestinationRule may be about. */
export interface Destination {
  readonly host: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Ports of the service with those of its pods; undefined where only the pods tell. */
  readonly ports: readonly { readonly port: number; readonly pod: number | undefined }[];
}

/** The services and DestinationRules of one cluster: which rule callers follow for which host. */
export class DestinationHosts {
  /** DestinationRules of the cluster, by path. */
  public readonly rules: readonly ProgramObject[];
  private found: ReadonlyMap<string, Destination> | undefined;
  private pods: readonly ProgramPods[] | undefined;
  private namespaces: readonly Manifest[] | undefined;

  /** @param rootNamespaces of the cluster's meshes: what is said there holds for all who are told nothing nearer */
  public constructor(
    private readonly root: IConstruct,
    private readonly cluster: string,
    public readonly rootNamespaces: readonly string[],
  ) {
    this.rules = this.objects((construct) => construct.kind === 'DestinationRule' && construct.apiVersion.startsWith('networking.istio.io/'));
  }

  /**
   * What a rule is for: the services of its host that no other rule goes before.
   *
   * @see https://istio.io/latest/docs/ops/best-practices/traffic-management/#cross-namespace-configuration
   */
  public of(rule: ProgramObject): readonly Destination[] {
    const host = this.hostOf(rule);
    const services = host.startsWith('*') ? [...this.services.values()].filter((service) => isIn(host, service.host)) : [this.services.get(host)].filter((each) => each !== undefined);
    return services.filter((service) => !this.rules.some((other) => this.goesFirst(other, rule, service)));
  }

  /** Nothing takes mutual TLS there, whatever the mode is. */
  public isWithoutProxies({ namespace, labels }: Destination): boolean {
    this.pods ??= programPods(this.root, this.cluster);
    const behind = this.pods.filter((pods) => pods.namespace === namespace && picks(labels, pods));
    if (behind.length === 0) return false;
    this.namespaces ??= new ProgramManifests(this.root, this.cluster).of('/Namespace');
    const manifest = this.namespaces.find(({ name }) => name === namespace);
    const byDefault = (programPolicies(this.root).get(this.cluster) ?? NO_POLICIES).meshes.some(({ injectsUnlabelled }) => injectsUnlabelled);
    return behind.every((pods) => proxyOf(pods, manifest, byDefault).kind === 'none');
  }

  /** Callers follow the narrowest of their own namespace, else of the service's, else of the root namespace. */
  private goesFirst(other: ProgramObject, rule: ProgramObject, service: Destination): boolean {
    if (other === rule || !isIn(this.hostOf(other), service.host)) return false;
    if (other.namespace === rule.namespace) return isNarrower(this.hostOf(other), this.hostOf(rule));
    return this.rootNamespaces.includes(rule.namespace) && other.namespace === service.namespace;
  }

  private hostOf({ spec, namespace, construct }: ProgramObject): string {
    const host = typeof spec['host'] === 'string' ? spec['host'] : '';
    return host.includes('.') || host.startsWith('*') ? host : `${host}.${namespace}.svc.${Cluster.factsOf(construct).clusterDomain}`;
  }

  private get services(): ReadonlyMap<string, Destination> {
    return (this.found ??= this.findServices());
  }

  private findServices(): ReadonlyMap<string, Destination> {
    const made = this.objects((construct) => construct.kind === 'Service' && construct.apiVersion === 'v1').map(({ construct, name, namespace, spec }): Destination => {
      const ports = listIn(spec, 'ports').map((port) => ({ port: numberIn(port, 'port') ?? 0, pod: port['targetPort'] === undefined ? numberIn(port, 'port') : numberIn(port, 'targetPort') }));
      return { host: `${name}.${namespace}.svc.${Cluster.factsOf(construct).clusterDomain}`, namespace, labels: labelsIn(spec, 'selector'), ports };
    });
    const known = [...rootState(this.root, 'meshServices', () => new Map<string, ServiceSubject>()).values()].filter((service) => Cluster.pathOf(service) === this.cluster).map(asDestination);
    return new Map([...made, ...known].map((service) => [service.host, service]));
  }

  private objects(isWanted: (construct: ApiObject) => boolean): ProgramObject[] {
    return SynthSession.of(this.root).constructs().flatMap((construct) => {
      if (!ApiObject.isApiObject(construct) || !isWanted(construct) || Cluster.pathOf(construct) !== this.cluster) return [];
      return programObject(construct) ?? [];
    });
  }
}

function asDestination(service: ServiceSubject): Destination {
  const { selector, ports } = policyTarget(undefined, service, 'target');
  // ports of the service and of its pods stand in one order
  const pairs = service.ports.map((each, index) => ({ port: each.port, pod: ports()[index]?.number }));
  return { host: service.host, namespace: service.namespace, labels: selector?.() ?? {}, ports: pairs };
}

/** A name before an asterisk, and more of a name before less. */
function isNarrower(host: string, than: string): boolean {
  return host.startsWith('*') === than.startsWith('*') ? host.length > than.length : than.startsWith('*');
}

/** Whether a host, perhaps with an asterisk in front, stands for another. */
function isIn(pattern: string, host: string): boolean {
  return pattern.startsWith('*') ? host.endsWith(pattern.slice(1)) : pattern === host;
}
