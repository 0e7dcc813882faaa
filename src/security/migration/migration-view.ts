import type { IConstruct } from 'constructs';
import { meshConfig } from '../../control-plane/istiod/mesh-config-map';
import type { IstiodSettings } from '../../control-plane/istiod/istiod-settings';
import type { MeshReference } from '../../control-plane/mesh-reference';
import { Cluster } from '../../core/cluster';
import { SynthSession } from '../../core/synth-session';
import { isJsonObject, isUnknown } from '../../rules/json';
import type { JsonObject } from '../../rules/json';
import { labelsIn, listIn, numberIn, objectIn, textIn } from '../../traffic/scope/reading';
import { MeshView } from '../../traffic/scope/mesh-view';
import type { Manifest } from '../../traffic/scope/program-manifests';
import { policiesAround, programPolicies, selectedLabels } from '../mtls/program-policies';
import type { ProgramObject } from '../mtls/program-policies';
import { modeOf } from '../mtls/mtls-mode';
import type { MtlsMode, PeerPolicy } from '../mtls/mtls-mode';
import { isGateway, joins, proxyOf } from '../mtls/pod-proxy';
import type { PodProxy } from '../mtls/pod-proxy';
import { picks, programPods } from '../mtls/program-pods';
import type { ProgramPods } from '../mtls/program-pods';
import { wideGrants } from './wide-grants';
import type { WideGrant } from './wide-grants';

/** A port of a Service and the port of the pods behind it; undefined where only the pods tell. */
export interface MigratingPort {
  readonly name: string | undefined;
  readonly port: number;
  readonly pod: number | undefined;
}

/** A Service of the program, or one that it refers to. */
export interface MigratingService {
  /** The object, or the reference to it. */
  readonly construct: IConstruct;
  readonly name: string;
  readonly namespace: string;
  readonly host: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly MigratingPort[];
  /** Undefined for a reference. */
  readonly manifest: Manifest | undefined;
}

const GATEWAY = Symbol.for('mesh-constructs.IngressGateway');

const JOINING = ['istio-injection', 'istio.io/rev', 'istio.io/dataplane-mode'];

type Labels = Readonly<Record<string, string>>;

/** One cluster's program as a migration sees it: made anew each time that it is looked at, for all may have changed. */
export class MigrationView {
  public readonly view: MeshView;
  public readonly root: string;
  /** PeerAuthentications of the program that are not the migration's own. */
  public readonly policies: readonly ProgramObject[];
  public readonly namespaces: ReadonlyMap<string, Manifest>;
  private readonly cluster: string;
  private readonly lazy = new Map<string, unknown>();

  public constructor(
    public readonly migration: IConstruct,
    public readonly mesh: MeshReference,
  ) {
    this.cluster = Cluster.pathOf(migration);
    // of this moment, and nobody else's: planners that come later may add to what is seen
    MeshView.forget(migration);
    this.view = MeshView.of(migration);
    MeshView.forget(migration);
    this.root = textIn(this.meshConfig, 'rootNamespace') ?? mesh.namespace;
    const { peerAuthentications } = policiesAround(migration, programPolicies(migration.node.root));
    this.policies = peerAuthentications.filter(({ construct }) => !construct.node.scopes.includes(migration));
    this.namespaces = new Map(this.view.manifests.of('/Namespace').map((each) => [each.name, each]));
  }

  /** The policy for all pods of a namespace; of the root namespace, that of the mesh. */
  public wideIn(namespace: string): ProgramObject | undefined {
    return this.policies.find((policy) => policy.namespace === namespace && Object.keys(selectedLabels(policy)).length === 0);
  }

  /** The mode of a port once the mesh is strict, and all that is not said to be otherwise. */
  public modeWhenDone(namespace: string, labels: Labels, port: number | undefined): MtlsMode {
    return modeOf(this.policiesWhenDone, this.root, { namespace, labels }, port);
  }

  /** The policies of the end: those of the program, and a strict mesh. */
  public get policiesWhenDone(): readonly PeerPolicy[] {
    return this.once('done', () => [
      ...this.policies.filter((policy) => policy !== this.wideIn(this.root)),
      { name: 'default', namespace: this.root, spec: { mtls: { mode: 'STRICT' } } },
    ]);
  }

  /** Whether plain text to a port is refused in the end, by some of the pods behind a service. */
  public isStrictBehind(service: MigratingService, port: number | undefined): boolean {
    return this.labelsBehind(service).some((labels) => this.modeWhenDone(service.namespace, labels, port) === 'STRICT');
  }

  /** Whether a client without a proxy may mean a port that goes on taking plain text: one that the service leads to, as far as that is known. */
  public hasException(service: MigratingService): boolean {
    const { namespace } = service;
    return this.labelsBehind(service).every((labels) => this.meantPorts(service, labels).some((port) => this.modeWhenDone(namespace, labels, port) !== 'STRICT'));
  }

  private meantPorts({ namespace, ports }: MigratingService, labels: Labels): readonly (number | undefined)[] {
    if (ports.length > 0 && ports.every(({ pod }) => pod !== undefined)) return ports.map(({ pod }) => pod);
    const policies = this.policies.filter((policy) => policy.namespace === namespace && fits(selectedLabels(policy), labels));
    return [undefined, ...policies.flatMap(({ spec }) => Object.keys(objectIn(spec, 'portLevelMtls'))).map(Number)];
  }

  /** Of pods that the program does not know, what the service picks them by. */
  private labelsBehind({ namespace, selector }: MigratingService): readonly Labels[] {
    const pods = this.podsBehind(namespace, selector).filter((each) => this.proxyOf(each).kind !== 'none');
    return pods.length === 0 ? [selector] : pods.map(({ labels }) => labels);
  }

  public get pods(): readonly ProgramPods[] {
    return this.once('pods', () => programPods(this.migration.node.root, this.cluster));
  }

  public podsIn(namespace: string): readonly ProgramPods[] {
    return this.once('podsByNamespace', () => byNamespace(this.pods)).get(namespace) ?? [];
  }

  public podsBehind(namespace: string, selector: Labels): readonly ProgramPods[] {
    return this.podsIn(namespace).filter((pods) => picks(selector, pods));
  }

  public proxyOf(pods: ProgramPods): PodProxy {
    return proxyOf(pods, this.labelled(pods.namespace), this.injectsUnlabelled);
  }

  /** Whether a Namespace of the program says that its pods join a mesh; undefined where another program makes it, or deployment tells. */
  public joins(namespace: string): boolean | undefined {
    const manifest = this.labelled(namespace);
    return manifest === undefined ? undefined : joins(labelsOf(manifest), this.injectsUnlabelled);
  }

  /** A Namespace of which the labels are known, as far as they decide on proxies. */
  private labelled(namespace: string): Manifest | undefined {
    const manifest = this.namespaces.get(namespace);
    const labels = objectIn(manifest?.whole ?? {}, 'metadata')['labels'];
    const isKnown = !isUnknown(labels) && !(isJsonObject(labels) && JOINING.some((label) => isUnknown(labels[label])));
    return isKnown ? manifest : undefined;
  }

  /** Grants to all of a namespace. */
  public get wideGrants(): readonly WideGrant[] {
    return this.once('wideGrants', () => wideGrants(this.view.manifests));
  }

  /** The mesh of another root namespace, and so another authority, that a namespace joins. */
  public otherMeshOf(namespace: string): IConstruct | undefined {
    const manifest = this.namespaces.get(namespace);
    if (manifest === undefined || fits(this.mesh.injectionLabels, labelsOf(manifest))) return undefined;
    return this.meshes.find((mesh) => mesh.namespace !== this.mesh.namespace && fits(mesh.injectionLabels, labelsOf(manifest)));
  }

  /** Namespaces with gateways that are told by name or by the Gateway API. */
  public get gatewayNamespaces(): ReadonlySet<string> {
    return this.once('gateways', () => {
      const named = SynthSession.of(this.migration).constructs().flatMap((construct) => (GATEWAY in construct && Cluster.pathOf(construct) === this.cluster ? [(construct as { readonly namespace?: string }).namespace ?? ''] : []));
      return new Set([...named, ...this.view.manifests.of('gateway.networking.k8s.io/Gateway').map(({ namespace }) => namespace)]);
    });
  }

  /** Services of a namespace, by host. */
  public servicesIn(namespace: string): readonly MigratingService[] {
    return this.once('servicesByNamespace', () => byNamespace(this.services)).get(namespace) ?? [];
  }

  /** All namespaces that the program knows anything of. */
  public get allNamespaces(): readonly string[] {
    return this.once('all', () => [...new Set([...this.namespaces.keys(), ...this.pods.map(({ namespace }) => namespace), ...this.services.map(({ namespace }) => namespace)])].sort());
  }

  /** Whether a proxy may stand before some pods of a service: where the program knows none of its pods, what the namespace says. */
  public mayHaveProxies({ namespace, selector }: Pick<MigratingService, 'namespace' | 'selector'>): boolean {
    const pods = this.podsBehind(namespace, selector);
    if (pods.length > 0) return pods.some((each) => this.proxyOf(each).kind !== 'none' && !isGateway(each));
    return this.joins(namespace) !== false;
  }

  /** The istiod of the mesh, where the program makes it. */
  public get settings(): IstiodSettings | undefined {
    const { settings, components } = this.mesh as { readonly settings?: IstiodSettings; readonly components?: Readonly<Record<string, { readonly settings?: IstiodSettings }>> };
    return settings ?? Object.values(components ?? {}).find((each) => each.settings !== undefined && 'injection' in each.settings && 'istioNamespace' in each.settings)?.settings;
  }

  /** Whether the mesh injects pods of namespaces that say nothing. */
  private get injectsUnlabelled(): boolean {
    return this.settings?.injection.injection.enableNamespacesByDefault === true;
  }

  public get meshConfig(): JsonObject {
    return this.once('meshConfig', () => (this.settings === undefined ? {} : meshConfig(this.settings)));
  }

  private get meshes(): readonly MeshReference[] {
    return SynthSession.of(this.migration).constructs().filter((construct): construct is MeshReference => {
      const { namespace, injectionLabels } = construct as Partial<MeshReference>;
      return typeof namespace === 'string' && typeof injectionLabels === 'object' && Cluster.pathOf(construct) === this.cluster;
    });
  }

  private get services(): readonly MigratingService[] {
    return this.once('services', () => this.readServices());
  }

  private readServices(): readonly MigratingService[] {
    const made = this.view.manifests.of('/Service').map((manifest): MigratingService => {
      const { construct, name, namespace, spec } = manifest;
      const selector = labelsIn(spec, 'selector');
      const ports = listIn(spec, 'ports').map((port) => ({ name: textIn(port, 'name'), port: numberIn(port, 'port') ?? 0, pod: this.podPort(port, namespace, selector) }));
      return { construct, name, namespace, host: `${name}.${namespace}.svc.${this.view.clusterDomain}`, selector, ports, manifest };
    });
    const known = new Set(made.map(({ host }) => host));
    const named = [...this.view.services.values()].filter(({ host }) => !known.has(host)).map(({ service, host, namespace, selector }): MigratingService => {
      const ports = service.ports.map(({ port, name }) => ({ name, port, pod: undefined }));
      return { construct: service, name: service.name, namespace, host, selector, ports, manifest: undefined };
    });
    return [...made, ...named].sort((a, b) => (a.host < b.host ? -1 : 1));
  }

  /** A port by name is that of the pods' containers. */
  private podPort(port: JsonObject, namespace: string, selector: Labels): number | undefined {
    const target = port['targetPort'] ?? port['port'];
    if (typeof target !== 'string') return typeof target === 'number' ? target : undefined;
    return this.podsBehind(namespace, selector).flatMap((pods) => numberedPort(pods, target) ?? [])[0];
  }

  private once<T>(key: string, make: () => T): T {
    if (!this.lazy.has(key)) this.lazy.set(key, make());
    return this.lazy.get(key) as T;
  }
}

/** The number of a port of the containers that is told by its name or number. */
export function numberedPort(pods: ProgramPods, port: unknown): number | undefined {
  if (typeof port === 'number') return port;
  const ports = pods.containers.flatMap((container) => listIn(container, 'ports'));
  const named = ports.find((each) => textIn(each, 'name') === port);
  return named === undefined ? (/^\d+$/.test(String(port)) ? Number(port) : undefined) : numberIn(named, 'containerPort');
}

export function labelsOf(manifest: Manifest): Labels {
  return labelsIn(objectIn(manifest.whole, 'metadata'), 'labels');
}

function byNamespace<T extends { readonly namespace: string }>(items: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const known = groups.get(item.namespace);
    if (known === undefined) groups.set(item.namespace, [item]);
    else known.push(item);
  }
  return groups;
}

function fits(wanted: Labels, labels: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}
