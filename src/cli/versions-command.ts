import { parseArgs } from 'node:util';
import type { Command, CommandIo, ExitCode } from './command';

const HELP = `usage: mesh-constructs versions [--json]

Lists the releases of Istio whose control plane is known, and what of them was judged by what: a patch release is made the
same as the judged one of its minor release.

options:
  --json       print one JSON document: { "istio": [{ "minor", "newest", "judged", "by" }] }
  -h, --help   print this text

examples:
  mesh-constructs versions
  mesh-constructs versions --json | jq -r '.istio[].newest'

exit codes:
  0  printed
  2  used in a wrong way
`;

/** `mesh-constructs versions`: which releases of Istio are known, and which were judged. */
export const versionsCommand: Command = {
  name: 'versions',
  summary: 'list the releases of Istio that are known, and which were judged',
  help: HELP,
  run(args, io) {
    return Promise.resolve(run(args, io));
  },
};

function run(args: readonly string[], io: CommandIo): ExitCode {
  let values: { readonly json?: boolean; readonly help?: boolean };
  try {
    values = parseArgs({ args: [...args], options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } }, strict: true }).values;
  } catch (error) {
    io.stderr.write(`${error instanceof Error ? error.message : String(error)}\nmesh-constructs versions --help shows how it is used\n`);
    return 2;
  }
  if (values.help === true) {
    io.stdout.write(HELP);
    return 0;
  }
  const { JUDGED_RELEASES } = require('../migrate/judged-releases') as typeof import('../migrate/judged-releases');
  if (values.json === true) io.stdout.write(`${JSON.stringify({ istio: JUDGED_RELEASES })}\n`);
  else io.stdout.write(JUDGED_RELEASES.map(({ minor, newest, judged, by }) => `${minor}  newest ${newest}, judged ${judged} by ${by.join(', ')}\n`).join(''));
  return 0;
}
