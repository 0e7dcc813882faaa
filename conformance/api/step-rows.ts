import type { KubeObject } from '../kubernetes/client';
import type { ApiServer } from '../kubernetes/server';
import type { JudgeRow } from '../runner/judge';
import { applyAgain, applyInOrder } from './apply';
import { Cases } from './cases';
import { identityOf, isCrd, labelOf, nameOf, namespaceOf } from './document';
import type { ExampleOutput } from './examples';
import { leftOver, removeInReverse, stableInventory } from './remove';
import type { StandInIstiod } from './stand-in-istiod';
import { dangling, servicesOfTags } from './webhook-targets';
import { isWebhookConfiguration, noticed, patchAsIstiod, stillPatched, withoutIstiodFields } from './webhooks';

/** The Service that each tag leads to once a step is done; said here, since what is judged cannot say it. */
const SERVICES_OF_TAGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '03-upgrade/before': { prod: 'istiod-1-30-7' },
  '03-upgrade/side-by-side': { prod: 'istiod-1-30-7' },
  '03-upgrade/switched': { prod: 'istiod-1-31-3' },
  '03-upgrade/after': { prod: 'istiod-1-31-3' },
};

/** The steps of an example, one after another on one server: a row for each, and one for the end of it all. */
export async function stepRows(
  server: ApiServer,
  istiod: StandInIstiod,
  example: string,
  steps: readonly ExampleOutput[],
  keep: (row: JudgeRow) => void,
): Promise<void> {
  const before = await stableInventory(server);
  let present: readonly KubeObject[] = [];
  for (const { name, step, objects } of steps) {
    const cases = new Cases(name);
    present = await takeStep({ server, istiod, present, objects }, cases);
    await judgeTags(server, SERVICES_OF_TAGS[`${example}/${step ?? ''}`] ?? {}, cases);
    keep(cases.row());
  }
  const deletion = new Cases(`${example}: deletion after the last step`);
  deletion.count('', await removeInReverse(server, present));
  const left = await leftOver(server, before);
  deletion.judge('afterwards', left.length === 0 ? undefined : `left behind: ${left.join(', ')}`);
  keep(deletion.row());
}

export interface Step {
  readonly server: ApiServer;
  readonly istiod: StandInIstiod;
  /** What the step before left. */
  readonly present: readonly KubeObject[];
  /** What the step writes. */
  readonly objects: readonly KubeObject[];
}

/**
 * What the step writes is applied, what the step before had beside it goes, new istiods come up and write what they own, and
 * nothing of that is undone by another apply. Gives what is there afterwards: CRDs stay, for with one goes every object of its
 * kind.
 */
export async function takeStep({ server, istiod, present, objects }: Step, cases: Cases): Promise<readonly KubeObject[]> {
  const written = async (object: KubeObject): Promise<void> => {
    const said = await dangling(server);
    cases.judge(`webhooks after ${labelOf(object)}`, said.length === 0 ? undefined : said.join('; '));
    await noticed(object);
  };
  const [had, wanted] = [present, objects].map((each) => new Set(each.map(identityOf)));
  const dropped = present.filter((object) => wanted?.has(identityOf(object)) === false);
  // istiod has written to what was there before
  const sent = objects.map((object) => (had?.has(identityOf(object)) === true ? withoutIstiodFields(object) : object));
  cases.count('apply, ', await applyInOrder(server, sent, written));
  cases.count('no longer made, ', await removeInReverse(server, dropped.filter((object) => !isCrd(object)), { onWrite: written }));
  cases.count('second apply, ', await applyAgain(server, sent));

  istiod.up.clear();
  for (const host of hostsOfIstiods(objects)) istiod.up.add(host);
  for (const object of objects.filter(isWebhookConfiguration)) await patchAsIstiod(server, object, istiod.caBundle);
  const findings = await applyAgain(server, objects.map(withoutIstiodFields));
  cases.count('apply after istiod, ', await Promise.all(findings.map((finding) => stillPatched(server, finding))));
  return [...dropped.filter(isCrd), ...objects];
}

/** Behind the Service of each Deployment of an istiod, which has its name. */
function hostsOfIstiods(objects: readonly KubeObject[]): string[] {
  const istiods = objects.filter((object) => object['kind'] === 'Deployment' && nameOf(object).startsWith('istiod'));
  return istiods.map((object) => `${nameOf(object)}.${namespaceOf(object)}.svc`);
}

/** Whether each tag leads to the Service that is meant. */
export async function judgeTags(server: ApiServer, expected: Readonly<Record<string, string>>, cases: Cases): Promise<void> {
  const found = await servicesOfTags(server);
  for (const tag of new Set([...found.keys(), ...Object.keys(expected)])) {
    const services = (found.get(tag) ?? []).join(', ');
    const meant = expected[tag] ?? 'nothing that is said in step-rows.ts';
    cases.judge(`tag ${tag}`, services === meant ? undefined : `it leads to ${services || 'no Service'} and not to ${meant}`);
  }
}
