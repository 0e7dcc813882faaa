import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import * as path from 'node:path';
import { goBinaries } from '../kubernetes/binaries';
import { sleep, until } from '../kubernetes/client';
import { asList, asRecord, text } from '../kubernetes/status';
import { withFreePort } from '../runner/free-port';
import { Issuer } from './issuer';

type JsonObject = Readonly<Record<string, unknown>>;

const START_TIMEOUT_MS = 20_000;
const PACKAGE = 'github.com/oauth2-proxy/oauth2-proxy/v7';
/** What the Secret of the pod would hold. */
const SECRETS: Readonly<Record<string, string>> = { 'client-id': 'shop', 'client-secret': 'of the test', 'cookie-secret': 'x'.repeat(32) };

/** It does not notice that the program that started it has ended. This one does, by the end of its standard input, and takes it along. */
const KEEPER = `
const [program, ...args] = process.argv.slice(1);
const child = require('node:child_process').spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
const end = () => child.kill('SIGKILL');
child.once('error', (error) => { console.error(error.message); process.exit(127); });
child.once('exit', (code) => process.exit(code ?? 1));
process.stdin.on('end', end).on('error', end).resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
`;

/** Where oauth2-proxy is, built if it is not there yet. */
export async function oauth2ProxyBinary(log: (line: string) => void): Promise<string> {
  const folder = await goBinaries({ name: 'oauth2-proxy', module: __dirname, programs: ['oauth2-proxy'], packages: [PACKAGE], sources: [], flags: '-s -w' }, { log });
  return path.join(folder, 'oauth2-proxy');
}

/** What a pod of oauth2-proxy is told. */
export interface Oauth2ProxyPod {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The Deployments of oauth2-proxy among manifests. */
export function oauth2ProxyPods(manifests: readonly JsonObject[]): readonly Oauth2ProxyPod[] {
  return manifests.flatMap((deployment) => {
    const container = asRecord(asList(asRecord(asRecord(asRecord(deployment['spec'])['template'])['spec'])['containers'])[0]);
    if (deployment['kind'] !== 'Deployment' || !text(container['image']).includes('/oauth2-proxy:')) return [];
    const env = asList(container['env']).map(asRecord).map(({ name, value, valueFrom }) => [text(name), text(value) || (SECRETS[text(asRecord(asRecord(valueFrom)['secretKeyRef'])['key'])] ?? '')] as const);
    return [{ name: text(asRecord(deployment['metadata'])['name']), args: asList(container['args']).map(text), env: Object.fromEntries(env) }];
  });
}

/** A running oauth2-proxy: the flags and variables of its pod, a port of this machine, and an OpenID provider of this process. */
export class Oauth2Proxy {
  public static async start(program: string, { args, env }: Oauth2ProxyPod): Promise<Oauth2Proxy> {
    const issuer = await Issuer.start();
    try {
      return await withFreePort(async (port) => {
        const others = args.filter((flag) => !/^--(http-address|oidc-issuer-url)=/.test(flag));
        const started = new Oauth2Proxy(issuer, port, program, [...others, `--http-address=127.0.0.1:${port}`, `--oidc-issuer-url=${issuer.url}`], env);
        await started.ready();
        return started;
      }, (error) => error instanceof Error && /address already in use/i.test(error.message));
    } catch (error) {
      await issuer.stop();
      throw error;
    }
  }

  private readonly child: ChildProcess;
  private said = '';

  private constructor(
    private readonly issuer: Issuer,
    /** Where it is asked, over HTTP. */
    public readonly port: number,
    program: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ) {
    this.child = spawn(process.execPath, ['-e', KEEPER, program, ...args], { env, stdio: ['pipe', 'ignore', 'pipe'] });
    this.child.unref();
    (this.child.stdin as Socket | null)?.unref();
    this.child.stdin?.on('error', () => undefined);
    (this.child.stderr as Socket | null)?.unref();
    this.child.stderr?.setEncoding('utf8').on('data', (part: string) => (this.said = (this.said + part).slice(-4_000)));
  }

  public async stop(): Promise<void> {
    this.child.stdin?.destroy();
    await Promise.race([new Promise<void>((resolve) => void this.child.once('exit', () => resolve())), sleep(this.hasEnded ? 0 : 5_000)]);
    this.child.kill('SIGKILL');
    await this.issuer.stop();
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private async ready(): Promise<void> {
    try {
      await until('oauth2-proxy to be ready', START_TIMEOUT_MS, async () => {
        if (this.hasEnded) throw new Error('oauth2-proxy has ended');
        return await fetch(`http://127.0.0.1:${this.port}/ready`).then(({ ok }) => ok, () => false);
      });
    } catch (error) {
      this.child.stdin?.destroy();
      throw new Error(`${(error as Error).message}: ${this.said.trim().split('\n').pop() ?? ''}`);
    }
  }
}
