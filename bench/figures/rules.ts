import { join } from 'node:path';
import { median } from '../figure';
import type { Figure, Skipped } from '../figure';
import { hasShared, NO_SHARED, node, ROOT } from '../processes';
import { FEW_SERVICES, importsOfCdk8s, RUNS, SERVICES, withFolder } from './services';
import type { Run } from './services';

/** 10,000 services of two versions with five rules each: collected, ordered, checked, validated and written. */
export const rules: readonly Figure[] = [
  {
    name: 'rules, against classes',
    what: '10,000 services of five rules each, against the objects that come out by `cdk8s import` classes in cdk8s.App',
    unit: 'x',
    target: 0.4,
    measure: (): number | Skipped => {
      if (!hasShared()) return { skipped: NO_SHARED };
      return withFolder((folder) => {
        const imports = importsOfCdk8s(folder);
        return median(Array.from({ length: RUNS }, () => synth(folder, 'constructs', SERVICES).seconds / synth(folder, 'import', SERVICES, imports).seconds));
      });
    },
  },
  {
    name: 'rules, growth',
    what: 'seconds a service of five rules at 10,000 services, against 1,000',
    unit: 'x',
    target: 1.2,
    measure: () =>
      withFolder((folder) => {
        const growth = (): number => synth(folder, 'constructs', SERVICES).seconds / SERVICES / (synth(folder, 'constructs', FEW_SERVICES).seconds / FEW_SERVICES);
        return median(Array.from({ length: RUNS }, growth));
      }),
  },
  {
    name: 'rules, memory',
    what: 'heap a service of two versions and five rules (six constructs) when 10,000 are built',
    unit: 'kB',
    target: 15,
    measure: () => withFolder((folder) => synth(folder, 'constructs', SERVICES).bytesPerService / 1000),
  },
];

function synth(folder: string, way: string, count: number, imports = ''): Run {
  const program = join(ROOT, 'bench/programs/synth-rules.js');
  return JSON.parse(node(['--expose-gc', program, way, String(count), join(folder, 'dist'), imports], folder)) as Run;
}
