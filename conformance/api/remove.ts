import type { KubeObject } from '../kubernetes/client';
import { sleep, until } from '../kubernetes/client';
import type { ApiServer } from '../kubernetes/server';
import { asList, asRecord, readStatus, text } from '../kubernetes/status';
import type { Finding, OnWrite } from './apply';
import { messageOf } from './cases';
import { isCrd, isNamespace, nameOf, namespaceOf } from './document';

/** The cluster's own bookkeeping, which comes and goes whatever is applied. */
const NOT_OURS = new Set(['events', 'leases', 'componentstatuses']);
const STORE_MS = 10_000;
/** Of lists of objects the metadata is enough; other answers come as they are. */
const NAMES_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

export interface RemoveOptions {
  /** How long one object may take to go. @default 60000 */
  readonly timeoutMs?: number;
  /** @default - nothing is done between two deletions */
  readonly onWrite?: OnWrite;
}

/**
 * Deletes in reverse order, CRDs last, each object gone before the next one goes. Only namespaces, which take their time, are not
 * waited for until an object in them or a CRD is reached. Every object has to be there still when its turn comes.
 */
export async function removeInReverse(server: ApiServer, objects: readonly KubeObject[], options: RemoveOptions = {}): Promise<Finding[]> {
  const { timeoutMs = 60_000, onWrite } = options;
  const reversed = [...objects].reverse();
  const findings: Finding[] = [];
  const leaving = new Map<string, KubeObject>();
  const gone = async (object: KubeObject): Promise<void> => {
    const error = await server.waitGone(object, timeoutMs).then(() => undefined, messageOf);
    findings.push(error === undefined ? { object } : { object, said: error });
  };
  const lastGone = async (name: string): Promise<void> => {
    const namespace = leaving.get(name);
    leaving.delete(name);
    if (namespace !== undefined) await gone(namespace);
  };
  for (const object of [...reversed.filter((each) => !isCrd(each)), ...reversed.filter(isCrd)]) {
    for (const name of isCrd(object) ? [...leaving.keys()] : [namespaceOf(object)]) await lastGone(name);
    if ((await server.get(object)) === undefined) {
      findings.push({ object, said: 'it was gone before its turn' });
      continue;
    }
    await server.delete(object);
    if (isNamespace(object)) leaving.set(nameOf(object), object);
    else await gone(object);
    await onWrite?.(object);
  }
  for (const name of [...leaving.keys()]) await lastGone(name);
  return findings;
}

/** What the server holds now and did not hold before; waits for what goes by itself, such as the APIService of a CRD. */
export async function leftOver(server: ApiServer, before: ReadonlySet<string>, timeoutMs = 30_000): Promise<string[]> {
  let left: string[] = [];
  const isClean = async (): Promise<boolean> => {
    left = [...(await inventory(server))].filter((each) => !before.has(each));
    return left.length === 0;
  };
  await until('nothing to be left', timeoutMs, isClean).catch((error: unknown) => {
    // Only the end of the time is expected; what is left then says more than that.
    if (left.length === 0) throw error;
  });
  return left;
}

/** What the server holds once it adds nothing by itself any more: it makes namespaces and APIServices on its own. */
export async function stableInventory(server: ApiServer, timeoutMs = 30_000): Promise<ReadonlySet<string>> {
  let last = await inventory(server);
  await until('the server to be at rest', timeoutMs, async () => {
    await sleep(700);
    const next = await inventory(server);
    const isSame = next.size === last.size && [...next].every((each) => last.has(each));
    last = next;
    return isSame;
  });
  return last;
}

/** Every object that the server holds, by resource, namespace and name. */
async function inventory(server: ApiServer): Promise<Set<string>> {
  const found = new Set<string>();
  for (const base of await groupPaths(server)) {
    for (const resource of asList((await read(server, base))['resources']).map(asRecord)) {
      const name = text(resource['name']);
      if (name.includes('/') || NOT_OURS.has(name) || !asList(resource['verbs']).includes('list')) continue;
      for (const item of asList((await read(server, `${base}/${name}`))['items'])) {
        const metadata = asRecord(asRecord(item)['metadata']);
        found.add([base.replace(/^\/apis?\//, ''), name, text(metadata['namespace']), text(metadata['name'])].filter(Boolean).join(' '));
      }
    }
  }
  return found;
}

async function groupPaths(server: ApiServer): Promise<string[]> {
  const groups = asList((await read(server, '/apis'))['groups']).map(asRecord);
  return ['/api/v1', ...groups.map((group) => `/apis/${text(asRecord(group['preferredVersion'])['groupVersion'])}`)];
}

/** A group may go between the look at the list and the look at it; the store of a new CRD takes a moment until it answers. */
async function read(server: ApiServer, path: string): Promise<Readonly<Record<string, unknown>>> {
  const deadline = Date.now() + STORE_MS;
  for (;;) {
    const { status, body } = await server.request('GET', path, undefined, { accept: NAMES_ONLY });
    if (status === 200) return asRecord(body);
    if (status === 404) return {};
    if (status !== 429 || Date.now() > deadline) throw new Error(`GET ${path}: the API server answered ${status}: ${readStatus(body).message}`);
    await sleep(200);
  }
}
