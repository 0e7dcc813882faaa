import { App, NumberStringUnionResolver, ResolutionContext } from 'cdk8s';
import type { ApiObject, IResolver } from 'cdk8s';
import type { Finding } from '../errors/finding';
import type { Json } from '../rules/json';
import { setKey } from '../rules/json';
import { foreignValue } from './foreign-values';
import { importedUnionValue, isManifestValue, MANIFEST_VALUE } from './manifest-value';
import { isUnknown } from './unknown-brand';

/** cdk8s installs these three itself; any further one may replace any value. */
const OWN_RESOLVERS = 3;
/** No schema of a mesh is this deep; a value that is refers to itself. */
const DEEPEST = 200;

/**
 * Turns what a program gave for an object into plain JSON data with sorted keys.
 *
 * Only `undefined` means absent: `null`, `{}`, `[]`, `false` and `""` are kept, because they mean something to Istio.
 * cdk8s tokens (`Lazy`, resolvers of the app) are resolved, and the library's value classes give what they stand for. A
 * value that is known only at deployment stays as it is, a leaf of the data. Anything that is no data, such as another
 * class instance, a function or NaN, is reported with its path.
 */
export function toPlainData(owner: ApiObject, value: unknown): PlainData {
  const walk = new PlainDataWalk(owner);
  const data = walk.convert(value, undefined, 0);
  return { data: data ?? null, findings: walk.findings, holdsUnknown: walk.holdsUnknown };
}

/** What {@link toPlainData} gives. */
export interface PlainData {
  readonly data: Json;
  readonly findings: readonly Finding[];
  /** True where the data holds a value that is known only at deployment. */
  readonly holdsUnknown: boolean;
}

/** One step of a path, kept as a chain so that nothing is built for values that are fine. */
interface Step {
  readonly parent: Step | undefined;
  readonly key: string | number;
}

class PlainDataWalk {
  public readonly findings: Finding[] = [];
  public holdsUnknown = false;
  private readonly resolvers: readonly IResolver[];
  private readonly resolvesAll: boolean;

  public constructor(private readonly owner: ApiObject) {
    const resolvers = App.of(owner).resolvers ?? [];
    this.resolvesAll = resolvers.length > OWN_RESOLVERS;
    // it opens whatever has a value, and gives an object that only cdk8s's own classes take apart again
    this.resolvers = resolvers.filter((resolver) => !(resolver instanceof NumberStringUnionResolver));
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
    if (isUnknown(value)) {
      this.holdsUnknown = true;
      return value as unknown as Json;
    }
    const foreign = foreignValue(this.owner, value);
    if (foreign !== undefined) return this.convertInstance(foreign, step, depth);
    if (isManifestValue(value)) return this.convert(value[MANIFEST_VALUE](), step, depth + 1);
    const held = importedUnionValue(value);
    if (held !== undefined) return held;
    const resolved = this.resolvesAll ? undefined : this.resolve(value, step);
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
