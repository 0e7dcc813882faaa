import * as path from 'node:path';
import { goBinaries } from '../kubernetes/binaries';
import { asList, asRecord, text } from '../kubernetes/status';
import { withFreePort } from '../runner/free-port';
import { SideProgram, isPortTaken } from '../runner/side-program';
import { Issuer } from './issuer';

type JsonObject = Readonly<Record<string, unknown>>;

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
        const own = [`--http-address=127.0.0.1:${port}`, `--oidc-issuer-url=${issuer.url}`];
        const running = new SideProgram('oauth2-proxy', process.execPath, ['-e', KEEPER, program, ...others, ...own], env);
        await running.ready(() => fetch(`http://127.0.0.1:${port}/ready`).then(({ ok }) => ok, () => false));
        return new Oauth2Proxy(issuer, port, running);
      }, isPortTaken);
    } catch (error) {
      await issuer.stop();
      throw error;
    }
  }

  private constructor(
    private readonly issuer: Issuer,
    /** Where it is asked, over HTTP. */
    public readonly port: number,
    private readonly running: SideProgram,
  ) {}

  public async stop(): Promise<void> {
    await this.running.stop();
    await this.issuer.stop();
  }
}
