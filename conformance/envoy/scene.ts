import type { Case, Check, Hop, Outcome } from './case';
import type { CertificateAuthority } from './certificates';
import type { Client } from './client';
import { Envoy } from './envoy';
import { withFreePort } from '../runner/free-port';
import { askIstio } from './istio-xds';
import type { Proxy } from './istio-xds';
import type { JsonObject } from './json';
import { LISTENER, localise } from './localise';
import { observe } from './outcome';
import type { Observation } from './outcome';
import { Upstream } from './upstream';
import { workloadsOf } from './workloads';
import type { Workload } from './workloads';

/** What every scene needs. */
export interface Tools {
  readonly envoy: string;
  readonly istioXds: string;
  readonly authority: CertificateAuthority;
  readonly client: Client;
}

/** The proxies and upstreams of one case, running. */
export class Scene {
  public static async start(tools: Tools, { through }: Case, manifests: readonly JsonObject[]): Promise<Scene> {
    const scene = new Scene(tools);
    try {
      const workloads = workloadsOf(manifests, through.second !== undefined);
      for (const { name } of workloads) scene.upstreams.set(name, await Upstream.start(name));
      let portOf = (workload: Workload): number => scene.upstream(workload.name).port;
      if (through.second !== undefined) {
        const { second } = through;
        const proxied = workloadOf(workloads, second);
        const port = (await scene.startProxy(second, manifests, workloads, portOf)).port(LISTENER);
        const behind = portOf;
        portOf = (workload) => (workload === proxied ? port : behind(workload));
      }
      scene.port = (await scene.startProxy(through.first, manifests, workloads, portOf)).port(LISTENER);
      return scene;
    } catch (error) {
      await scene.stop();
      throw error;
    }
  }

  private readonly upstreams = new Map<string, Upstream>();
  private readonly proxies: Envoy[] = [];
  private port = 0;

  private constructor(private readonly tools: Tools) {}

  public async observe(check: Check, wanted: Outcome): Promise<Observation> {
    const { client, authority } = this.tools;
    const caller = check.as === undefined || check.as === 'anonymous' ? check.as : await authority.identity(check.as);
    return await observe(check, this.port, caller, { client, upstreams: this.upstreams, wanted });
  }

  public async stop(): Promise<void> {
    await Promise.all(this.proxies.map((proxy) => proxy.stop()));
    await Promise.all([...this.upstreams.values()].map((upstream) => upstream.stop()));
  }

  private upstream(name: string): Upstream {
    const found = this.upstreams.get(name);
    if (found === undefined) throw new Error(`there is no upstream ${name}`);
    return found;
  }

  private async startProxy(
    hop: Hop,
    manifests: readonly JsonObject[],
    workloads: readonly Workload[],
    portOf: (workload: Workload) => number,
  ): Promise<Envoy> {
    const proxy = proxyOf(hop, workloads);
    const xds = await askIstio(this.tools.istioXds, manifests, proxy, workloads);
    const { authority } = this.tools;
    const own = await authority.identity(`cluster.local/ns/${proxy.namespace}/sa/${proxy.serviceAccount}`);
    const site = await authority.host('localhost');
    const envoy = await withFreePort((localPort) => {
      const config = localise(xds, {
        listener: { direction: hop.direction, port: hop.port, localPort },
        upstream: (ip) => {
          const workload = ip === '127.0.0.1' ? workloadOf(workloads, hop) : workloads.find((one) => one.ip === ip);
          if (workload === undefined) throw new Error(`no pod has the address ${ip}`);
          return portOf(workload);
        },
        secret: (name) => secretOf(name, { own, site, root: authority.root }),
      });
      return Envoy.start(this.tools.envoy, config);
    }, isPortTaken);
    this.proxies.push(envoy);
    return envoy;
  }
}

/** Envoy says so in its log, which is all that it leaves. */
function isPortTaken(error: unknown): boolean {
  return error instanceof Error && /address already in use|cannot bind/i.test(error.message);
}

interface Certificates {
  readonly own: { readonly certificate: string; readonly key: string };
  readonly site: { readonly certificate: string; readonly key: string };
  readonly root: string;
}

/** `default` and `ROOTCA` are a proxy's identity and what it checks others against; the rest are Secrets of a gateway. */
function secretOf(name: string, { own, site, root }: Certificates): JsonObject {
  if (name === 'ROOTCA' || name.endsWith('-cacert')) return { validationContext: { trustedCa: { inlineString: root } } };
  const { certificate, key } = name === 'default' ? own : site;
  return { tlsCertificate: { certificateChain: { inlineString: certificate }, privateKey: { inlineString: key } } };
}

function workloadOf(workloads: readonly Workload[], hop: Hop): Workload {
  const found = hop.direction === 'gateway' ? undefined : workloads.find(({ labels, namespace }) => labels['app'] === hop.app && namespace === hop.namespace);
  if (found === undefined) throw new Error(`there are no pods for ${JSON.stringify(hop)}`);
  return found;
}

function proxyOf(hop: Hop, workloads: readonly Workload[]): Proxy {
  if (hop.direction === 'gateway') {
    return { type: 'router', namespace: hop.namespace, serviceAccount: hop.name, labels: { istio: hop.name } };
  }
  const { namespace, serviceAccount, labels, ip } = workloadOf(workloads, hop);
  return { type: 'sidecar', namespace, serviceAccount, labels, ip };
}
