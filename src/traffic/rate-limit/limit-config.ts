import { compareConstructs } from '../../core/construct-path';
import { writeYaml } from '../../core/yaml-writer';
import type { Finding } from '../../errors/finding';
import type { JsonObject } from '../../rules/json';
import type { CheckedLimit, CountedBy } from './global-limits';

/** A level of the configuration: what is counted here, and below. */
interface Node extends CountedBy {
  limit?: CheckedLimit;
  readonly below: Map<string, Node>;
}

/**
 * The configuration of Envoy's rate-limit service.
 *
 * @see https://github.com/envoyproxy/ratelimit#configuration
 */
export function limitConfig(domain: string, limits: readonly CheckedLimit[]): string {
  return writeYaml([{ domain, descriptors: descriptors(treeOf(limits).below) }]);
}

/** Limits that share a name, and count otherwise. */
export function limitFindings(limits: readonly CheckedLimit[]): Finding[] {
  return treeOf(limits).findings;
}

function treeOf(limits: readonly CheckedLimit[]): { readonly below: Map<string, Node>; readonly findings: Finding[] } {
  const below = new Map<string, Node>();
  const findings: Finding[] = [];
  for (const limit of [...limits].sort((a, b) => compareConstructs(a.owner, b.owner))) {
    const node = nodeOf(below, limit.levels);
    if (node === undefined) continue;
    const other = node.limit;
    node.limit ??= limit;
    if (other !== undefined && !isSame(other, limit)) findings.push(otherwise(limit, other));
  }
  return { below, findings };
}

function nodeOf(tree: Map<string, Node>, levels: readonly CountedBy[]): Node | undefined {
  let below = tree;
  let node: Node | undefined;
  for (const level of levels) {
    const name = JSON.stringify([level.key, level.value ?? null]);
    node = below.get(name) ?? { ...level, below: new Map<string, Node>() };
    below.set(name, node);
    below = node.below;
  }
  return node;
}

function descriptors(nodes: ReadonlyMap<string, Node>): JsonObject[] {
  return [...nodes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { key, value, limit, below }]) => ({
      key,
      ...(value === undefined ? {} : { value }),
      ...(limit === undefined ? {} : { rate_limit: { unit: limit.unit, requests_per_unit: limit.requests } }),
      ...(limit?.shadowMode === true ? { shadow_mode: true } : {}),
      ...(below.size === 0 ? {} : { descriptors: descriptors(below) }),
    }));
}

function isSame(a: CheckedLimit, b: CheckedLimit): boolean {
  return a.requests === b.requests && a.unit === b.unit && a.shadowMode === b.shadowMode;
}

function otherwise({ place, requests, unit }: CheckedLimit, other: CheckedLimit): Finding {
  return {
    code: 'rate-limit-conflict',
    construct: place.construct,
    property: place.property,
    got: `${requests} per ${unit}, and ${other.requests} per ${other.unit} at ${other.place.construct} for the same counters`,
    expected: 'one limit for what has one generic key, with the same shadowMode',
    fix: 'give both the same numbers, or another RateLimitKey.genericKey',
  };
}
