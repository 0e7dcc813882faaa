import type { MeshProps } from '../../src';
import type { KubeObject } from '../kubernetes/client';
import type { ApiServer } from '../kubernetes/server';
import type { JudgeRow } from '../runner/judge';
import type { Finding } from './apply';
import { applyAgain, applyInOrder } from './apply';
import { Cases } from './cases';
import { groupOf, labelOf, nameOf } from './document';
import { allOf, withIstiod } from './server';
import type { StandInIstiod } from './stand-in-istiod';
import { webhookProgram } from './webhook-program';
import { caBundlesOf, isValidating, isWebhookConfiguration, noticed, patchAsIstiod, stillPatched, withoutIstiodFields } from './webhooks';

/** One way to have the webhooks of a mesh written. */
interface Mode {
  readonly name: string;
  readonly note: string;
  readonly props: (istiod: StandInIstiod) => MeshProps;
  /** Whether Istio's objects are let in before istiod is up. */
  readonly lenient: boolean;
}

const MODES: readonly Mode[] = [
  {
    name: 'webhooks, failurePolicyOwner installer',
    note: 'nothing waits for istiod; applied with failurePolicy after istiod changed it, each validator is a conflict at that field, and there only',
    props: () => ({}),
    lenient: true,
  },
  {
    name: 'webhooks, failurePolicyOwner istiod',
    note: 'no apply ever meets a conflict; Istio objects after the validators are refused until istiod is up',
    props: () => ({ failurePolicyOwner: 'istiod' }),
    lenient: false,
  },
  {
    name: "webhooks, caBundle of the user's",
    note: 'it is there from the first apply and stays; Istio objects after the validators are refused until istiod is up',
    props: ({ caBundle }) => ({
      istiod: { injectorWebhook: { caBundle }, validationWebhook: { caBundle } },
      base: { validation: { caBundle } },
    }),
    lenient: false,
  },
];

/** A mesh is installed while no istiod runs; then one comes up, writes what it owns, and all is applied again. */
export async function webhookRows(log: (line: string) => void, keep: (row: JudgeRow) => void): Promise<void> {
  await allOf(MODES, keep, async (mode, keepOwn) => {
    const cases = new Cases(mode.name);
    await withIstiod({ log }, (server, istiod) => judgeMode(server, istiod, mode, cases));
    keepOwn(cases.row(mode.note));
  });
}

async function judgeMode(server: ApiServer, istiod: StandInIstiod, { props, lenient }: Mode, cases: Cases): Promise<void> {
  const objects = webhookProgram(props(istiod));
  const webhooks = objects.filter(isWebhookConfiguration);
  const first = await applyInOrder(server, objects, noticed);
  if (lenient) {
    cases.count('first apply, ', first);
    cases.count('second apply, ', await applyAgain(server, objects));
  } else {
    const checked = afterValidators(objects);
    for (const finding of first) cases.judge(`first apply, ${labelOf(finding.object)}`, checked.has(finding.object) ? notRefused(finding) : finding.said);
  }

  istiod.up.add('istiod.istio-system.svc');
  for (const object of webhooks) await patchAsIstiod(server, object, istiod.caBundle);
  if (lenient) {
    for (const finding of await applyAgain(server, webhooks.filter(isValidating))) {
      cases.judge(`with failurePolicy sent along, ${labelOf(finding.object)}`, notOnlyFailurePolicy(finding));
    }
  } else {
    // the same once more, as it is: now all of it is let in
    cases.count('apply with istiod, ', await applyInOrder(server, objects));
  }
  const sent = lenient ? objects.map(withoutIstiodFields) : objects;
  const again = await applyAgain(server, sent);
  cases.count('apply after istiod, ', await Promise.all(again.map((finding) => stillPatched(server, finding))));
  for (const object of webhooks) cases.judge(`certificate of ${labelOf(object)}`, await otherCertificate(server, object, istiod.caBundle));
  cases.judge('istiod', istiod.asked > 0 ? undefined : 'it was never asked');
}

/** What the validators look at, and comes after them. */
function afterValidators(objects: readonly KubeObject[]): ReadonlySet<KubeObject> {
  const later = objects.slice(objects.findIndex((object) => nameOf(object) === 'istiod-default-validator'));
  return new Set(later.filter((object) => groupOf(object).endsWith('.istio.io')));
}

function notRefused({ said }: Finding): string | undefined {
  if (said === undefined) return 'it was let in while istiod was not there to look at it';
  return said.includes('failed calling webhook') ? undefined : said;
}

function notOnlyFailurePolicy({ said }: Finding): string | undefined {
  if (said === undefined) return 'it is no conflict';
  const fields = [...said.matchAll(/\.webhooks\[[^\]]*\]\.([\w.]+)/g)].map(([, field]) => field);
  const isOnly = /conflict/i.test(said) && fields.length > 0 && fields.every((field) => field === 'failurePolicy');
  return isOnly ? undefined : said;
}

async function otherCertificate(server: ApiServer, object: KubeObject, expected: string): Promise<string | undefined> {
  const bundles = caBundlesOf((await server.get(object)) ?? {});
  if (bundles.length > 0 && bundles.every((bundle) => bundle === expected)) return undefined;
  return `it is not the one that was meant: ${bundles.length === 0 ? 'there are no webhooks' : bundles.map((bundle) => String(bundle).slice(0, 16)).join(', ')}`;
}
