import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { goBinaries } from '../kubernetes/binaries';
import { asList, asRecord, text } from '../kubernetes/status';
import { withFreePort } from '../runner/free-port';
import { SideProgram, isPortTaken } from '../runner/side-program';

type JsonObject = Readonly<Record<string, unknown>>;

/** Where Envoy's rate-limit service is, built if it is not there yet. */
export async function rateLimitBinary(log: (line: string) => void): Promise<string> {
  const folder = await goBinaries({ name: 'ratelimit', module: __dirname, programs: ['ratelimit'], sources: ['cmd'], flags: '-s -w' }, { log });
  return path.join(folder, 'ratelimit');
}

/** The Deployments of rate-limit services among manifests, with the files of their ConfigMaps. */
export function rateLimitServices(manifests: readonly JsonObject[]): readonly RateLimitPod[] {
  return manifests.flatMap((deployment) => {
    const pod = podOf(deployment);
    if (deployment['kind'] !== 'Deployment' || text(asRecord(asList(pod['containers'])[0])['name']) !== 'ratelimit') return [];
    const { name, namespace } = asRecord(deployment['metadata']);
    const limits = text(asRecord(asRecord(asList(pod['volumes'])[0])['configMap'])['name']);
    const config = manifests.find((object) => {
      const metadata = asRecord(object['metadata']);
      return object['kind'] === 'ConfigMap' && metadata['name'] === limits && metadata['namespace'] === namespace;
    });
    if (config === undefined) throw new Error(`the rate-limit service has no ConfigMap ${limits}`);
    return [{ name: text(name), pod, files: asRecord(config['data']) as Readonly<Record<string, string>> }];
  });
}

/** What a pod of the rate-limit service is told. */
export interface RateLimitPod {
  readonly name: string;
  /** The spec of the pod. */
  readonly pod: JsonObject;
  readonly files: Readonly<Record<string, string>>;
}

/** A running rate-limit service: the variables and files of its pod, ports of this machine, and a Redis in its own memory. */
export class RateLimitProcess {
  public static async start(program: string, { pod, files }: RateLimitPod): Promise<RateLimitProcess> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'mesh-constructs-ratelimit-'));
    const container = asRecord(asList(pod['containers'])[0]);
    const given = Object.fromEntries(asList(container['env']).map(asRecord).map(({ name, value }) => [text(name), text(value)]));
    const mount = text(asRecord(asList(container['volumeMounts'])[0])['mountPath']);
    mkdirSync(path.join(folder, mount), { recursive: true });
    for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, mount, name), content);
    const local = { HOST: '127.0.0.1', PORT: '0', DEBUG_HOST: '127.0.0.1', DEBUG_PORT: '0', GRPC_HOST: '127.0.0.1', PROMETHEUS_ADDR: '127.0.0.1:0' };
    const root = path.join(folder, given['RUNTIME_ROOT'] ?? '');
    try {
      return await withFreePort(async (port) => {
        const running = new SideProgram('the rate-limit service', program, [], { ...given, ...local, RUNTIME_ROOT: root, GRPC_PORT: String(port) });
        await running.ready(() => takesConnections(port));
        return new RateLimitProcess(folder, port, running);
      }, isPortTaken);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  private constructor(
    private readonly folder: string,
    /** Where it is asked, over gRPC. */
    public readonly port: number,
    private readonly running: SideProgram,
  ) {}

  public async stop(): Promise<void> {
    await this.running.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function podOf(deployment: JsonObject): JsonObject {
  return asRecord(asRecord(asRecord(deployment['spec'])['template'])['spec']);
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
