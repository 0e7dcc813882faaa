import type { Json } from '../../src/rules/json';
import { isJsonObject } from '../../src/rules/json';
import type { Cause } from '../kubernetes/status';
import type { ServerVerdict } from './normalise';

/** A check of the server that our validation leaves to it. */
export interface Unmodelled {
  readonly kind: RegExp;
  /** What is checked, in words; printed with the number of objects. */
  readonly check: string;
  readonly reason: string;
  /** True for the complaint of this check. */
  readonly says: (cause: Pick<Cause, 'field' | 'message'>) => boolean;
}

/**
 * All that a server may refuse and we may not. An object that is refused for such a reason alone counts as skipped; every
 * other refusal of an object that we accept is a disagreement.
 */
export const UNMODELLED: readonly Unmodelled[] = [
  {
    kind: /^Pod$/,
    check: 'runtime class, priority class and overhead of a pod',
    reason: 'the RuntimeClass and PriorityClass objects of the cluster decide',
    says: ({ message }) => /is forbidden: .*(?:RuntimeClass|PriorityClass|priority admission controller)/.test(message),
  },
  {
    kind: /^Pod$/,
    check: 'a token without a service account',
    reason: 'clusters run an admission plugin that fills in the account; the server of these tests does not',
    says: ({ field }) => /^spec\.volumes\[\d+\]\.projected\.sources\[\d+\]\.serviceAccountToken$/.test(field),
  },
  {
    kind: /^Service$/,
    check: 'addresses, families and node ports that the cluster has',
    reason: 'the ranges and families that a cluster is set up with decide, and what is taken already',
    says: ({ field, message }) =>
      /^spec\.(?:clusterIPs|ipFamil|ports\[\d+\]\.nodePort|healthCheckNodePort)/.test(field) &&
      /failed to allocate|provided (?:IP|port)|not in the valid range|not configured (?:for dual-stack|on this cluster)|already allocated/.test(message),
  },
  {
    kind: /^(?:(?:Mutating|Validating)WebhookConfiguration|ValidatingAdmissionPolicy)$/,
    check: 'types in CEL expressions of admission',
    reason: 'they are typed by the requests and objects of the cluster; syntax and names are checked',
    says: ({ field, message }) => /xpression$/.test(field) && /compilation failed|must evaluate to/.test(message),
  },
  {
    kind: /^CustomResourceDefinition$/,
    check: 'cost of CEL rules',
    reason: 'a server estimates it with a model of its own, whose numbers change from release to release',
    says: ({ message }) => /estimated (?:rule|messageExpression) cost/.test(message),
  },
];

/** The check that an object was refused by, where it is one that we leave to the server; undefined for all others. */
export function unmodelledCheck(object: Json, server: ServerVerdict): string | undefined {
  const kind = isJsonObject(object) ? String(object['kind']) : '';
  const causes = server.causes.length > 0 ? server.causes : [{ field: '', message: server.message }];
  const checks = causes.map((cause) => UNMODELLED.find((each) => each.kind.test(kind) && each.says(cause)));
  return checks.includes(undefined) ? undefined : checks[0]?.check;
}
