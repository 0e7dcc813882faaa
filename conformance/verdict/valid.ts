import type { Json, JsonObject } from '../../src/rules/json';
import type { Density } from './generator';
import { Generator } from './generator';
import type { Ours } from './ours';
import { childNode, locate, valueAt, withValue } from './places';
import type { Place } from './places';
import type { Random } from './random';
import type { SchemaNode, Step } from './schema-tree';
import type { Subject } from './subjects';

const ROUNDS = 60;

/** Makes whole objects of one subject that our validation accepts. */
export class ValidObjects {
  private readonly generator: Generator;
  private count = 0;

  public constructor(
    private readonly subject: Subject,
    private readonly random: Random,
    private readonly ours: Ours,
  ) {
    this.generator = new Generator(subject.tree, random);
  }

  /** An object straight from the schema, of which nobody has said yet whether it is right. */
  public raw(density: Density, goal: readonly Step[] = []): JsonObject {
    const { subject, random } = this;
    const root = subject.tree.root;
    const body = this.generator.value(root, density, goal) as JsonObject;
    const { apiVersion: _version, kind: _kind, metadata: _metadata, ...rest } = body;
    this.count += 1;
    return {
      apiVersion: random.pick(subject.apiVersions),
      kind: subject.kind,
      metadata: {
        name: `${subject.kind.toLowerCase()}-${this.count}`,
        ...(subject.scope === 'Namespaced' && { namespace: random.pick(['shop', 'default']) }),
        ...(random.chance(15) && { labels: { app: 'shop', 'example.com/tier': 'web' }, annotations: { 'Example.com/note': 'x' } }),
      },
      ...rest,
    };
  }

  /** A valid object that holds the goal, or undefined where none was found. */
  public make(density: Density, goal: readonly Step[] = []): JsonObject | undefined {
    for (const each of [density, density / 2, 0, 40, density, 60]) {
      const object = this.mend(this.raw(each, goal), goal);
      if (object !== undefined) return object;
    }
    return undefined;
  }

  /** The object with other parts made anew until it is valid, the value at a place left as it is; undefined where that fails. */
  public around(object: JsonObject, kept: Place): JsonObject | undefined {
    return this.mend(object, [], kept);
  }

  /** Makes parts anew that findings point to, as long as there are findings. */
  private mend(given: JsonObject, goal: readonly Step[], kept?: Place): JsonObject | undefined {
    let object = given;
    let findings = this.ours.judge(object).findings;
    for (let round = 0; round < ROUNDS && findings.length > 0; round += 1) {
      const found = locate(object, this.random.pick(findings).property);
      // a rule of two fields may have to be mended further up
      const place = found.slice(0, Math.max(1, found.length - this.random.below(3)));
      if (place[0] === 'metadata' || place[0] === 'kind' || place[0] === 'apiVersion') return undefined;
      if (kept !== undefined && kept.every((step, index) => index >= place.length || step === place[index])) {
        const beside = this.besides(object, kept);
        if (beside === undefined) continue;
        object = beside;
        findings = this.ours.judge(object).findings;
        continue;
      }
      const next = this.renewed(object, place, goal);
      if (next === undefined) continue;
      const after = this.ours.judge(next).findings;
      if (after.length > findings.length) continue;
      object = next;
      findings = after;
    }
    return findings.length === 0 && holds(object, goal) ? object : undefined;
  }

  /** A finding about what has to stay may be answered by a change of what stands beside it. */
  private besides(object: JsonObject, kept: Place): JsonObject | undefined {
    const parent = kept.slice(0, -1);
    const holder = valueAt(object, parent);
    if (holder === undefined || Array.isArray(holder) || typeof holder !== 'object' || holder === null) return undefined;
    const names = Object.keys(holder).filter((name) => name !== kept.at(-1) && !(parent.length === 0 && ['apiVersion', 'kind', 'metadata'].includes(name)));
    return names.length === 0 ? undefined : this.renewed(object, [...parent, this.random.pick(names)], []);
  }

  private renewed(object: JsonObject, place: Place, goal: readonly Step[]): JsonObject | undefined {
    const { tree } = this.subject;
    let node: SchemaNode | undefined = tree.root;
    let rest: readonly Step[] | undefined = goal;
    for (const step of place) {
      if (node === undefined) return undefined;
      const next: SchemaNode | undefined = typeof step === 'number' ? tree.child(node, '[]') : childNode(tree, node, step);
      // only the first item of a list carries the goal
      rest = rest !== undefined && rest.length > 0 && next?.steps.at(-1) === rest[0] && (typeof step === 'string' || step === 0) ? rest.slice(1) : undefined;
      node = next;
    }
    if (node === undefined) return undefined;
    const isNeeded = rest !== undefined && rest.length >= 0 && goal.length > 0;
    const value = !isNeeded && this.random.chance(20) ? undefined : this.generator.value(node, this.random.pick([0, 10, 30]), rest ?? []);
    return withValue(object, place, value) as JsonObject;
  }
}

/** True where an object has a value at a path of the schema; lists and maps are looked into for one that has. */
export function holds(object: Json, goal: readonly Step[]): boolean {
  const [step, ...rest] = goal;
  if (step === undefined) return true;
  if (step === '[]') return Array.isArray(object) && (object as readonly Json[]).some((item) => holds(item, rest));
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return false;
  if (step === '{}') return Object.values(object as JsonObject).some((item) => holds(item, rest));
  const value = valueAt(object, [step.slice(1)]);
  return value !== undefined && holds(value, rest);
}
