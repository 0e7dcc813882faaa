import { App, ResolutionContext } from 'cdk8s';
import type { ApiObject, IResolver } from 'cdk8s';
import type { Finding } from '../errors/finding';
import type { Json } from '../rules/json';
import { setKey } from '../rules/json';
import { isUnknown } from './unknown';

/** cdk8s installs these three itself; any further one may replace any value. */
const OWN_RESOLVERS = 3;
/** No schema of a mesh is this deep; a value that is refers to itself. */
const DEEPEST = 200;

/**
 * Turns what a program gave for an object into plain JSON data with sorted keys.
 *
 * Only `undefined` means absent: `null`, `{}`, `[]`, `false` and `""` are kept, because they mean something to Istio.
 * cdk8s tokens (`Lazy`, resolvers of the app) are resolved. Anything that is no data, such as a class instance, a
 * function or NaN, is reported with its path.
 */
export function toPlainData(owner: ApiObject, value: unknown): { data: Json; findings: Finding[] } {
  const walk = new PlainDataWalk(owner);
  const data = walk.convert(value, undefined, 0);
  return { data: data ?? null, findings: walk.findings };
}

/** One step of a path, kept as a chain so that nothing is built for values that are fine. */
interface Step {
  readonly parent: Step | undefined;
  readonly key: string | number;
}

class PlainDataWalk {
  public readonly findings: Finding[] = [];
  private readonly resolvers: readonly IResolver[];
  private readonly resolvesAll: boolean;

  public constructor(private readonly owner: ApiObject) {
    this.resolvers = App.of(owner).resolvers ?? [];
    this.resolvesAll = this.resolvers.length > OWN_RESOLVERS;
  }

  public convert(value: unknown, step: Step | undefined, depth: number): Json | undefined {
    if (value === undefined || value === null) return value;
    if (this.resolvesAll) {
      const resolved = this.resolve(value, step);
      if (resolved !== undefined) return this.convert(resolved.value, step, depth + 1);
    }
    if (typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number') {
      return Number.isFinite(value) ? value : this.refuse(step, String(value), 'a finite number');
    }
    if (isUnknown(value)) return this.refuse(step, 'a value that is known only later', 'a value that can be written now');
    if (typeof value !== 'object') return this.refuse(step, `a ${typeof value}`, 'plain data');
    if (depth > DEEPEST) return this.refuse(step, 'a value that contains itself', 'plain data');
    if (Array.isArray(value)) return this.convertArray(value, step, depth);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return this.convertObject(value, step, depth);
    return this.convertInstance(value, step, depth);
  }

  private convertArray(values: readonly unknown[], step: Step | undefined, depth: number): Json {
    const result: Json[] = [];
    for (let index = 0; index < values.length; index += 1) {
      const at = { parent: step, key: index };
      const item = this.convert(values[index], at, depth + 1);
      result.push(item === undefined ? this.refuse(at, 'undefined', 'an item, or no item at all') : item);
    }
    return result;
  }

  private convertObject(value: object, step: Step | undefined, depth: number): Json {
    const result: Record<string, Json> = {};
    for (const key of Object.keys(value).sort()) {
      const child = this.convert((value as Record<string, unknown>)[key], { parent: step, key }, depth + 1);
      if (child !== undefined) setKey(result, key, child);
    }
    return result;
  }

  private convertInstance(value: object, step: Step | undefined, depth: number): Json | undefined {
    // cdk8s's IntOrString and Quantity: an instance that holds the plain value
    const held = (value as { value?: unknown }).value;
    const resolved = this.resolvesAll ? undefined : this.resolve(value, step);
    if (typeof held === 'number' || typeof held === 'string') return held;
    if (resolved !== undefined) return this.convert(resolved.value, step, depth + 1);
    return this.refuse(step, `an instance of ${value.constructor?.name ?? 'a class'}`, 'plain data');
  }

  private resolve(value: unknown, step: Step | undefined): { value: unknown } | undefined {
    const context = new ResolutionContext(this.owner, keysOf(step), value);
    for (const resolver of this.resolvers) {
      resolver.resolve(context);
      if (context.replaced) return { value: context.replacedValue };
    }
    return undefined;
  }

  private refuse(step: Step | undefined, got: string, expected: string): Json {
    this.findings.push({
      code: 'not-plain-data',
      construct: this.owner.node.path,
      property: formatPath(step),
      got,
      expected,
      fix: 'give strings, numbers, booleans, lists and plain objects; leave a key out, or undefined, for no value',
    });
    return null;
  }
}

function stepsOf(step: Step | undefined): Step[] {
  const steps: Step[] = [];
  for (let at = step; at !== undefined; at = at.parent) steps.unshift(at);
  return steps;
}

function keysOf(step: Step | undefined): string[] {
  return stepsOf(step).map((each) => String(each.key));
}

function formatPath(step: Step | undefined): string {
  const parts = stepsOf(step).map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${key}`));
  return parts.join('').replace(/^\./, '');
}
