import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { messageOf } from '../api/cases';
import { NOT_HERE } from '../runner/judge';
import { istioBinaries } from './binaries';
import type { KubeObject } from './cluster';
import { runInjection } from './inject';
import type { Injected } from './inject';
import { injectorFiles } from './injector-files';

/** Release and hub that the expected pods are of. */
const ISTIO = '1.30.3';
const HUB = 'registry.istio.io/release';

/** A pod that `istioctl kube-inject` made with Istio's own template, and what the same code made with ours. */
export interface InjectedGolden {
  readonly name: string;
  /** File with the expected objects. */
  readonly expected: string;
  readonly got: readonly KubeObject[];
  /** Why there are none; undefined where all went well. */
  readonly error?: string;
}

/** Why something cannot be done here. */
export interface Skipped {
  readonly skipped: string;
}

/**
 * Injects all inputs below `folder` with the templates and the values of our default control plane, in one process of
 * Istio's own code.
 *
 * @returns why it cannot be done here, where there is no folder or no Go
 */
export async function injectGoldens(folder: string, log: (line: string) => void): Promise<readonly InjectedGolden[] | Skipped> {
  if (!existsSync(folder)) return { skipped: `there is no ${folder} here` };
  const names = readdirSync(folder).filter((name) => existsSync(path.join(folder, name, 'input.yaml'))).sort();
  const program = await injectProgram(log);
  if (typeof program !== 'string') return program;
  const meshConfig = readFileSync(path.join(folder, 'mesh.yaml'), 'utf8');
  const injected = await runInjection(program, {
    injectors: { ours: { ...injectorFiles(ISTIO, { image: { hub: HUB } }), meshConfig } },
    cases: names.map((name) => ({ name, injector: 'ours', input: readFileSync(path.join(folder, name, 'input.yaml'), 'utf8') })),
  });
  return names.map((name) => golden(name, path.join(folder, name, 'expected.yaml'), injected.get(name)));
}

function golden(name: string, expected: string, injected: Injected = { objects: [], error: 'istio-inject did not answer' }): InjectedGolden {
  return { name, expected, got: injected.objects, ...(injected.error === undefined ? {} : { error: injected.error }) };
}

async function injectProgram(log: (line: string) => void): Promise<string | Skipped> {
  try {
    return (await istioBinaries({ log })).inject;
  } catch (error) {
    const message = messageOf(error);
    if (NOT_HERE.test(message)) return { skipped: message };
    throw error;
  }
}
