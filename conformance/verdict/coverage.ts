import { isJsonObject } from '../../src/rules/json';
import type { Area, Case, Claim } from './case';
import type { Comparison } from './compare';
import { normalisePath } from './normalise';
import type { ServerVerdict } from './normalise';
import { locate, occurrences } from './places';
import type { Place } from './places';
import type { SchemaNode } from './schema-tree';
import type { Subject } from './subjects';

export const AREAS: readonly Area[] = ['node', 'bound', 'pattern', 'format', 'enum', 'required', 'union', 'list key', 'CEL rule'];

/** What has been reached of everything that can be. */
export class Coverage {
  private readonly wanted = new Map<Area, { accepted: Set<string>; refused: Set<string> }>(
    AREAS.map((area) => [area, { accepted: new Set(), refused: new Set() }]),
  );
  private readonly reached = new Map<Area, { accepted: Set<string>; refused: Set<string> }>(
    AREAS.map((area) => [area, { accepted: new Set(), refused: new Set() }]),
  );

  /** Why what is not reached was not, by area, side and key: what the server said last. */
  private readonly obstacles = new Map<string, string>();

  /** Says that something is there to be reached. */
  public want({ area, key, side }: Pick<Claim, 'area' | 'key' | 'side'>): void {
    this.wanted.get(area)?.[side].add(key);
  }

  /** Counts what a case on which both sides agree has reached. */
  public count(given: Case, comparison: Comparison, server: ServerVerdict): void {
    const isCounted = comparison.outcome === 'agree';
    for (const claim of given.claims) {
      if (isCounted && isReached(claim, comparison, server)) this.reached.get(claim.area)?.[claim.side].add(claim.key);
      else this.obstacles.set(`${claim.area} ${claim.side} ${claim.key}`, obstacle(server));
    }
    if (!isCounted) return;
    const nodes = this.reached.get('node');
    if (server.accepted) for (const { node } of occurrences(given.subject.tree, given.object)) nodes?.accepted.add(nodeKey(given.subject, node));
    else for (const node of refusedNodes(given, comparison)) nodes?.refused.add(nodeKey(given.subject, node));
  }

  public figures(area: Area, side: 'accepted' | 'refused'): { readonly reached: number; readonly wanted: number; readonly missing: readonly string[] } {
    const wanted = [...(this.wanted.get(area)?.[side] ?? [])];
    const missing = wanted
      .filter((key) => this.reached.get(area)?.[side].has(key) !== true)
      .map((key) => `${key}: ${this.obstacles.get(`${area} ${side} ${key}`) ?? 'no object found'}`);
    return { reached: wanted.length - missing.length, wanted: wanted.length, missing };
  }
}

function obstacle({ accepted, causes, message }: ServerVerdict): string {
  if (accepted) return 'accepted';
  const [first] = causes;
  return first === undefined ? message.slice(0, 160) : `${first.field}: ${first.message}`.slice(0, 200);
}

/** A refusal counts for a claim where the server names the field, or where it stopped before it named any. */
function isReached(claim: Claim, comparison: Comparison, server: ServerVerdict): boolean {
  if (server.accepted) return claim.side === 'accepted';
  if (claim.side === 'accepted' || comparison.server === undefined) return false;
  const { stage, paths } = comparison.server;
  if (stage === 'decoding') return claim.area === 'node' || claim.area === 'enum' || claim.area === 'format' || claim.area === 'required';
  const path = claim.path === undefined ? undefined : normalisePath(claim.path);
  if (path !== undefined && !paths.has(path)) return false;
  const { says } = claim;
  return says === undefined || says === '' || server.causes.some(({ field, message }) => normalisePath(field) === path && message.includes(says));
}

/** Nodes of which the server says that they are wrong. */
function refusedNodes({ subject, object }: Case, comparison: Comparison): SchemaNode[] {
  const found: SchemaNode[] = [];
  for (const path of comparison.server?.paths ?? []) {
    // in normalised paths a number may be an index or a key; a list is more likely to have a number
    const node = nodeAt(subject, locate(object, path.replace(/\.(\d+)(?=\.|$)/g, '[$1]')));
    if (node !== undefined) found.push(node);
  }
  return found;
}

function nodeAt(subject: Subject, place: Place): SchemaNode | undefined {
  let node: SchemaNode | undefined = subject.tree.root;
  for (const step of place) {
    if (node === undefined) return undefined;
    const { properties } = node.schema;
    const isProperty = isJsonObject(properties) && Object.hasOwn(properties, String(step));
    node = subject.tree.child(node, typeof step === 'number' ? '[]' : isProperty ? `.${step}` : '{}');
  }
  return node;
}

export function nodeKey(subject: Subject, node: SchemaNode): string {
  return `${subject.name} ${node.path}`;
}
