import { join } from 'node:path';
import { median } from '../figure';
import type { Figure } from '../figure';
import { hasShared, ISTIO_CRDS, NO_SHARED, ROOT, secondsOf, withProject } from '../processes';

const RUNS = 3;

/** The whole process, from the YAML file to modules and rules on disk. */
export const generate: Figure = {
  name: 'generate',
  what: '`mesh-constructs import` of Istio 1.30.3, as a whole process',
  unit: 's',
  target: 3,
  measure: () => {
    if (!hasShared()) return { skipped: NO_SHARED };
    const run = (): number =>
      withProject((folder) => secondsOf([join(ROOT, 'lib', 'src', 'cli', 'main.js'), 'import', ISTIO_CRDS, '--out', 'imports'], folder));
    return median(Array.from({ length: RUNS }, run));
  },
};
