import type { KubeObject } from '../kubernetes/client';
import { sleep } from '../kubernetes/client';
import type { ApiServer } from '../kubernetes/server';
import { asList, asRecord } from '../kubernetes/status';
import type { Finding } from './apply';
import { applyAgain } from './apply';

/** The name under which istiod writes. */
const ISTIOD = 'pilot-discovery';
const CA_BUNDLE = Buffer.from('a certificate').toString('base64');
/** The API server learns of a new webhook by a watch of its own, and announces nowhere that it has. */
const NOTICED_MS = 700;

export function isWebhookConfiguration(object: KubeObject): boolean {
  return isValidating(object) || object['kind'] === 'MutatingWebhookConfiguration';
}

/** Waits until the API server asks a webhook that was just written. */
export async function noticed(object: KubeObject): Promise<void> {
  if (isWebhookConfiguration(object)) await sleep(NOTICED_MS);
}

/**
 * istiod writes what it owns; then the configurations are applied again. A field that istiod owns and that the program
 * writes too is left out of the second apply, which is what `ignoreDifferences` of Argo CD does: sent along, it is a
 * conflict.
 */
export async function applyAfterIstiod(server: ApiServer, webhooks: readonly KubeObject[]): Promise<Finding[]> {
  for (const object of webhooks) await patchAsIstiod(server, object);
  const findings = await applyAgain(server, webhooks.map(withoutIstiodFields));
  return await Promise.all(findings.map((finding) => stillPatched(server, finding)));
}

/** What istiod does once it is up: its certificate, and no more mercy for objects that it cannot look at. */
export async function patchAsIstiod(server: ApiServer, object: KubeObject, caBundle = CA_BUNDLE): Promise<void> {
  const operations = webhooksOf(object).flatMap((webhook, index) => [
    ...(hasCaBundle(webhook) ? [] : [{ op: 'add', path: `/webhooks/${index}/clientConfig/caBundle`, value: caBundle }]),
    ...(isValidating(object) ? [{ op: 'add', path: `/webhooks/${index}/failurePolicy`, value: 'Fail' }] : []),
  ]);
  const { accepted, message } = await server.patch(object, 'json', operations, ISTIOD);
  if (!accepted) throw new Error(`what istiod writes was refused: ${message}`);
}

/** What is sent by tools that are told to leave to istiod what istiod owns. */
export function withoutIstiodFields(object: KubeObject): KubeObject {
  if (!isValidating(object)) return object;
  const webhooks = webhooksOf(object).map(({ failurePolicy: _owned, ...webhook }) => webhook);
  return { ...object, webhooks };
}

/** Whether what istiod wrote is there still. */
export async function stillPatched(server: ApiServer, finding: Finding): Promise<Finding> {
  const { object, said } = finding;
  if (said !== undefined || !isWebhookConfiguration(object)) return finding;
  const present = await server.get(object);
  const lost = webhooksOf(present ?? {}).some(
    (webhook) => !hasCaBundle(webhook) || (isValidating(object) && webhook['failurePolicy'] !== 'Fail'),
  );
  return lost || present === undefined ? { object, said: 'what istiod had written is gone' } : finding;
}

export function isValidating(object: KubeObject): boolean {
  return object['kind'] === 'ValidatingWebhookConfiguration';
}

export function webhooksOf(object: KubeObject): readonly Readonly<Record<string, unknown>>[] {
  return asList(object['webhooks']).map(asRecord);
}

/** Certificates that the webhooks are called with; undefined where there is none. */
export function caBundlesOf(object: KubeObject): unknown[] {
  return webhooksOf(object).map((webhook) => asRecord(webhook['clientConfig'])['caBundle']);
}

function hasCaBundle(webhook: Readonly<Record<string, unknown>>): boolean {
  const { caBundle } = asRecord(webhook['clientConfig']);
  return typeof caBundle === 'string' && caBundle !== '';
}
