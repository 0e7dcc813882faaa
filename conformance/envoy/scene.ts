import { Oauth2Proxy, oauth2ProxyPods } from '../oauth2-proxy/oauth2-proxy';
import { RateLimitProcess, rateLimitServices } from '../ratelimit/rate-limit-process';
import { withFreePort } from '../runner/free-port';
import { ORIGINAL_DST, addressesOf, outsidersOf } from './addresses';
import type { Address } from './addresses';
import type { Case, Check, Hop, Outcome } from './case';
import type { Certificate, CertificateAuthority } from './certificates';
import type { Client } from './client';
import { Envoy } from './envoy';
import { NO_POD, podOf, proxyOf } from './hops';
import { askIstio } from './istio-xds';
import type { JsonObject } from './json';
import { LISTENER, localise } from './localise';
import { observe } from './outcome';
import type { Observation } from './outcome';
import type { Caller } from './request';
import { secretFor, secretNames } from './secrets';
import type { Authorities } from './secrets';
import { serviceAddress, withServiceAddresses } from './service-addresses';
import { Upstream } from './upstream';
import type { UpstreamTls } from './upstream';
import { workloadsOf } from './workloads';
import type { Workload } from './workloads';

/** What every scene needs. */
export interface Tools {
  readonly envoy: string;
  readonly istioXds: string;
  /** Envoy's rate-limit service. */
  readonly rateLimit: string;
  /** oauth2-proxy, built when it is first asked for. */
  readonly oauth2Proxy: () => Promise<string>;
  readonly authorities: Authorities;
  readonly client: Client;
}

/** A pod that has a proxy of its own, and where that one is asked. */
interface Behind {
  readonly pod: Workload;
  readonly port: number;
}

/** Stands for the pod of the proxy itself. */
const OWN_POD = '127.0.0.1';

/** The proxies and upstreams of one case, running. */
export class Scene {
  public static async start(tools: Tools, one: Case, manifests: readonly JsonObject[]): Promise<Scene> {
    const scene = new Scene(tools, one, withServiceAddresses(manifests));
    try {
      await scene.startAll();
      return scene;
    } catch (error) {
      await scene.stop();
      throw error;
    }
  }

  private readonly workloads: readonly Workload[];
  /** By name. */
  private readonly upstreams = new Map<string, Upstream>();
  /** Programs that answer in the place of an upstream, by the name of their pod. */
  private readonly programs = new Map<string, RateLimitProcess | Oauth2Proxy>();
  private readonly proxies: Envoy[] = [];
  private port = 0;

  private constructor(
    private readonly tools: Tools,
    private readonly one: Case,
    private readonly manifests: readonly JsonObject[],
  ) {
    this.workloads = workloadsOf(manifests, one.through.second !== undefined, one.pods);
    const names = [...this.workloads.map(({ name }) => name), ...outsidersOf(manifests), ORIGINAL_DST, NO_POD];
    for (const name of names) this.upstreams.set(name, new Upstream(name, () => this.serving(name)));
  }

  public async observe(check: Check, wanted: Outcome): Promise<Observation> {
    const { client } = this.tools;
    return await observe(check, this.port, await this.callerOf(check), { client, upstreams: this.upstreams, wanted });
  }

  public async stop(): Promise<void> {
    await Promise.all(this.proxies.map((proxy) => proxy.stop()));
    await Promise.all([...this.programs.values()].map((program) => program.stop()));
    await Promise.all([...this.upstreams.values()].map((upstream) => upstream.stop()));
  }

  private async startAll(): Promise<void> {
    const { first, second } = this.one.through;
    for (const pod of rateLimitServices(this.manifests)) this.programs.set(pod.name, await RateLimitProcess.start(this.tools.rateLimit, pod));
    for (const pod of oauth2ProxyPods(this.manifests)) this.programs.set(pod.name, await Oauth2Proxy.start(await this.tools.oauth2Proxy(), pod));
    this.port = await this.startProxy(first, second === undefined ? undefined : await this.startBehind(second));
  }

  private async startBehind(hop: Hop): Promise<Behind> {
    const pod = podOf(this.workloads, hop);
    if (pod === undefined) throw new Error(`there are no pods for ${JSON.stringify(hop)}`);
    return { pod, port: await this.startProxy(hop) };
  }

  /** Starts a proxy, and gives the local port at which it is asked. */
  private async startProxy(hop: Hop, behind?: Behind): Promise<number> {
    const proxy = proxyOf(hop, this.workloads);
    const xds = await askIstio(this.tools.istioXds, this.manifests, proxy, this.workloads);
    const places = addressesOf(xds).filter(({ host }) => host !== behind?.pod.ip);
    await Promise.all(places.map((place) => this.upstreamAt(place, hop).listen(place.port)));
    const principal = `cluster.local/ns/${proxy.namespace}/sa/${proxy.serviceAccount}`;
    const { strangers = [] } = this.one;
    const made = secretNames(xds).map(async (name) => [name, await secretFor(name, principal, this.tools.authorities, strangers)] as const);
    const secrets = new Map(await Promise.all(made));
    const envoy = await withFreePort((localPort) => {
      const config = localise(xds, {
        listener: { hop, localPort, address: hop.direction === 'outbound' ? serviceAddress(this.manifests, hop.to) : undefined },
        upstream: (host, port) => (host === behind?.pod.ip ? behind.port : this.portAt({ host, port }, hop)),
        secret: (name) => secrets.get(name) ?? {},
      });
      return Envoy.start(this.tools.envoy, config);
    }, isPortTaken);
    this.proxies.push(envoy);
    return envoy.port(LISTENER);
  }

  private portAt(place: Address, hop: Hop): number {
    const upstream = this.upstreamAt(place, hop);
    return this.programs.get(upstream.name)?.port ?? upstream.localPort(place.port);
  }

  private upstreamAt({ host }: Address, hop: Hop): Upstream {
    const pod = host === OWN_POD ? podOf(this.workloads, hop) : this.workloads.find(({ ip }) => ip === host);
    const found = this.upstreams.get(pod?.name ?? host);
    if (found === undefined) throw new Error(`there is no upstream for the address ${host}`);
    return found;
  }

  private async callerOf({ as, stranger = false }: Check): Promise<Caller> {
    if (as === undefined || as === 'anonymous') return as;
    const authority = stranger ? this.tools.authorities.stranger : this.tools.authorities.trusted;
    return { ...(await certificateOf(authority, as)), isSidecar: isPrincipal(as) };
  }

  private async serving(name: string): Promise<UpstreamTls> {
    const { strangers = [], serving = {} } = this.one;
    const { trusted, stranger } = this.tools.authorities;
    const { certificate = name, mutual = false } = serving[name] ?? {};
    const authority = strangers.includes(name) ? stranger : trusted;
    return { ...(await certificateOf(authority, certificate)), root: trusted.root, mutual };
  }
}

function isPrincipal(name: string): boolean {
  return name.includes('/ns/');
}

function certificateOf(authority: CertificateAuthority, name: string): Promise<Certificate> {
  return isPrincipal(name) ? authority.identity(name) : authority.host(name);
}

/** Envoy says so in its log, which is all that it leaves. */
function isPortTaken(error: unknown): boolean {
  return error instanceof Error && /address already in use|cannot bind/i.test(error.message);
}
