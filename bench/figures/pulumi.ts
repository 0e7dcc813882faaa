import { join } from 'node:path';
import { median } from '../figure';
import type { Figure } from '../figure';
import { node, ROOT } from '../processes';

const RUNS = 3;
const SERVICES = 1_000;

interface Run {
  readonly seconds: number;
  readonly bytesPerService: number;
}

/** 1,000 services of three objects registered by a MeshComponent, settled and validated first, against resources by hand. */
export const pulumi: readonly Figure[] = [
  { name: 'pulumi, time', what: '1,000 services registered with Pulumi, against the same resources by hand', unit: 'x', target: 2, measure: () => ratio((run) => run.seconds) },
  { name: 'pulumi, memory', what: 'heap that is held afterwards, against the same resources by hand', unit: 'x', target: 2, measure: () => ratio((run) => run.bytesPerService) },
];

function ratio(of: (run: Run) => number): number {
  return median(Array.from({ length: RUNS }, () => of(register('component')) / of(register('by-hand'))));
}

function register(way: string): Run {
  return JSON.parse(node(['--expose-gc', join(ROOT, 'bench/programs/pulumi-services.js'), way, String(SERVICES)], ROOT)) as Run;
}
