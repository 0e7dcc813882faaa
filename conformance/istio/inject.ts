import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { runProgram } from '../envoy/run-program';
import { asList, asRecord, text } from '../kubernetes/status';
import type { KubeObject } from './cluster';

const TIMEOUT_MS = 120_000;

/** What the ConfigMaps of a cluster hold. */
export interface InjectorFiles {
  /** Key `config` of the injector's ConfigMap. */
  readonly config: string;
  /** Key `values` of the injector's ConfigMap. */
  readonly values: string;
  /** The mesh's configuration, as YAML. */
  readonly meshConfig: string;
}

/** What is asked of one of the injectors. */
export interface InjectionCase {
  readonly name: string;
  /** Which of the injectors. */
  readonly injector: string;
  /** Revision of the injector. @default - the default one */
  readonly revision?: string;
  /** Manifests to inject, as `istioctl kube-inject` does. @default - a template is rendered */
  readonly input?: string;
  /** A pod to render a template for, as istiod's webhook does; see `cmd/istio-inject`. @default - none */
  readonly pod?: KubeObject;
  /** A Gateway to render a template for, as istiod's gateway controller does. @default - none */
  readonly gateway?: KubeObject;
  /** Whether nodes run native sidecars. @default false */
  readonly nativeSidecars?: boolean;
  /** istiod's `COMPLIANCE_POLICY`. @default - none */
  readonly compliancePolicy?: string;
}

/** What Istio's code made of a case. */
export interface Injected {
  readonly objects: readonly KubeObject[];
  /** Why there are none; undefined where all went well. */
  readonly error?: string;
}

export interface InjectionRequest {
  readonly injectors: Readonly<Record<string, InjectorFiles>>;
  readonly cases: readonly InjectionCase[];
}

/** Runs all cases in one process of istio-inject; the outcomes by name. */
export async function runInjection(program: string, request: InjectionRequest): Promise<ReadonlyMap<string, Injected>> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mesh-constructs-inject-'));
  try {
    const file = path.join(folder, 'request.json');
    writeFileSync(file, JSON.stringify(request));
    const result = await runProgram(program, [file], { timeoutMs: TIMEOUT_MS });
    if (result.late) throw new Error(`istio-inject did not end within ${TIMEOUT_MS / 1000} s`);
    if (result.code !== 0) throw new Error(`istio-inject failed: ${result.stderr.trim().split('\n').pop() ?? ''}`);
    return new Map(result.stdout.split('\n').filter((line) => line !== '').map(outcome));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function outcome(line: string): readonly [string, Injected] {
  const answer = asRecord(JSON.parse(line));
  const objects = asList(answer['objects']).map(asRecord);
  const error = text(answer['error']);
  return [text(answer['name']), error === '' ? { objects } : { objects, error }];
}
