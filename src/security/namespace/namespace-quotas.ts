import type { LimitRangeItem } from '../../../imports/kubernetes/limit-range';
import type { MeshReference } from '../../control-plane/mesh-reference';
import { describeValue } from '../../core/refusal';
import { isUnknown } from '../../core/unknown';
import { closest } from '../../errors/closest';
import type { Finding } from '../../errors/finding';
import { compareQuantities, parseQuantity } from '../../validation/formats/quantity';
import type { Quantity } from '../../validation/formats/quantity';
import { refuse, requireKeys, requireNames, within } from '../../traffic/rules/refuse';
import type { Place } from '../../traffic/rules/refuse';
import { injectorsOf } from './data-plane';

type Suffix = '' | 'm' | 'k' | 'M' | 'G' | 'T' | 'P' | 'E' | 'Ki' | 'Mi' | 'Gi' | 'Ti' | 'Pi' | 'Ei';

/** An amount of a resource: `4`, `'500m'`, `'1.5Gi'`. */
export type ResourceAmount = number | `${number}${Suffix}`;

const QUOTA_RESOURCES = [
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
  'services',
  'services.loadbalancers',
  'services.nodeports',
  'configmaps',
  'secrets',
  'persistentvolumeclaims',
  'replicationcontrollers',
  'resourcequotas',
] as const;

/** The most that a namespace may use, by Kubernetes' names of resources; `count/deployments.apps` counts objects of any kind. */
export type NamespaceQuota = Readonly<Partial<Record<(typeof QUOTA_RESOURCES)[number], ResourceAmount>>> & {
  readonly [resource: `count/${string}` | `requests.${string}/${string}`]: ResourceAmount;
};

/** Amounts of CPU, memory and storage. */
export interface ResourceAmounts {
  readonly cpu?: ResourceAmount;
  readonly memory?: ResourceAmount;
  readonly 'ephemeral-storage'?: ResourceAmount;
  readonly storage?: ResourceAmount;
}

/** What one container, pod or claim may ask for. */
export interface ResourceLimits {
  /** @default - no upper bound */
  readonly max?: ResourceAmounts;
  /** @default - no lower bound */
  readonly min?: ResourceAmounts;
  /** Limits of containers that name none. @default - none */
  readonly default?: ResourceAmounts;
  /** Requests of containers that name none. @default - their limits */
  readonly defaultRequest?: ResourceAmounts;
  /** How many times its request a limit may be. @default - any */
  readonly maxLimitRequestRatio?: ResourceAmounts;
}

/** Bounds of what is made in a namespace, by what they are for. */
export interface NamespaceLimits {
  /** Of each container, the mesh's proxies among them. @default - none */
  readonly container?: ResourceLimits;
  /** Of all containers of a pod together. @default - none */
  readonly pod?: Pick<ResourceLimits, 'max' | 'min' | 'maxLimitRequestRatio'>;
  /** @default - none */
  readonly persistentVolumeClaim?: Pick<ResourceLimits, 'max' | 'min'>;
}

const LIMIT_TYPES = { container: 'Container', pod: 'Pod', persistentVolumeClaim: 'PersistentVolumeClaim' } as const;
const LISTS = {
  container: ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'],
  pod: ['max', 'min', 'maxLimitRequestRatio'],
  persistentVolumeClaim: ['max', 'min'],
} as const;
const COUNTED = /^(count\/[a-z0-9.-]+|requests\.[a-z0-9.-]+\/[A-Za-z0-9._-]+)$/;

/** The `hard` of a ResourceQuota. @throws MeshError for a resource that cannot be limited, and for what is no amount. */
export function checkedQuota(place: Place, given: unknown): Record<string, ResourceAmount> {
  requireNames(place, given);
  const entries = Object.entries(given as Readonly<Record<string, unknown>>).filter(([, amount]) => amount !== undefined);
  if (entries.length === 0) throw refuse(place, 'empty-list', '{}', 'the most that may be used, such as { pods: 50 }', 'leave it out');
  for (const [name] of entries) {
    if ((QUOTA_RESOURCES as readonly string[]).includes(name) || COUNTED.test(name)) continue;
    const meant = closest(name, QUOTA_RESOURCES) ?? (name === 'cpu' || name === 'memory' ? `requests.${name}` : undefined);
    throw refuse(within(place, name), 'unknown-prop', `the resource ${describeValue(name)}`, `one of ${QUOTA_RESOURCES.join(', ')}, or count/KIND.GROUP`, meant === undefined ? 'take it out' : `did you mean "${meant}"?`);
  }
  return Object.fromEntries(entries.map(([name, amount]) => [name, checkedAmount(within(place, name), amount)]));
}

/** The `limits` of a LimitRange. @throws MeshError for a list that there is not, and for what is no amount. */
export function checkedLimits(place: Place, given: unknown): LimitRangeItem[] {
  requireKeys(place, given, Object.keys(LIMIT_TYPES));
  const items = (Object.keys(LIMIT_TYPES) as (keyof typeof LIMIT_TYPES)[]).flatMap((key) => {
    const limits = (given as NamespaceLimits)[key];
    return limits === undefined ? [] : [{ type: LIMIT_TYPES[key], ...checkedLists(within(place, key), limits, LISTS[key]) }];
  });
  if (items.length === 0) throw refuse(place, 'empty-list', '{}', 'bounds, such as { container: { max: { memory: "2Gi" } } }', 'leave it out');
  return items as LimitRangeItem[];
}

function checkedLists(place: Place, limits: object, lists: readonly string[]): Record<string, object> {
  requireKeys(place, limits, lists);
  const given = Object.entries(limits as Readonly<Record<string, unknown>>).filter(([, amounts]) => amounts !== undefined);
  if (given.length === 0) throw refuse(place, 'empty-list', '{}', `one of ${lists.join(', ')}`, 'leave it out');
  return Object.fromEntries(
    given.map(([list, amounts]) => {
      const at = within(place, list);
      requireKeys(at, amounts, ['cpu', 'memory', 'ephemeral-storage', 'storage']);
      return [list, Object.fromEntries(Object.entries(amounts as ResourceAmounts).filter(([, amount]) => amount !== undefined).map(([name, amount]) => [name, checkedAmount(within(at, name), amount)]))];
    }),
  );
}

function checkedAmount(place: Place, given: unknown): ResourceAmount {
  if (isUnknown(given)) return given as unknown as ResourceAmount;
  const amount = typeof given === 'number' || typeof given === 'string' ? parseQuantity(String(given)) : undefined;
  if (amount !== undefined && amount.nanos >= 0n) return given as ResourceAmount;
  throw refuse(place, 'bad-quantity', describeValue(given), 'an amount of 0 or more, such as 4, "500m" or "1.5Gi"', 'write a number, and one of m, k, M, G, Ki, Mi, Gi behind it');
}

/**
 * Bounds under which the mesh's own proxy could not stand in a pod: the API server would refuse every pod of the namespace.
 *
 * @see https://kubernetes.io/docs/concepts/policy/limit-range/
 */
export function proxyBeyondLimits(place: Place, mesh: MeshReference, limits: readonly LimitRangeItem[]): Finding[] {
  const container = limits.find(({ type }) => type === 'Container');
  const proxies = injectorsOf(mesh).map(({ proxy }) => proxy.resources);
  return proxies.flatMap(({ requests = {}, limits: most = {} }) =>
    ['cpu', 'memory'].flatMap((resource) => {
      const beyond = compared(most[resource], container?.max?.[resource]) > 0;
      const below = compared(requests[resource], container?.min?.[resource]) < 0;
      if (!beyond && !below) return [];
      const list = beyond ? 'max' : 'min';
      const [has, bound] = beyond ? [most[resource], container?.max?.[resource]] : [requests[resource], container?.min?.[resource]];
      const { construct, property } = within(within(within(place, 'container'), list), resource);
      return [
        {
          code: 'proxy-beyond-limits',
          construct,
          property,
          got: `"${String(bound)}", though the mesh's proxy ${beyond ? 'has a limit of' : 'asks for'} ${String(has)}, and is a container of each pod`,
          expected: `${beyond ? 'no less' : 'no more'} than that`,
          fix: `widen it, or give proxies other resources: injection of the mesh's istiod`,
        },
      ];
    }),
  );
}

/** Over, under, or neither where one of them is not there or not known. */
function compared(one: unknown, other: unknown): number {
  const [a, b] = [one, other].map((each): Quantity | undefined => (typeof each === 'string' || typeof each === 'number' ? parseQuantity(String(each)) : undefined));
  return a === undefined || b === undefined ? 0 : compareQuantities(a, b);
}
