import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Program } from './binaries';
import { kubernetesBinaries } from './binaries';
import type { Answer, RequestOptions } from './client';
import { ApiClient, sleep, until } from './client';
import { withFreePort } from '../runner/free-port';

export interface ApiServerOptions {
  /**
   * Whether the garbage collector and the namespace controller run, which deletes need.
   *
   * @default false
   */
  readonly controllers?: boolean;

  /**
   * Whether quotas are held. Nothing counts what is used: whoever makes a ResourceQuota has to write its status.
   *
   * @default false
   */
  readonly quotas?: boolean;

  /**
   * The port to listen on.
   *
   * @default - one that is free
   */
  readonly port?: number;

  /**
   * A Unix socket with an HTTP proxy (CONNECT) through which the server calls Services, such as those behind webhooks.
   *
   * @default - it calls their addresses, behind which nothing is
   */
  readonly serviceProxy?: string;

  /**
   * How many requests run at the same time.
   *
   * @default 8
   */
  readonly connections?: number;

  /**
   * How long the start may take, without the build.
   *
   * @default 120000
   */
  readonly startTimeoutMs?: number;

  /**
   * How long the build may take where the programs are not in the cache.
   *
   * @default 2400000 (40 minutes)
   */
  readonly buildTimeoutMs?: number;

  /**
   * What to do with a line of progress.
   *
   * @default - it is written to standard error
   */
  readonly log?: (line: string) => void;
}

/** Starts a real API server over its own etcd, on 127.0.0.1. Both end with this process, also when it is killed. */
export async function startApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  const programs = await kubernetesBinaries({
    ...(options.log === undefined ? {} : { log: options.log }),
    ...(options.buildTimeoutMs === undefined ? {} : { timeoutMs: options.buildTimeoutMs }),
  });
  const start = (port: number): Promise<ApiServer> => ApiServer.start(programs, port, options);
  // only a port that the caller did not choose is looked for again
  return options.port === undefined ? withFreePort(start, (error) => error instanceof PortInUse) : start(options.port);
}

/** A running API server. */
export class ApiServer extends ApiClient {
  /** @internal use startApiServer */
  public static async start(programs: Programs, port: number, options: ApiServerOptions): Promise<ApiServer> {
    const run = new Run(programs);
    try {
      const deadline = Date.now() + (options.startTimeoutMs ?? 120_000);
      const token = randomBytes(24).toString('hex');
      run.start('etcd', [`--dir=${run.folder}`]);
      // Started at once rather than after etcd: it retries until etcd answers.
      run.start('kube-apiserver', apiServerFlags(run, port, token, options));
      const certificate = path.join(run.folder, 'apiserver.crt');
      await run.alive(deadline, 'the API server to make its certificate', () => Promise.resolve(existsSync(certificate)));
      const server = new ApiServer(run, `https://127.0.0.1:${port}`, token, certificate, options.connections ?? 8);
      try {
        await run.alive(deadline, 'the API server to be ready', () => server.isReady());
        if (options.controllers === true) await server.startControllers(deadline, token, certificate);
        return server;
      } catch (error) {
        server.close();
        throw error;
      }
    } catch (error) {
      await run.stop();
      throw error;
    }
  }

  private constructor(
    private readonly run: Run,
    url: string,
    token: string,
    certificate: string,
    connections: number,
  ) {
    super({ url, token, certificate: readFileSync(certificate, 'utf8'), connections });
  }

  /** Ends the servers and removes what they kept. */
  public async stop(): Promise<void> {
    this.close();
    await this.run.stop();
  }

  public override async request(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<Answer> {
    try {
      return await super.request(method, path, body, options);
    } catch (error) {
      throw (await this.run.reason()) ?? error;
    }
  }

  private async isReady(): Promise<boolean> {
    try {
      return (await this.request('GET', '/readyz', undefined, { timeoutMs: 2_000 })).status === 200;
    } catch {
      return false;
    }
  }

  private async startControllers(deadline: number, token: string, certificate: string): Promise<void> {
    const kubeconfig = path.join(this.run.folder, 'kubeconfig');
    writeFileSync(kubeconfig, JSON.stringify({
      'apiVersion': 'v1',
      'kind': 'Config',
      'clusters': [{ name: 'here', cluster: { 'server': this.url, 'certificate-authority': certificate } }],
      'users': [{ name: 'test', user: { token } }],
      'contexts': [{ name: 'here', context: { cluster: 'here', user: 'test' } }],
      'current-context': 'here',
    }), { mode: 0o600 });
    this.run.start('kube-controller-manager', [
      `--kubeconfig=${kubeconfig}`,
      '--controllers=garbage-collector-controller,namespace-controller',
      '--leader-elect=false',
      '--secure-port=0',
      '--kube-api-qps=500',
      '--kube-api-burst=1000',
    ]);
    // It serves no health page, but a foreground deletion ends only when the garbage collector works.
    const probe = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'mesh-constructs-probe', namespace: 'default' } };
    await this.apply(probe);
    await this.delete(probe, { propagationPolicy: 'Foreground' });
    await this.run.alive(deadline, 'the controllers to work', async () => (await this.get(probe)) === undefined);
  }
}

type Programs = Readonly<Record<Program, string>>;

class PortInUse extends Error {}

/** The processes and the folder of one server. */
class Run {
  public readonly folder = mkdtempSync(path.join(os.tmpdir(), 'mesh-constructs-'));
  private readonly children = new Map<Program, ChildProcess>();
  private readonly failure: Promise<never>;
  private fail: (error: Error) => void = () => undefined;
  private failed: Error | undefined;

  public constructor(private readonly programs: Programs) {
    this.failure = new Promise((_resolve, reject) => {
      this.fail = (error) => {
        this.failed ??= error;
        reject(error);
      };
    });
    // A server that ends while nobody waits for it is noticed by the next request.
    this.failure.catch(() => undefined);
  }

  public start(name: Program, args: readonly string[]): void {
    const output = openSync(path.join(this.folder, `${name}.log`), 'a');
    // Detached: an interrupt from the terminal must not reach the servers before the parent has seen it. Their lifeline
    // is standard input, which closes with the parent whatever ends it.
    const child = spawn(this.programs[name], args, {
      stdio: ['pipe', output, output],
      detached: true,
      // Memory is cheaper here than the time of the garbage collector.
      env: { GOGC: '400', ...process.env },
    });
    closeSync(output);
    child.once('error', (error) => this.fail(new Error(`${name} did not start: ${error.message}`)));
    child.once('exit', (code, signal) => this.fail(this.explain(name, code, signal)));
    child.stdin?.on('error', () => undefined);
    // A caller that forgets stop() must still come to its end.
    child.unref();
    (child.stdin as Socket | null)?.unref();
    this.children.set(name, child);
  }

  /** Waits for `done`, and no longer than the servers live. */
  public async alive(deadline: number, what: string, done: () => Promise<boolean>): Promise<void> {
    await until(what, Math.max(0, deadline - Date.now()), async () => {
      // Raced, because a question to a port that belongs to another program may never be answered.
      return await Promise.race([this.failure, done()]);
    });
  }

  /** Why a server has ended, if one has: a better answer than the broken connection that is noticed first. */
  public async reason(): Promise<Error | undefined> {
    if (this.failed === undefined) await sleep(200);
    return this.failed;
  }

  public async stop(): Promise<void> {
    this.failed = new Error('the API server was stopped');
    const running = [...this.children.values()].filter((child) => child.exitCode === null && child.signalCode === null);
    await Promise.all(running.map((child) => end(child)));
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  private explain(name: Program, code: number | null, signal: string | null): Error {
    const lines = logLines(path.join(this.folder, `${name}.log`));
    const inUse = lines.map((line) => /listen tcp (\S+): bind: address already in use/.exec(line)?.[1]).find(Boolean);
    if (inUse !== undefined) return new PortInUse(`${name}: ${inUse} is in use`);
    if (signal !== null) return new Error(`${name} was ended by ${signal}`);
    const last = lines.filter((line) => /^(Error|E\d{4}|F\d{4}|panic|etcd:|\{"level":"(error|fatal|panic))/.test(line)).pop();
    return new Error(`${name} ended with code ${code ?? '?'}: ${last ?? lines[lines.length - 1] ?? 'it said nothing'}`);
  }
}

/** What a server said; nothing where its folder is being removed while it ends. */
function logLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter((line) => line.trim() !== '');
  } catch {
    return [];
  }
}

/** Closing the lifeline ends a server; the kill is for one that does not notice. */
async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  child.ref();
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
  child.stdin?.destroy();
  await gone;
  clearTimeout(timer);
}

function apiServerFlags(run: Run, port: number, token: string, { serviceProxy, quotas = false }: ApiServerOptions): string[] {
  const { folder } = run;
  const key = path.join(folder, 'service-account.key');
  const tokens = path.join(folder, 'tokens.csv');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  writeFileSync(key, privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 });
  writeFileSync(tokens, `${token},test,test,system:masters\n`, { mode: 0o600 });
  return [
    `--etcd-servers=unix://${path.join(folder, 'etcd.sock')}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${folder}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    // It would publish 127.0.0.1 as an endpoint, which the server's own validation refuses.
    '--endpoint-reconciler-type=none',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    `--token-auth-file=${tokens}`,
    '--anonymous-auth=false',
    '--authorization-mode=AlwaysAllow',
    // as in every cluster that runs a network plugin
    '--allow-privileged=true',
    // These two refuse what needs a controller that does not run here: default service accounts, counted quotas.
    `--disable-admission-plugins=ServiceAccount${quotas ? '' : ',ResourceQuota'}`,
    '--enable-priority-and-fairness=false',
    '--profiling=false',
    ...(serviceProxy === undefined ? [] : [`--egress-selector-config-file=${egressFile(run, serviceProxy)}`]),
  ];
}

function egressFile({ folder }: Run, udsName: string): string {
  const file = path.join(folder, 'egress.json');
  const connection = { proxyProtocol: 'HTTPConnect', transport: { uds: { udsName } } };
  const configuration = { apiVersion: 'apiserver.k8s.io/v1beta1', kind: 'EgressSelectorConfiguration', egressSelections: [{ name: 'cluster', connection }] };
  writeFileSync(file, JSON.stringify(configuration));
  return file;
}
