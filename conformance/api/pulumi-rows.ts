import { output } from '@pulumi/pulumi';
import type { App } from 'cdk8s';
import { bookinfo } from '../../examples/01-bookinfo/main';
import { egress } from '../../examples/05-egress/main';
import { shop } from '../../examples/07-pulumi/shop';
import { Mesh } from '../../src';
import { runProgram } from '../../src/pulumi/deployed-program';
import type { DeployedObject, MeshProgram } from '../../src/pulumi/deployed-program';
import { registered } from '../../src/pulumi/resource-settings';
import type { Applied, KubeObject } from '../kubernetes/client';
import type { ApiServer } from '../kubernetes/server';
import type { JudgeRow } from '../runner/judge';
import { Random } from '../verdict/random';
import { applyInOrder } from './apply';
import { Cases } from './cases';
import { leftOver, removeInReverse, stableInventory } from './remove';
import { withServer } from './server';

const PROGRAMS: Readonly<Record<string, MeshProgram<unknown>>> = {
  '01-bookinfo': (_scope, app) => bookinfo(app as App),
  '05-egress': (_scope, app) => egress(app as App),
  '07-pulumi': (scope) => shop(scope, { host: 'shop.example.com', database: output('203.0.113.7'), password: output('something') }),
};
/** Orders of each program, each on the server as the one before it left it: empty. */
const ORDERS = 3;

/**
 * Pulumi deploys at the same time whatever does not wait for each other: any order that the dependencies allow may come. A few
 * of them at random, each accepted object by object, and deleted in an order that is as random.
 */
export async function pulumiRows(log: (line: string) => void, keep: (row: JudgeRow) => void): Promise<void> {
  await withServer({ controllers: true, log }, async (server) => {
    for (const [name, program] of Object.entries(PROGRAMS)) keep(await programRow(server, name, program));
    keep(await updateRow(server));
  });
}

/** An update of the webhook that checks Istio's objects, after istiod has written to it; the control is one that forces nothing. */
async function updateRow(server: ApiServer): Promise<JudgeRow> {
  const cases = new Cases('an update after istiod: with Pulumi');
  const { objects } = runProgram((scope) => new Mesh(scope, 'mesh', { crds: false }), { cluster: { istio: '1.31.3' } });
  for (const { item, manifest } of objects.filter((object) => object.item.object.identity.kind === 'ValidatingWebhookConfiguration')) {
    const object = registered(item, manifest) as KubeObject;
    const { apiVersion, kind, metadata, webhooks } = object as { apiVersion: string; kind: string; metadata: { name: string; annotations?: Record<string, string> }; webhooks: { name: string }[] };
    const written = { apiVersion, kind, metadata: { name: metadata.name }, webhooks: webhooks.map(({ name }) => ({ name, failurePolicy: 'Fail' })) };
    const apply = (what: KubeObject, fieldManager: string, force: boolean): Promise<Applied> => server.apply(what, { fieldManager, force });
    const steps = [
      await apply(object, 'pulumi', false),
      await apply(written, 'istiod', true),
      await apply(object, 'pulumi', metadata.annotations?.['pulumi.com/patchForce'] === 'true'),
      await apply(written, 'istiod', true),
    ];
    steps.forEach(({ accepted, message }, index) => cases.judge(`${metadata.name}, write ${index + 1}`, accepted ? undefined : message));
    const { accepted } = await apply(object, 'pulumi', false);
    cases.judge(`${metadata.name}, without force`, accepted ? 'no conflict: nothing has to be forced' : undefined);
    await server.delete(object);
  }
  return cases.row('what istiod wrote is no conflict');
}

async function programRow(server: ApiServer, name: string, program: MeshProgram<unknown>): Promise<JudgeRow> {
  const cases = new Cases(`${name}: with Pulumi`);
  const before = await stableInventory(server);
  const { objects } = runProgram(program, { cluster: { istio: '1.31.3' } });
  const manifests = await manifestsOf(objects);
  for (let seed = 1; seed <= ORDERS; seed += 1) {
    const order = admissible(objects, new Random(seed)).map((object) => manifests.get(object) ?? {});
    const findings = await applyInOrder(server, order);
    cases.count(`order ${seed}, applied, `, findings);
    const accepted = findings.filter(({ said }) => said === undefined).map(({ object }) => object);
    cases.count(`order ${seed}, deleted, `, await removeInReverse(server, accepted));
    const left = await leftOver(server, before);
    cases.judge(`order ${seed}, afterwards`, left.length === 0 ? undefined : `left behind: ${left.join(', ')}`);
  }
  return cases.row(`${ORDERS} orders that the dependencies allow`);
}

/** With Outputs resolved, as the provider gets them. */
async function manifestsOf(objects: readonly DeployedObject[]): Promise<ReadonlyMap<DeployedObject, KubeObject>> {
  const resolved = objects.map(async (object) => {
    const manifest = await new Promise<KubeObject>((resolve) => void output(object.manifest).apply((value) => resolve(value as KubeObject)));
    return [object, manifest] as const;
  });
  return new Map(await Promise.all(resolved));
}

/** Always one of those of which all that they wait for is there. */
function admissible(objects: readonly DeployedObject[], random: Random): DeployedObject[] {
  const waiting = new Set(objects);
  const done = new Set<DeployedObject['item']>();
  const order: DeployedObject[] = [];
  while (waiting.size > 0) {
    const free = [...waiting].filter(({ needs }) => needs.every((need) => done.has(need)));
    const next = random.pick(free);
    waiting.delete(next);
    done.add(next.item);
    order.push(next);
  }
  return order;
}
