import * as https from 'node:https';
import type { Place } from './discovery';
import { Discovery } from './discovery';
import type { Cause } from './status';
import { asList, asRecord, readStatus, text } from './status';

/** A Kubernetes object as plain data. What is wrong with it is for the server to say. */
export interface KubeObject {
  readonly [key: string]: unknown;
}

export interface Answer {
  readonly status: number;
  /** The parsed body, or its text where it is not JSON. */
  readonly body: unknown;
}

export interface Verdict {
  readonly accepted: boolean;
  /** Empty when the object was accepted, and where the server names no field. */
  readonly causes: readonly Cause[];
  /** The server's words; empty when the object was accepted. */
  readonly message: string;
}

export interface Applied extends Verdict {
  /** The object as the server keeps it; absent when it was refused. */
  readonly object?: KubeObject;
}

export interface ApplyOptions {
  /** @default 'mesh-constructs' */
  readonly fieldManager?: string;

  /** @default false, a conflict with another manager is a refusal */
  readonly force?: boolean;

  /** @default false, the object is kept */
  readonly dryRun?: boolean;

  /**
   * Whether to create the object's namespace first where it is missing.
   *
   * @default false, a missing namespace is a refusal
   */
  readonly createNamespace?: boolean;
}

export interface DeleteOptions {
  /** @default 'Background' */
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
}

export interface RequestOptions {
  /** @default 'application/json' */
  readonly accept?: string;

  /** @default 'application/json' */
  readonly contentType?: string;

  /** @default 60000, after which the request fails */
  readonly timeoutMs?: number;
}

export interface ClientOptions {
  readonly url: string;
  readonly token: string;
  /** The certificate that the server shows, as PEM. */
  readonly certificate: string;
  /** How many requests run at the same time. */
  readonly connections: number;
}

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Talks to one API server: finds the path of a kind, creates namespaces on demand, reads verdicts out of answers. */
export class ApiClient {
  public readonly url: string;
  private readonly agent: https.Agent;
  private readonly token: string;
  private readonly discovery = new Discovery((path) => this.request('GET', path));
  private readonly namespaces = new Map<string, Promise<void>>();

  public constructor(options: ClientOptions) {
    this.url = options.url;
    this.token = options.token;
    this.agent = new https.Agent({
      ca: options.certificate,
      keepAlive: true,
      maxSockets: options.connections,
      maxFreeSockets: options.connections,
    });
  }

  /** Any request. A string is sent as it is, anything else as JSON. */
  public request(method: string, path: string, body?: unknown, options: RequestOptions = {}): Promise<Answer> {
    const timeoutMs = options.timeoutMs ?? 60_000;
    const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const headers: Record<string, string | number> = {
        'accept': options.accept ?? 'application/json',
        'authorization': `Bearer ${this.token}`,
      };
      if (payload !== undefined) {
        headers['content-type'] = options.contentType ?? 'application/json';
        headers['content-length'] = Buffer.byteLength(payload);
      }
      const request = https.request(this.url + path, { method, headers, agent: this.agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, body: parse(Buffer.concat(chunks).toString('utf8')) });
        });
      });
      request.setTimeout(timeoutMs, () => {
        request.destroy(new Error(`no answer to ${method} ${path} within ${timeoutMs / 1000} s`));
      });
      request.on('error', reject);
      request.end(payload);
    });
  }

  /**
   * What the server would say to a create with strict field validation; nothing is kept but the namespace, which is
   * created where it is missing.
   *
   * `source` is the JSON to send in place of the object's own. It is for what a parsed object cannot hold: doubled keys,
   * `1.0` as opposed to `1`, integers above 2^53.
   */
  public async dryRunCreate(object: KubeObject, source?: string): Promise<Verdict> {
    const place = await this.discovery.place(object);
    if (typeof place === 'string') return refusal(place);
    if (place.namespace !== undefined) await this.ensureNamespace(place.namespace);
    return verdict(await this.request('POST', `${place.path}?dryRun=All&fieldValidation=Strict`, source ?? object));
  }

  /** Server-side apply with strict field validation. */
  public async apply(object: KubeObject, options: ApplyOptions = {}): Promise<Applied> {
    const place = await this.discovery.place(object);
    if (typeof place === 'string') return refusal(place);
    if (nameOf(object) === '') return refusal('server-side apply needs a metadata.name');
    if (options.createNamespace === true && place.namespace !== undefined) await this.ensureNamespace(place.namespace);
    const query = new URLSearchParams({ fieldManager: options.fieldManager ?? 'mesh-constructs', fieldValidation: 'Strict' });
    if (options.force === true) query.set('force', 'true');
    if (options.dryRun === true) query.set('dryRun', 'All');
    return applied(await this.request('PATCH', `${objectPath(place, object)}?${query.toString()}`, object, {
      contentType: 'application/apply-patch+yaml',
    }));
  }

  /** A patch as another field manager would send it; the object names what is patched. */
  public async patch(object: KubeObject, type: 'merge' | 'json', patch: unknown, fieldManager: string): Promise<Applied> {
    const place = await this.discovery.place(object);
    if (typeof place === 'string') return refusal(place);
    const query = new URLSearchParams({ fieldManager, fieldValidation: 'Strict' });
    return applied(await this.request('PATCH', `${objectPath(place, object)}?${query.toString()}`, patch, {
      contentType: `application/${type}-patch+json`,
    }));
  }

  /** The object as the server has it. */
  public async get(object: KubeObject): Promise<KubeObject | undefined> {
    const place = await this.discovery.place(object);
    // A kind that is not served has no objects.
    if (typeof place === 'string') return undefined;
    const path = objectPath(place, object);
    const answer = await this.request('GET', path);
    return answer.status === 404 ? undefined : asRecord(expectOk(answer, `GET ${path}`).body);
  }

  /** Asks for a deletion; an object that is not there is no error. It may stay for a while: see waitGone. */
  public async delete(object: KubeObject, options: DeleteOptions = {}): Promise<void> {
    const place = await this.discovery.place(object);
    if (typeof place === 'string') return;
    const path = objectPath(place, object);
    const answer = await this.request('DELETE', path, {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: options.propagationPolicy ?? 'Background',
    });
    if (answer.status !== 404) expectOk(answer, `DELETE ${path}`);
    if (object['kind'] === 'Namespace') this.namespaces.delete(nameOf(object));
    if (object['kind'] === 'CustomResourceDefinition') this.discovery.forget();
  }

  /** Waits until the object is gone. Dependents and namespaces go only where the controllers run. */
  public async waitGone(object: KubeObject, timeoutMs = 60_000): Promise<void> {
    const what = `${text(object['kind'])} ${nameOf(object)} to be gone`;
    await until(what, timeoutMs, async () => (await this.get(object)) === undefined);
  }

  /**
   * Creates or replaces the CustomResourceDefinitions among the documents, and waits until each is served.
   * Returns their names; other documents are left alone.
   */
  public async installCrds(documents: readonly unknown[], timeoutMs = 120_000): Promise<readonly string[]> {
    const crds = documents.map(asRecord).filter((document) => document['kind'] === 'CustomResourceDefinition');
    const answers = await Promise.all(crds.map((crd) => this.createOrReplace(crd)));
    await Promise.all(crds.map((crd) => this.waitServed(crd, timeoutMs)));
    // The server swaps the schema of a changed CRD after the write has returned, and announces it nowhere.
    if (answers.includes('replaced')) await sleep(1_500);
    return crds.map(nameOf);
  }

  /** Waits until a CustomResourceDefinition is Established and its kind can be used. */
  public async waitServed(crd: KubeObject, timeoutMs = 60_000): Promise<void> {
    const path = `${CRDS}/${nameOf(crd)}`;
    await until(`${nameOf(crd)} to be Established`, timeoutMs, async () => {
      const present = asRecord(expectOk(await this.request('GET', path), `GET ${path}`).body);
      const conditions = asList(asRecord(present['status'])['conditions']).map(asRecord);
      const refused = conditions.find((each) => each['type'] === 'NamesAccepted' && each['status'] === 'False');
      if (refused !== undefined) throw new Error(`${nameOf(crd)}: ${text(refused['message'])}`);
      return conditions.some((each) => each['type'] === 'Established' && each['status'] === 'True');
    });
    const spec = asRecord(crd['spec']);
    const kind = text(asRecord(spec['names'])['kind']);
    for (const version of asList(spec['versions']).map(asRecord)) {
      const apiVersion = `${text(spec['group'])}/${text(version['name'])}`;
      if (version['served'] !== true) continue;
      await until(`${apiVersion} ${kind} to be served`, timeoutMs, async () => {
        return typeof (await this.discovery.place({ apiVersion, kind })) !== 'string';
      });
    }
  }

  public close(): void {
    this.agent.destroy();
  }

  /** Not strict: some published CRDs hold keys that no CRD has, and they are the rules here, not what is judged. */
  private async createOrReplace(crd: KubeObject): Promise<'created' | 'replaced'> {
    const path = `${CRDS}/${nameOf(crd)}`;
    const created = await this.request('POST', `${CRDS}?fieldValidation=Ignore`, crd);
    if (created.status !== 409) {
      expectOk(created, `creating ${nameOf(crd)}`);
      return 'created';
    }
    for (let attempt = 1; ; attempt += 1) {
      const present = asRecord(expectOk(await this.request('GET', path), `GET ${path}`).body);
      const metadata = { ...asRecord(crd['metadata']), resourceVersion: asRecord(present['metadata'])['resourceVersion'] };
      const replaced = await this.request('PUT', `${path}?fieldValidation=Ignore`, { ...crd, metadata });
      // The server itself writes to the status of a CRD, which makes the version just read an old one.
      if (replaced.status === 409 && attempt < 10) continue;
      expectOk(replaced, `replacing ${nameOf(crd)}`);
      return 'replaced';
    }
  }

  private ensureNamespace(name: string): Promise<void> {
    const cached = this.namespaces.get(name);
    if (cached !== undefined) return cached;
    const created = this.request('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
      .then((answer) => {
        // 409: it is there. 422: no such name can be; the create that follows says so in the server's own words.
        if (answer.status !== 409 && answer.status !== 422) expectOk(answer, `creating namespace ${name}`);
      });
    this.namespaces.set(name, created);
    created.catch(() => this.namespaces.delete(name));
    return created;
  }
}

/** Runs `done` until it says true; fails once the time is up. */
export async function until(what: string, timeoutMs: number, done: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await done())) {
    if (Date.now() > deadline) throw new Error(`waited ${(timeoutMs / 1000).toFixed(1)} s for ${what}`);
    await sleep(50);
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

function verdict(answer: Answer): Verdict {
  if (answer.status >= 200 && answer.status < 300) return { accepted: true, causes: [], message: '' };
  // Only these are about the object. Anything else is a judge that does not work, which must not pass for a refusal.
  if (![400, 403, 404, 409, 413, 422].includes(answer.status)) {
    throw new Error(`the API server answered ${answer.status}: ${readStatus(answer.body).message}`);
  }
  return { accepted: false, ...readStatus(answer.body) };
}

function applied(answer: Answer): Applied {
  const result = verdict(answer);
  return result.accepted ? { ...result, object: asRecord(answer.body) } : result;
}

function refusal(message: string): Verdict {
  return { accepted: false, causes: [], message };
}

function nameOf(object: KubeObject): string {
  return text(asRecord(object['metadata'])['name']);
}

function objectPath(place: Place, object: KubeObject): string {
  return `${place.path}/${encodeURIComponent(nameOf(object))}`;
}

function expectOk(answer: Answer, what: string): Answer {
  if (answer.status < 200 || answer.status >= 300) {
    throw new Error(`${what}: the API server answered ${answer.status}: ${readStatus(answer.body).message}`);
  }
  return answer;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}
