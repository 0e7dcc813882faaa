import type { Json } from '../../src/rules/json';
import type { Subject } from './subjects';

/** What can be covered. */
export type Area = 'node' | 'bound' | 'pattern' | 'format' | 'enum' | 'required' | 'union' | 'list key' | 'CEL rule';

/** What an object reaches if its verdict is the expected one. */
export interface Claim {
  readonly area: Area;
  /** Such as `istio Sidecar v1 .spec.ingress[].port.number maximum n+1`. */
  readonly key: string;
  readonly side: 'accepted' | 'refused';
  /** The field that the server has to name for a refusal to count; absent where any refusal does. */
  readonly path?: string;
  /** What the server has to say of the field: the message of a CEL rule. */
  readonly says?: string;
}

/** One object to be judged. */
export interface Case {
  readonly subject: Subject;
  /** `valid`: passes our validation; `wild`: straight from the schema; `mutated`: made wrong, or at a bound, on purpose. */
  readonly origin: 'valid' | 'wild' | 'mutated';
  /** What was done to it, in words. */
  readonly what: string;
  readonly object: Json;
  readonly claims: readonly Claim[];
}

/** A change of a valid object. */
export interface Mutation {
  readonly what: string;
  readonly object: Json;
  readonly claims: readonly Claim[];
}
