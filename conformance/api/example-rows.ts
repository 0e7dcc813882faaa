import type { KubeObject } from '../kubernetes/client';
import type { ApiServer } from '../kubernetes/server';
import type { JudgeRow } from '../runner/judge';
import type { Finding } from './apply';
import { applyAgain, applyInOrder } from './apply';
import { Cases } from './cases';
import { gatewayApiCrds, newestGatewayApi } from './crd-rows';
import { definedKey, groupOf, isCrd, kindKey, labelOf } from './document';
import type { ExampleOutput } from './examples';
import { synthesize } from './examples';
import { leftOver, removeInReverse, stableInventory } from './remove';
import { withServer } from './server';
import { applyAfterIstiod, isWebhookConfiguration } from './webhooks';

type Keep = (row: JudgeRow) => void;

/** First apply, second apply, apply after istiod, deletion: on a fresh server for each cluster of the example. */
export async function exampleRows(name: string, log: (line: string) => void, keep: Keep): Promise<void> {
  for (const output of await synthesize(name)) {
    await withServer({ controllers: true, log }, (server) => judgeOutput(server, output, keep));
  }
}

async function judgeOutput(server: ApiServer, { name, objects }: ExampleOutput, keep: Keep): Promise<void> {
  const provided = await provideGatewayApi(server, objects);
  const before = await stableInventory(server);

  const first = new Cases(`${name}: first apply`);
  const findings = await applyInOrder(server, objects);
  count(first, findings);
  const notes = [...(objects.some(isCrd) ? ['one pass, waiting only for a CRD before the first object of its kind'] : []), ...provided];
  keep(first.row(notes.length === 0 ? undefined : notes.join('; ')));

  const accepted = findings.filter(({ said }) => said === undefined).map(({ object }) => object);
  const second = new Cases(`${name}: second apply`);
  count(second, await applyAgain(server, accepted));
  keep(second.row());

  const webhooks = accepted.filter(isWebhookConfiguration);
  const afterIstiod = new Cases(`${name}: apply after istiod`);
  if (webhooks.length === 0) afterIstiod.skip('it writes no webhook configuration');
  else count(afterIstiod, await applyAfterIstiod(server, webhooks));
  keep(afterIstiod.row());

  const deletion = new Cases(`${name}: deletion`);
  count(deletion, await removeInReverse(server, accepted));
  const left = await leftOver(server, before);
  deletion.judge('afterwards', left.length === 0 ? undefined : `left behind: ${left.join(', ')}`);
  keep(deletion.row());
}

function count(cases: Cases, findings: readonly Finding[]): void {
  for (const { object, said } of findings) cases.judge(labelOf(object), said);
}

/** The Gateway API belongs to the cluster, not to a mesh; its CRDs are there before the first install. */
async function provideGatewayApi(server: ApiServer, objects: readonly KubeObject[]): Promise<string[]> {
  const own = new Set(objects.filter(isCrd).map(definedKey));
  const needed = objects.filter((object) => groupOf(object).startsWith('gateway.networking.') && !own.has(kindKey(object)));
  if (needed.length === 0) return [];
  const { release, channel } = newestGatewayApi();
  await server.installCrds(gatewayApiCrds(release, channel));
  return [`the CRDs of the Gateway API ${release} (${channel}) were there before`];
}

