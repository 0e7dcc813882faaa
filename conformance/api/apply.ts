import type { KubeObject } from '../kubernetes/client';
import { sleep } from '../kubernetes/client';
import type { ApiServer } from '../kubernetes/server';
import { definedKey, differences, isCrd, kindKey, labelOf, resourceVersionOf } from './document';
import { messageOf } from './cases';

/** What came of one object. */
export interface Finding {
  readonly object: KubeObject;
  /** What is wrong; absent where all is well. */
  readonly said?: string;
}

const FIELD_MANAGER = 'mesh-constructs';
const SETTLE_MS = 30_000;

/** Called after each write, with what was written. */
export type OnWrite = (object: KubeObject) => Promise<void>;

/**
 * Applies the objects one after another, each once, with strict field validation. The only thing waited for is that a
 * CRD is Established before the first object of its kind, which is the `kubectl wait` between two `kubectl apply`.
 */
export async function applyInOrder(server: ApiServer, objects: readonly KubeObject[], onWrite?: OnWrite): Promise<Finding[]> {
  const crds = new Map<string, KubeObject>();
  const findings: Finding[] = [];
  for (const object of objects) {
    const crd = crds.get(kindKey(object));
    if (crd !== undefined) {
      crds.delete(kindKey(object));
      await server.waitServed(crd).catch(() => undefined);
    }
    const { said } = await applyOnce(server, object);
    await onWrite?.(object);
    if (said === undefined && isCrd(object)) crds.set(definedKey(object), object);
    findings.push(said === undefined ? { object } : { object, said });
  }
  return findings;
}

export interface AppliedOnce {
  /** Why it was not accepted; absent where it was. */
  readonly said?: string;
  readonly after?: KubeObject;
}

/** One server-side apply that nobody repeats. */
export async function applyOnce(server: ApiServer, object: KubeObject, dryRun = false): Promise<AppliedOnce> {
  try {
    const { accepted, message, object: after } = await server.apply(object, { fieldManager: FIELD_MANAGER, dryRun });
    if (!accepted) return { said: message };
    return after === undefined ? {} : { after };
  } catch (error) {
    // A field that a kind of Kubernetes' own does not have, and a webhook that nobody answers, are a 500 to an apply.
    return { said: messageOf(error) };
  }
}

/** Applies the objects once more: nothing may change, and nobody may be in the way. */
export async function applyAgain(server: ApiServer, objects: readonly KubeObject[]): Promise<Finding[]> {
  const before = await settled(server, objects);
  const findings: Finding[] = [];
  for (const [index, object] of objects.entries()) {
    const { said, after } = await applyOnce(server, object);
    findings.push(said === undefined ? unchanged(object, before[index], after) : { object, said });
  }
  return findings;
}

function unchanged(object: KubeObject, before: KubeObject | undefined, after: KubeObject | undefined): Finding {
  if (before === undefined) return { object, said: 'it was not there any more' };
  if (resourceVersionOf(before) === resourceVersionOf(after)) return { object };
  const paths = differences(before, after);
  return { object, said: `it was changed at ${paths.length === 0 ? '.metadata.managedFields' : paths.join(', ')}` };
}

/** The objects once the server has stopped writing to them: it fills in the status of CRDs and namespaces. */
async function settled(server: ApiServer, objects: readonly KubeObject[]): Promise<(KubeObject | undefined)[]> {
  for (const object of objects) {
    // One that was refused the first time is told of there.
    if (isCrd(object)) await server.waitServed(object).catch(() => undefined);
  }
  const read = (): Promise<(KubeObject | undefined)[]> => Promise.all(objects.map((object) => server.get(object)));
  const deadline = Date.now() + SETTLE_MS;
  for (let last = await read(); ; ) {
    await sleep(400);
    const next = await read();
    if (next.every((object, index) => resourceVersionOf(object) === resourceVersionOf(last[index]))) return next;
    if (Date.now() > deadline) throw new Error(`the objects still changed by themselves after ${SETTLE_MS / 1000} s`);
    last = next;
  }
}

/** Whether a CRD is accepted and its kind served. */
export async function establish(server: ApiServer, crd: KubeObject, timeoutMs = 30_000): Promise<string | undefined> {
  const { said } = await applyOnce(server, crd);
  if (said !== undefined) return said;
  try {
    await server.waitServed(crd, timeoutMs);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** The findings that say something, one line each. */
export function complaints(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ object, said }) => (said === undefined ? [] : [`${labelOf(object)}: ${said}`]));
}
