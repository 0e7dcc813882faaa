import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { sleep, until } from '../kubernetes/client';
import { asList, asRecord, text } from '../kubernetes/status';
import { field } from './json';
import type { JsonObject } from './json';

/** What one Envoy runs on: Envoy's own JSON, in which everything is local already. */
export interface EnvoyConfig {
  readonly listeners: readonly JsonObject[];
  readonly clusters: readonly JsonObject[];
  /** Certificates that listeners and clusters name. */
  readonly secrets: readonly JsonObject[];
}

const START_TIMEOUT_MS = 20_000;

/**
 * Envoy does not notice that the program that started it has ended. This one does, by the end of its standard input: it
 * takes Envoy along, and what Envoy kept. It ends when Envoy does.
 */
const KEEPER = `
const [folder, program, ...args] = process.argv.slice(1);
let over = false;
const child = require('node:child_process').spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
const end = () => { over = true; child.kill('SIGKILL'); };
child.once('error', (error) => { console.error(error.message); process.exit(127); });
child.once('exit', (code) => {
  if (over) require('node:fs').rmSync(folder, { recursive: true, force: true });
  process.exit(code ?? 1);
});
process.stdin.on('end', end).on('error', end).resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
`;

/** A running Envoy. Its listeners are on 127.0.0.1; its admin page is a Unix socket. */
export class Envoy {
  /** @throws when Envoy refuses the configuration, with what it said. */
  public static async start(program: string, config: EnvoyConfig): Promise<Envoy> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'mesh-constructs-envoy-'));
    const file = path.join(folder, 'envoy.json');
    const log = path.join(folder, 'envoy.log');
    writeFileSync(file, JSON.stringify(bootstrap(config, path.join(folder, 'admin'))), { mode: 0o600 });
    const output = openSync(log, 'a');
    // One worker: with more, connections decide which one answers, and round robin starts in each of them anew.
    const flags = ['-c', file, '--concurrency', '1', '--disable-hot-restart', '--log-level', 'warning'];
    const child = spawn(process.execPath, ['-e', KEEPER, folder, program, ...flags], { stdio: ['pipe', output, output] });
    closeSync(output);
    // A caller that forgets stop() must still come to its end.
    child.unref();
    (child.stdin as Socket | null)?.unref();
    child.stdin?.on('error', () => undefined);
    const envoy = new Envoy(folder, child);
    try {
      await until('Envoy to be ready', START_TIMEOUT_MS, () => envoy.isReady());
      await envoy.readPorts();
      return envoy;
    } catch (error) {
      const said = tellingLine(readFileSync(log, 'utf8'));
      await envoy.stop();
      throw said === undefined ? error : new Error(`Envoy does not start: ${said}`);
    }
  }

  private readonly ports = new Map<string, number>();
  private readonly ended: Promise<void>;

  private constructor(
    private readonly folder: string,
    private readonly child: ChildProcess,
  ) {
    this.ended = new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
  }

  /** The local port of a listener. */
  public port(listener: string): number {
    const port = this.ports.get(listener);
    if (port === undefined) throw new Error(`Envoy has no listener ${listener}, but ${[...this.ports.keys()].join(', ')}`);
    return port;
  }

  /** Ends Envoy and removes what it kept. */
  public async stop(): Promise<void> {
    this.child.ref();
    this.child.stdin?.destroy();
    if (this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null) {
      await Promise.race([this.ended, sleep(5_000).then(() => this.child.kill('SIGKILL'))]);
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  private async isReady(): Promise<boolean> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) throw new Error('Envoy has ended');
    return (await this.admin('/ready')) === 'LIVE\n';
  }

  private async readPorts(): Promise<void> {
    const answer = asRecord(JSON.parse((await this.admin('/listeners?format=json')) ?? '{}'));
    for (const status of asList(answer['listener_statuses']).map(asRecord)) {
      this.ports.set(text(status['name']), Number(field(status, 'local_address', 'socket_address', 'port_value')));
    }
  }

  /** A page of the admin server, or undefined when it does not answer. */
  private admin(page: string): Promise<string | undefined> {
    return new Promise((resolve) => {
      const asked = request({ socketPath: path.join(this.folder, 'admin'), path: page, timeout: 2_000 }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.once('end', () => resolve(answer.statusCode === 200 ? Buffer.concat(parts).toString('utf8') : undefined));
        answer.once('error', () => resolve(undefined));
      });
      asked.once('timeout', () => asked.destroy());
      asked.once('error', () => resolve(undefined));
      asked.end();
    });
  }
}

function bootstrap({ listeners, clusters, secrets }: EnvoyConfig, admin: string): JsonObject {
  return {
    node: { id: 'test', cluster: 'test' },
    admin: { address: { pipe: { path: admin } } },
    static_resources: { listeners: [...listeners], clusters: [...clusters], secrets: [...secrets] },
    // As in Istio's own bootstrap: without it Envoy refuses what it takes for large patterns.
    layered_runtime: { layers: [{ name: 'static', static_layer: { 're2.max_program_size.error_level': 32768 } }] },
  };
}

/** The reason among Envoy's lines; what follows it is the stack and the end. */
function tellingLine(log: string): string | undefined {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  const found = lines.find((line) => /\[(critical|error)\]/.test(line) && !line.includes('missing layer'));
  return found?.replace(/^(\[[^\]]*\])+\s*/, '').replace(/^\[[^\]]*\]\s*/, '') ?? lines.pop();
}
