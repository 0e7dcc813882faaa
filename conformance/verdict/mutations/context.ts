import type { Json } from '../../../src/rules/json';
import type { Area, Claim, Mutation } from '../case';
import type { Generator } from '../generator';
import type { Ours } from '../ours';
import { pathOf, withValue } from '../places';
import type { Occurrence } from '../places';
import type { Random } from '../random';
import type { Subject } from '../subjects';

/** Everything a mutation is made of: a valid object and one of its values. */
export interface Context {
  readonly subject: Subject;
  readonly object: Json;
  readonly at: Occurrence;
  readonly random: Random;
  readonly generator: Generator;
  readonly ours: Ours;
}

/** Makes changes of one value; the first of several ways to do the same thing that works is enough. */
export type Mutator = (context: Context) => readonly Mutation[];

/** A change of the value that the context points to. */
export function changed(context: Context, what: string, value: Json | undefined, claims: readonly Claim[] = []): Mutation {
  return { what: `${what} at ${pathOf(context.at.place)}`, object: withValue(context.object, context.at.place, value), claims };
}

export function keyOf(context: Context, detail = ''): string {
  return `${context.subject.name} ${context.at.node.path}${detail === '' ? '' : ` ${detail}`}`;
}

export function refusal(context: Context, area: Area, detail = '', below = ''): Claim {
  return { area, key: keyOf(context, detail), side: 'refused', path: pathOf(context.at.place) + below };
}

export function acceptance(context: Context, area: Area, detail = ''): Claim {
  return { area, key: keyOf(context, detail), side: 'accepted' };
}

/** The number of findings of an object, for choosing the better of two ways. */
export function findingsOf(context: Context, object: Json): number {
  return context.ours.judge(object).findings.length;
}

/** The change that our validation accepts, or else the first one. */
export function acceptedOrFirst(context: Context, candidates: readonly Mutation[]): readonly Mutation[] {
  const best = candidates.find(({ object }) => findingsOf(context, object) === 0) ?? candidates[0];
  return best === undefined ? [] : [best];
}
