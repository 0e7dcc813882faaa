import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parse } from 'yaml';
import { asList, asRecord, text } from '../kubernetes/status';
import { field, without } from './json';
import type { JsonObject } from './json';
import { runProgram } from './run-program';
import type { Workload } from './workloads';

/** The proxy that a configuration is for. */
export interface Proxy {
  /** `router` is a gateway. */
  readonly type: 'sidecar' | 'router';
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly labels: Readonly<Record<string, string>>;
  /** @default - one that no workload has */
  readonly ip?: string;
  /** YAML laid over the mesh's settings of proxies. @default - nothing */
  readonly proxyConfig?: string;
}

/** What istiod would push to a proxy, unchanged. */
export interface Xds {
  readonly listeners: readonly JsonObject[];
  readonly routes: readonly JsonObject[];
  readonly clusters: readonly JsonObject[];
  readonly endpoints: readonly JsonObject[];
}

const TIMEOUT_MS = 60_000;

/** Without a default provider, Istio leaves out its telemetry filters, which a plain Envoy does not have. */
const NO_TELEMETRY = { defaultProviders: {} };

/** Asks Istio's own code what a proxy gets of these objects and pods. */
export async function askIstio(
  program: string,
  manifests: readonly JsonObject[],
  proxy: Proxy,
  workloads: readonly Workload[],
): Promise<Xds> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mesh-constructs-xds-'));
  try {
    const write = (name: string, content: string): string => {
      writeFileSync(path.join(folder, name), content);
      return path.join(folder, name);
    };
    // JSON is YAML.
    const files = write('manifests.yaml', manifests.map((object) => JSON.stringify(object)).join('\n---\n'));
    const result = await runProgram(
      program,
      [
        ...['--mesh-config', write('mesh.yaml', JSON.stringify({ ...meshConfigOf(manifests), ...NO_TELEMETRY }))],
        ...['--proxy', write('proxy.json', JSON.stringify(proxy))],
        ...['--workloads', write('workloads.json', JSON.stringify(workloads.map((workload) => without({ ...workload }, 'proxyConfig'))))],
        ...['--out', folder],
        files,
      ],
      { timeoutMs: TIMEOUT_MS },
    );
    if (result.code !== 0) throw new Error(`istio-xds failed: ${result.stderr.trim().split('\n').pop() ?? ''}`);
    const read = (name: string): readonly JsonObject[] => {
      return asList(JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8'))).map(asRecord);
    };
    return { listeners: read('listeners'), routes: read('routes'), clusters: read('clusters'), endpoints: read('endpoints') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the program says of the mesh as a whole, in the ConfigMap that istiod reads. */
function meshConfigOf(manifests: readonly JsonObject[]): JsonObject {
  const found = manifests.find((object) => object['kind'] === 'ConfigMap' && field(object, 'data', 'mesh') !== undefined);
  return asRecord(parse(text(field(found, 'data', 'mesh'))));
}
