import { readFileSync, readdirSync } from 'node:fs';
import { installationFromOperator } from '../../src/migrate/operator/from-operator';
import { renderInstallation } from '../../src/migrate/render';
import { printProgram } from '../../src/migrate/program/print-program';
import { INJECTOR_VALUE_PATHS } from '../../src/control-plane/injection/injector-value-paths';
import { compare, formatDifference } from '../../tools/parity/compare';
import { normalForm, readObjects } from '../../tools/parity/normal-form';
const D = process.argv[2]!;
for (const f of readdirSync(`${D}/cases`).sort()) {
  const [operator] = readObjects(readFileSync(`${D}/cases/${f}`, 'utf8'));
  try {
    const i = installationFromOperator(operator!, { istio: process.argv[3] ?? '1.31.0-rc.0' });
    const got = normalForm(renderInstallation(i), INJECTOR_VALUE_PATHS);
    const want = normalForm(readObjects(readFileSync(`${D}/out/${f}`, 'utf8')), INJECTOR_VALUE_PATHS);
    const d = compare(want, got).map(formatDifference).filter((l) => !/ValidatingAdmission|image: expected/.test(l));
    console.log(f, d.length === 0 ? 'ok' : d.length, d.slice(0, 4).join('\n   '), printProgram(i).notExpressed.length ? `[${printProgram(i).notExpressed.join('; ')}]` : '');
  } catch (e) { console.log(f, 'ERR', String((e as Error).message).slice(0, 300)); }
}
