import type { Construct } from 'constructs';
import { isDnsLabel } from '../core/kubernetes-names';
import { describeValue, refusalFinding } from '../core/refusal';
import { requireProps } from '../core/required-props';
import { isUnknown } from '../core/unknown';
import { closest } from '../errors/closest';
import type { Finding } from '../errors/finding';
import { MeshError } from '../errors/mesh-error';

/** What a prop may be. The compiler says the same; programs that are not type-checked meet this. */
export interface Check {
  readonly expected: string;
  readonly holds: (value: unknown) => boolean;
  /** For an object with props of its own. */
  readonly props?: Shape;
}

/** The props of a component, each with what it may be. */
export type Shape = Readonly<Record<string, Check>>;

export const text: Check = { expected: 'a text', holds: (value) => typeof value === 'string' };
export const flag: Check = { expected: 'true or false', holds: (value) => typeof value === 'boolean' };
export const count: Check = { expected: 'a whole number, 0 or more', holds: (value) => Number.isInteger(value) && (value as number) >= 0 };
export const texts: Check = {
  expected: 'a list of texts',
  holds: (value) => Array.isArray(value) && value.every((entry) => typeof entry === 'string'),
};
/** A list whose entries are checked against the rules of the kind, at synthesis. */
export const list: Check = { expected: 'a list', holds: Array.isArray };
/** An object that is checked against the rules of the kind, at synthesis. */
export const object: Check = { expected: 'an object', holds: isPlainObject };
/** Texts by name; a null takes a default away. */
export const entries: Check = {
  expected: 'an object of texts',
  holds: (value) => isPlainObject(value) && Object.values(value as object).every((entry) => entry === null || typeof entry === 'string' || isUnknown(entry)),
};
/** A name that Kubernetes takes for namespaces and services. */
export const dnsLabel: Check = { expected: 'a DNS label: 1 to 63 of a-z, 0-9 and dashes within', holds: isDnsLabel };

/** An object of these props. */
export function props(shape: Shape): Check {
  return { ...object, props: shape };
}

export function oneOf(...values: readonly string[]): Check {
  return { expected: `one of ${values.join(', ')}`, holds: (value) => values.includes(value as string) };
}

/** `false` for not at all. */
export function orFalse(check: Check): Check {
  return { ...check, expected: `${check.expected}, or false`, holds: (value) => value === false || check.holds(value) };
}

/** A whole number of pods, or a share of them. */
export const countOrPercent: Check = {
  expected: 'a whole number, 0 or more, or a percentage such as "25%"',
  holds: (value) => count.holds(value) || (typeof value === 'string' && /^\d+%$/.test(value)),
};

/**
 * Refuses props that the component does not know, and values that are not what the props take; all of them at once.
 *
 * @throws MeshError
 */
export function requireShape(construct: Construct, given: object, shape: Shape): void {
  requireProps(construct, given);
  const findings = findingsIn(construct.node.path, given, shape, '');
  if (findings.length > 0) throw new MeshError(findings);
}

function findingsIn(construct: string, given: object, shape: Shape, prefix: string): Finding[] {
  return Object.entries(given).flatMap(([name, value]): Finding[] => {
    if (value === undefined) return [];
    const property = prefix + name;
    const check = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (check === undefined) return [unknownProp(construct, property, name, Object.keys(shape))];
    // what only the deployment knows is judged where it ends up
    if (isUnknown(value)) return [];
    if (!check.holds(value)) return [badProp(construct, property, value, check.expected)];
    return check.props === undefined || typeof value === 'boolean' ? [] : findingsIn(construct, value as object, check.props, `${property}.`);
  });
}

function unknownProp(construct: string, property: string, name: string, known: readonly string[]): Finding {
  const meant = closest(name, known);
  return refusalFinding({ construct }, property, {
    code: 'unknown-prop',
    got: `the prop "${name}"`,
    expected: `one of ${known.join(', ')}`,
    fix: meant === undefined ? 'leave it out' : `did you mean "${meant}"?`,
  });
}

function badProp(construct: string, property: string, value: unknown, expected: string): Finding {
  const fix = 'give such a value, or leave the prop out for its default';
  return refusalFinding({ construct }, property, { code: 'bad-prop', got: describeValue(value), expected, fix });
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
