import { buildSync } from 'esbuild';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '../figure';
import type { Figure, Skipped } from '../figure';
import { binOf, hasShared, ISTIO_CRDS, NO_SHARED, node, ROOT } from '../processes';

export const RUNS = 3;
export const SERVICES = 10_000;
export const FEW_SERVICES = 1_000;

export interface Run {
  readonly seconds: number;
  readonly bytesPerService: number;
}

interface Shape {
  readonly charts: number;
  readonly dependencies: 'none' | 'objects';
}

/** 10,000 services of three objects, built, validated and written, against classes of `cdk8s import`, which validate nothing. */
export const services: readonly Figure[] = [
  ratio('MeshApp, 1 chart', 'mesh-app', 0.4, { charts: 1, dependencies: 'none' }),
  ratio('MeshApp, 100 charts', 'mesh-app', 0.4, { charts: 100, dependencies: 'none' }),
  ratio('MeshApp, with dependencies', 'mesh-app', 0.4, { charts: 1, dependencies: 'objects' }),
  ratio('plain App, 1 chart', 'app', 1.15, { charts: 1, dependencies: 'none' }),
  ratio('plain App, 100 charts', 'app', 1.15, { charts: 100, dependencies: 'none' }),
  ratio('plain App, with dependencies', 'app', 1.15, { charts: 1, dependencies: 'objects' }),
];

/** Cost a service at 10,000 services against 1,000. */
export const growth: Figure = {
  name: 'growth',
  what: 'MeshApp: seconds a service at 10,000 services, against 1,000',
  unit: 'x',
  target: 1.2,
  measure: () =>
    withFolder((folder) => {
      const shape = { charts: 1, dependencies: 'none' } as const;
      const costs = Array.from({ length: RUNS }, () => {
        const many = synth(folder, 'mesh-app', SERVICES, shape).seconds / SERVICES;
        return many / (synth(folder, 'mesh-app', FEW_SERVICES, shape).seconds / FEW_SERVICES);
      });
      return median(costs);
    }),
};

/** Heap that the constructs of a service hold, between building and synthesis. */
export const memory: Figure = {
  name: 'memory',
  what: 'MeshApp: heap a service (three objects) when 10,000 are built',
  unit: 'kB',
  target: 15,
  measure: () =>
    withFolder((folder) => synth(folder, 'mesh-app', SERVICES, { charts: 1, dependencies: 'none' }).bytesPerService / 1000),
};

/** Ten groups of a thousand objects that depend on each other as cdk8s constructs. */
export const order: Figure = {
  name: 'order',
  what: 'ordering 10 stages of 1,000 objects that depend on each other',
  unit: 's',
  target: 0.2,
  measure: () => median(Array.from({ length: RUNS }, () => Number(node([join(ROOT, 'bench/programs/synth-stages.js')], ROOT)))),
};

function ratio(name: string, way: 'mesh-app' | 'app', target: number, shape: Shape): Figure {
  const what = `10,000 services in ${name}, against \`cdk8s import\` classes in cdk8s.App`;
  const measure = (): number | Skipped => {
    if (!hasShared()) return { skipped: NO_SHARED };
    return withFolder((folder) => {
      const imports = importsOfCdk8s(folder);
      const once = (): number =>
        synth(folder, way, SERVICES, shape).seconds / synth(folder, 'import', SERVICES, shape, imports).seconds;
      return median(Array.from({ length: RUNS }, once));
    });
  };
  return { name, what, unit: 'x', target, measure };
}

function synth(folder: string, way: string, count: number, { charts, dependencies }: Shape, imports = ''): Run {
  const program = join(ROOT, 'bench/programs/synth-services.js');
  const args = [way, String(count), String(charts), dependencies, join(folder, 'dist'), imports];
  return JSON.parse(node(['--expose-gc', program, ...args], folder)) as Run;
}

/** The classes of `cdk8s import` as JavaScript, as a user's own build makes them. */
export function importsOfCdk8s(folder: string): string {
  node([binOf('cdk8s'), 'import', ISTIO_CRDS, '--language', 'typescript'], folder);
  const out = join(folder, 'compiled');
  const entryPoints = ['networking', 'security'].map((group) => join(folder, 'imports', `${group}.istio.io.ts`));
  buildSync({ entryPoints, outdir: out, platform: 'node', format: 'cjs', logLevel: 'error' });
  return out;
}

export function withFolder<T>(body: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'mesh-constructs-bench-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  try {
    return body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
