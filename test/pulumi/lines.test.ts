import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { isFetched, lineFolder, lineNode, PULUMI_LINES } from '../../tools/pulumi-lines';
import { registrations } from './lines/registrations';
import type { Registrations } from './lines/registrations';

const ROOT = resolve(__dirname, '../..');

/** The same program with a line of Pulumi's packages, in a Node.js that it runs on. */
function registrationsWith(line: (typeof PULUMI_LINES)[number]): Registrations & { readonly node: string } {
  const args = ['--require', join(__dirname, 'lines/redirect.cjs'), '--require', 'tsx/cjs', join(__dirname, 'lines/registrations.ts')];
  const env = { ...process.env, PULUMI_LINE: lineFolder(line), TSX_TSCONFIG_PATH: join(ROOT, 'tsconfig.dev.json') };
  return JSON.parse(execFileSync(lineNode(line), args, { cwd: ROOT, env, encoding: 'utf8', maxBuffer: 1 << 28 })) as Registrations & { readonly node: string };
}

for (const line of PULUMI_LINES) {
  // three hundred megabytes that `npm ci` does not install
  const when = isFetched(line) ? test : test.skip;
  const how = isFetched(line) ? '' : ' (not fetched: npx tsx tools/pulumi-lines.ts)';
  when(`the ${line.name} line of Pulumi is asked for the same as the one installed${how}`, async () => {
    const { sdk, address, objects, node } = registrationsWith(line);
    expect(sdk).toBe(line.packages['@pulumi/pulumi']);
    if (line.node !== undefined) expect(node).toBe(line.packages[line.node]);
    const here = await registrations();
    expect(objects.length).toBeGreaterThan(30);
    expect(JSON.parse(JSON.stringify({ address, objects }))).toEqual(JSON.parse(JSON.stringify({ address: here.address, objects: here.objects })));
  }, 180_000);
}
