import { join } from 'node:path';
import type { Figure } from '../figure';
import { node, ROOT } from '../processes';

const SERVICES = 10_000;

/** In a process of its own: rules are loaded and compiled within the time that is measured. */
const PROGRAM = `
const { Validator } = require(${JSON.stringify(join(ROOT, 'lib', 'src', 'validation', 'validator.js'))});
const { objectsOf } = require(${JSON.stringify(join(ROOT, 'bench', 'programs', 'services.js'))});
const objects = objectsOf(${SERVICES});
const start = process.hrtime.bigint();
const validator = new Validator();
let findings = 0;
for (const object of objects) findings += validator.validate(object).findings.length;
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
if (findings > 0) throw new Error(findings + ' findings in objects that are right');
process.stdout.write(String(seconds));
`;

/** A VirtualService, a DestinationRule and an AuthorizationPolicy for each of 10,000 services. */
export const validate: Figure = {
  name: 'validate',
  what: 'validating 30,000 objects, loading and compiling of the rules and CEL included',
  unit: 's',
  target: 1,
  measure: () => Number(node(['-e', PROGRAM], ROOT)),
};
