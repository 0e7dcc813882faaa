import type { Answer, KubeObject } from './client';
import { asList, asRecord, readStatus, text } from './status';

/** Where the objects of a kind live. */
export interface Place {
  /** The path of the collection. */
  readonly path: string;
  /** Absent for a kind that is not namespaced. */
  readonly namespace?: string;
}

interface Resource {
  readonly plural: string;
  readonly namespaced: boolean;
}

type Kinds = ReadonlyMap<string, Resource>;

/** Asks the server once for each apiVersion which kinds it has, and once more when a kind is missing. */
export class Discovery {
  private readonly known = new Map<string, Promise<Kinds>>();

  public constructor(private readonly get: (path: string) => Promise<Answer>) {}

  /** The place of an object, or why it has none. An object without a namespace is put into `default`. */
  public async place(object: KubeObject): Promise<Place | string> {
    const apiVersion = object['apiVersion'];
    const kind = object['kind'];
    if (typeof apiVersion !== 'string' || typeof kind !== 'string') return 'apiVersion and kind have to be strings';
    const resource = await this.resource(apiVersion, kind);
    if (resource === undefined) return `the server has no kind ${kind} in ${apiVersion}`;
    const base = versionPath(apiVersion);
    if (!resource.namespaced) return { path: `${base}/${resource.plural}` };
    const given = asRecord(object['metadata'])['namespace'];
    const namespace = typeof given === 'string' && given !== '' ? given : 'default';
    return { path: `${base}/namespaces/${encodeURIComponent(namespace)}/${resource.plural}`, namespace };
  }

  public forget(): void {
    this.known.clear();
  }

  private async resource(apiVersion: string, kind: string): Promise<Resource | undefined> {
    const cached = this.known.get(apiVersion);
    const found = cached === undefined ? undefined : (await cached).get(kind);
    if (found !== undefined) return found;
    // Several may miss at the same time; one of them asks.
    const latest = this.known.get(apiVersion);
    if (latest !== undefined && latest !== cached) return (await latest).get(kind);
    const fresh = this.kinds(apiVersion);
    this.known.set(apiVersion, fresh);
    fresh.catch(() => this.known.delete(apiVersion));
    return (await fresh).get(kind);
  }

  private async kinds(apiVersion: string): Promise<Kinds> {
    const path = versionPath(apiVersion);
    const answer = await this.get(path);
    const kinds = new Map<string, Resource>();
    if (answer.status === 404) return kinds;
    if (answer.status !== 200) {
      throw new Error(`GET ${path}: the API server answered ${answer.status}: ${readStatus(answer.body).message}`);
    }
    for (const each of asList(asRecord(answer.body)['resources']).map(asRecord)) {
      const plural = text(each['name']);
      // A slash marks a subresource, whose kind may be that of something else.
      if (!plural.includes('/')) kinds.set(text(each['kind']), { plural, namespaced: each['namespaced'] === true });
    }
    return kinds;
  }
}

function versionPath(apiVersion: string): string {
  const escaped = apiVersion.split('/').map(encodeURIComponent).join('/');
  return apiVersion.includes('/') ? `/apis/${escaped}` : `/api/${escaped}`;
}
