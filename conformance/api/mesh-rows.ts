import type { KubeObject } from '../kubernetes/client';
import type { ApiServer } from '../kubernetes/server';
import type { JudgeRow } from '../runner/judge';
import type { Finding } from './apply';
import { applyAgain, applyInOrder } from './apply';
import { Cases, messageOf } from './cases';
import { istioCrds } from './crd-rows';
import { MESH_VARIANTS, NETWORK_ATTACHMENTS, RELEASES, variantProgram } from './mesh-variants';
import { leftOver, removeInReverse, stableInventory } from './remove';
import { allOf, withServer } from './server';

/**
 * Every variant of a mesh under every release: it is installed, applied once more, and deleted, one variant after another on
 * the server of a release, whose CRDs are there from the start. A row for each variant.
 */
export async function meshRows(log: (line: string) => void, keep: (row: JudgeRow) => void): Promise<void> {
  const rows = new Map(Object.keys(MESH_VARIANTS).map((name) => [name, new Cases(`Mesh: ${name}`)]));
  await allOf(RELEASES, keep, async (release) => {
    await withServer({ controllers: true, log }, async (server) => {
      await server.installCrds([NETWORK_ATTACHMENTS]);
      const crds = istioCrds(release);
      await applyInOrder(server, crds);
      const before = await stableInventory(server);
      for (const [name, variant] of Object.entries(MESH_VARIANTS)) {
        const cases = rows.get(name) ?? new Cases(name);
        try {
          await judgeVariant(server, before, variantProgram(variant, release), { cases, release });
        } catch (error) {
          cases.judge(release, messageOf(error));
        }
      }
    });
  });
  for (const cases of rows.values()) keep(cases.row());
}

const NEW_GENERATION = "Istio 1.29 gives a NetworkPolicy the peers `[]`, which the server keeps as none and takes for a change each time";

/** The one thing that a second apply changes: as in the charts of Istio 1.29, which these objects equal. */
function isNewGeneration({ object, said }: Finding, release: string): boolean {
  return release.startsWith('1.29.') && object['kind'] === 'NetworkPolicy' && said === 'it was changed at .metadata.generation';
}

interface Judged {
  readonly cases: Cases;
  readonly release: string;
}

async function judgeVariant(server: ApiServer, before: ReadonlySet<string>, objects: readonly KubeObject[], { cases, release }: Judged): Promise<void> {
  const findings = await applyInOrder(server, objects);
  cases.count(`${release}, first apply, `, findings);
  const accepted = findings.filter(({ said }) => said === undefined).map(({ object }) => object);
  for (const finding of await applyAgain(server, accepted)) {
    if (isNewGeneration(finding, release)) cases.skip(NEW_GENERATION);
    else cases.count(`${release}, second apply, `, [finding]);
  }
  cases.count(`${release}, deletion, `, await removeInReverse(server, accepted));
  const left = await leftOver(server, before);
  cases.judge(`${release}, afterwards`, left.length === 0 ? undefined : `left behind: ${left.join(', ')}`);
}
