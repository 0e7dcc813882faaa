import { median } from '../figure';
import type { Figure } from '../figure';
import { node, withProject } from '../processes';

const RUNS = 15;

const PROGRAM = `
require('cdk8s');
const start = process.hrtime.bigint();
const { MeshError } = require('mesh-constructs');
if (typeof MeshError !== 'function') throw new Error('nothing was loaded');
process.stdout.write(String(Number(process.hrtime.bigint() - start) / 1e6));
`;

/** In a process of its own each time, after cdk8s itself. */
export const requireTime: Figure = {
  name: 'require',
  what: "require('mesh-constructs'), beyond cdk8s itself",
  unit: 'ms',
  target: 60,
  measure: () =>
    withProject((folder) => median(Array.from({ length: RUNS }, () => Number(node(['-e', PROGRAM], folder))))),
};
