import type { KubeObject } from '../kubernetes/client';
import type { ApiServer } from '../kubernetes/server';
import type { JudgeRow } from '../runner/judge';
import { applyAgain, applyInOrder } from './apply';
import { Cases } from './cases';
import { gatewayApiCrds, newestGatewayApi } from './crd-rows';
import { definedKey, groupOf, isCrd, kindKey } from './document';
import type { ExampleOutput } from './examples';
import { synthesize } from './examples';
import { leftOver, removeInReverse, stableInventory } from './remove';
import { allOf, withIstiod, withServer } from './server';
import { stepRows } from './step-rows';
import { applyAfterIstiod, isWebhookConfiguration } from './webhooks';

type Keep = (row: JudgeRow) => void;

/** On a fresh server for each cluster of the example: first apply, second apply, apply after istiod, deletion; or its steps. */
export async function exampleRows(name: string, log: (line: string) => void, keep: Keep): Promise<void> {
  const byCluster = new Map<string, ExampleOutput[]>();
  for (const output of await synthesize(name)) {
    byCluster.set(output.cluster, [...(byCluster.get(output.cluster) ?? []), output]);
  }
  await allOf([...byCluster.values()], keep, async (outputs, keepOwn) => {
    const [first] = outputs;
    if (first?.step !== undefined) {
      await withIstiod({ controllers: true, log }, (server, istiod) => stepRows(server, istiod, name, outputs, keepOwn));
    } else if (first !== undefined) {
      await withServer({ controllers: true, log }, (server) => judgeOutput(server, first, keepOwn));
    }
  });
}

async function judgeOutput(server: ApiServer, { name, objects }: ExampleOutput, keep: Keep): Promise<void> {
  const provided = await provideGatewayApi(server, objects);
  const before = await stableInventory(server);

  const first = new Cases(`${name}: first apply`);
  const findings = await applyInOrder(server, objects);
  first.count('', findings);
  const notes = [...(objects.some(isCrd) ? ['one pass, waiting only for a CRD before the first object of its kind'] : []), ...provided];
  keep(first.row(notes.length === 0 ? undefined : notes.join('; ')));

  const accepted = findings.filter(({ said }) => said === undefined).map(({ object }) => object);
  const second = new Cases(`${name}: second apply`);
  second.count('', await applyAgain(server, accepted));
  keep(second.row());

  const webhooks = accepted.filter(isWebhookConfiguration);
  const afterIstiod = new Cases(`${name}: apply after istiod`);
  if (webhooks.length === 0) afterIstiod.skip('it writes no webhook configuration');
  else afterIstiod.count('', await applyAfterIstiod(server, webhooks));
  keep(afterIstiod.row());

  const deletion = new Cases(`${name}: deletion`);
  deletion.count('', await removeInReverse(server, accepted));
  const left = await leftOver(server, before);
  deletion.judge('afterwards', left.length === 0 ? undefined : `left behind: ${left.join(', ')}`);
  keep(deletion.row());
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
