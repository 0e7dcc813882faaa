import type { KubeObject } from '../kubernetes/client';
import { until } from '../kubernetes/client';
import type { ApiServer } from '../kubernetes/server';
import type { JudgeRow } from '../runner/judge';
import type { Finding } from './apply';
import { applyAgain, applyInOrder, applyOnce } from './apply';
import { Cases } from './cases';
import { labelOf } from './document';
import { withServer } from './server';
import type { FailurePolicyOwner } from './webhook-program';
import { webhookProgram } from './webhook-program';
import { applyAfterIstiod, applyAllAfterIstiod, isWebhookConfiguration } from './webhooks';

const NOTES: Readonly<Record<FailurePolicyOwner, string>> = {
  install: 'made through L1; applied with failurePolicy after istiod changed it, the validator is a conflict at that field, and there only',
  istiod: 'made through L1; what the validator looks at has to wait for istiod, and is refused before',
};

/** Webhooks of istiod in place, and no istiod: with failurePolicy written, and with the field left to istiod. */
export async function webhookRows(log: (line: string) => void, keep: (row: JudgeRow) => void): Promise<void> {
  for (const owner of ['install', 'istiod'] as const) {
    const cases = new Cases(`webhooks, failurePolicy of the ${owner === 'install' ? 'install' : 'istiod'}`);
    await withServer({ log }, (server) => judgeMode(server, owner, cases));
    keep(cases.row(NOTES[owner]));
  }
}

async function judgeMode(server: ApiServer, owner: FailurePolicyOwner, cases: Cases): Promise<void> {
  const objects = webhookProgram(owner);
  const policies = objects.filter(({ kind }) => kind === 'PeerAuthentication');
  const files = owner === 'install' ? objects : objects.filter((object) => !policies.includes(object));
  count(cases, 'first apply', await applyInOrder(server, files));
  if (owner === 'istiod') {
    // Also shows that the webhook is asked at all, which the other mode does not.
    const said = await refusedBefore(server, policies);
    cases.judge('without istiod, what the validator looks at', said ? undefined : 'it was not refused');
  }
  count(cases, 'second apply', await applyAgain(server, files));

  const webhooks = files.filter(isWebhookConfiguration);
  if (owner === 'install') {
    const [conflicting, ...rest] = (await applyAllAfterIstiod(server, webhooks)).filter(({ said }) => said !== undefined);
    cases.judge('with failurePolicy sent along, the conflict', onlyFailurePolicy(conflicting, rest));
  }
  count(cases, 'apply after istiod', await applyAfterIstiod(server, webhooks));
}

/** The server takes a moment until it asks a new webhook; a dry run leaves nothing behind when it does not ask yet. */
async function refusedBefore(server: ApiServer, objects: readonly KubeObject[]): Promise<boolean> {
  const refused = async (): Promise<boolean> => {
    const answers = await Promise.all(objects.map((object) => applyOnce(server, object, true)));
    return answers.every(({ said }) => said !== undefined && said.includes('failed calling webhook'));
  };
  return await until('the webhook to be asked', 10_000, refused).then(() => true, () => false);
}

function onlyFailurePolicy(conflicting: Finding | undefined, rest: readonly Finding[]): string | undefined {
  if (conflicting === undefined) return 'there is none';
  const { object, said = '' } = conflicting;
  const fields = [...said.matchAll(/\.webhooks\[[^\]]*\]\.([\w.]+)/g)].map(([, field]) => field);
  const isOnly = rest.length === 0 && /conflict/i.test(said) && fields.length > 0 && fields.every((field) => field === 'failurePolicy');
  return isOnly ? undefined : `is another one: ${labelOf(object)}: ${said}`;
}

function count(cases: Cases, when: string, findings: readonly Finding[]): void {
  for (const { object, said } of findings) cases.judge(`${when}, ${labelOf(object)}`, said);
}
