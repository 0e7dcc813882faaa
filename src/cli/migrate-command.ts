import { installationCommand } from './installation-command';
import { MIGRATE_HELP } from './migrate-help';

/** `mesh-constructs migrate`: the program that makes what Istio's own installers are asked for. */
export const migrateCommand = installationCommand({
  name: 'migrate',
  summary: 'print the TypeScript program of Helm values, an IstioOperator or a profile',
  help: MIGRATE_HELP,
  print: (installation) => {
    const { renderInstallation } = require('../migrate/render') as typeof import('../migrate/render');
    const { printProgram } = require('../migrate/program/print-program') as typeof import('../migrate/program/print-program');
    // a program that could not be synthesized would be of no use: what is wrong shows here, as with render
    renderInstallation(installation);
    const { text, notExpressed } = printProgram(installation);
    return { json: { program: text, notExpressed }, text: () => text, remarks: notExpressed.map((line) => `not expressed: ${line}`) };
  },
});
