import { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Construct } from 'constructs';
import { describeValue, refusal } from './refusal';
import { isUnknown } from './unknown-brand';

/**
 * Refuses a scope or an id that the construct library would stumble over; the compiler refuses most of them, programs
 * that are not type-checked meet this.
 *
 * @param ifTaken what to do about an id that is taken
 * @returns the path that the construct will have, for further refusals
 * @throws MeshError when the scope is no construct, the id is no text, or the scope has a child of that id.
 */
export function requirePlace(scope: unknown, id: unknown, ifTaken = 'give another id'): string {
  if (!isConstruct(scope)) {
    throw refusal({ construct: typeof id === 'string' ? id : '' }, 'scope', {
      code: 'bad-scope',
      got: describeValue(scope),
      expected: 'the construct that the new one belongs to, such as a Chart',
      fix: 'give the scope as first argument',
    });
  }
  if (typeof id !== 'string' || id === '') {
    throw refusal({ construct: scope.node.path }, 'id', {
      code: 'bad-id',
      got: describeValue(id),
      expected: 'a text that no other child of the scope has',
      fix: 'give the id as second argument',
    });
  }
  const path = [scope.node.path, id].filter((part) => part !== '').join('/');
  if (scope.node.tryFindChild(id) === undefined) return path;
  throw refusal({ construct: path }, 'id', {
    code: 'id-taken',
    got: describeValue(id),
    expected: `an id that no other child of ${scope.node.path === '' ? 'the app' : scope.node.path} has`,
    fix: ifTaken,
  });
}

/** The chart that a construct is in, or undefined where it is in none. */
export function chartAround(construct: IConstruct): Chart | undefined {
  return construct.node.scopes.reverse().find((scope): scope is Chart => Chart.isChart(scope));
}

/**
 * What holds named values, such as props, where it is an object.
 *
 * @throws MeshError for anything else, such as the null of a program that means "none".
 */
export function requireObject<T extends object>(props: T, construct: string | undefined, property = 'props'): T {
  const given: unknown = props;
  if (typeof given === 'object' && given !== null && !Array.isArray(given) && !isConstruct(given) && !isUnknown(given)) return props;
  throw refusal(construct === undefined ? {} : { construct }, property, {
    code: 'bad-props',
    got: isConstruct(given) ? 'a construct' : describeValue(given),
    expected: 'an object with named values',
    fix: 'give an object, such as {}; leave it out where it is optional',
  });
}

/** True for a construct of any copy of the construct library. */
export function isConstruct(value: unknown): value is IConstruct {
  return typeof value === 'object' && value !== null && Construct.isConstruct(value);
}
