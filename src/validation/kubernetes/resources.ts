/**
 * Names and amounts of resources: of containers, pods, quotas and claims.
 * Source: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
 */
import { compareQuantities, parseQuantity } from '../formats/quantity';
import type { Quantity } from '../formats/quantity';
import { dns1123Label, qualifiedName } from '../names';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { failForms, form, once } from './checks';
import { each, eachEntry, isSet, objectIn, textIn } from './fields';

const ONE = 1_000_000_000n;
const COMPUTE = ['cpu', 'memory', 'ephemeral-storage'];
const COUNTED = [
  'pods', 'resourcequotas', 'services', 'replicationcontrollers', 'secrets', 'persistentvolumeclaims', 'configmaps',
  'services.nodeports', 'services.loadbalancers',
];
const QUOTA = new Set([...COMPUTE, ...COMPUTE.flatMap((name) => [`requests.${name}`, `limits.${name}`]), 'requests.storage', ...COUNTED]);
const STANDARD = new Set([...QUOTA, 'storage']);

/** What a quantity amounts to; null counts as nothing at all, and what cannot be read as undefined. */
export function amountOf(value: unknown): Quantity | undefined {
  if (value === null) return { nanos: 0n };
  if (typeof value === 'number') return parseQuantity(String(value));
  if (typeof value !== 'string') return undefined;
  return value === '' ? { nanos: 0n } : parseQuantity(value);
}

/** Checks a quantity in a field, with the words for what is asked of it. */
export function amountIn(data: Data, field: string, isFine: (nanos: bigint) => boolean, expected: string, report: Report): void {
  const amount = isSet(data, field) ? amountOf(data[field]) : undefined;
  if (amount !== undefined && !isFine(amount.nanos)) report.fail('below-minimum', data[field], expected, { below: `.${field}` });
}

/** The amount of a resource at the present place. */
export function checkAmount(name: string, value: unknown, report: Report): void {
  const amount = amountOf(value);
  if (amount === undefined) return;
  if (amount.nanos < 0n) report.fail('below-minimum', value, 'an amount that is not negative');
  if ((COUNTED.includes(name) || isExtended(name)) && amount.nanos % ONE !== 0n) report.fail('kubernetes-rule', value, 'a whole number');
}

function isHugePages(name: string): boolean {
  return name.startsWith('hugepages-');
}

/** True for Kubernetes' own resources. */
function isNative(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/');
}

/** True for resources that others add, such as `example.com/gpu`. */
function isExtended(name: string): boolean {
  return !isNative(name) && !name.startsWith('requests.') && qualifiedName(`requests.${name}`).length === 0;
}

/** True where more may be promised than there is. */
export function isOvercommitAllowed(name: string): boolean {
  return isNative(name) && !isHugePages(name);
}

/** The name of any resource, at the present place; false where it is none. */
export function checkResourceName(name: string, report: Report): boolean {
  const wrong = qualifiedName(name);
  failForms(name, () => wrong, report);
  if (wrong.length > 0) return false;
  if (name.includes('/') || STANDARD.has(name) || isHugePages(name) || name.startsWith('requests.hugepages-')) return true;
  report.fail('kubernetes-rule', name, 'a resource of Kubernetes, such as cpu or memory, or one with a domain before it', { saidGot: `the resource ${name}` });
  return false;
}

/** The name of a resource that a container can ask for. */
export function checkContainerResource(name: string, report: Report): void {
  if (!checkResourceName(name, report)) return;
  const isFine = name.includes('/') ? isNative(name) || isExtended(name) : COMPUTE.includes(name) || isHugePages(name);
  if (!isFine) report.fail('kubernetes-rule', name, 'a resource of containers: cpu, memory, ephemeral-storage, hugepages-SIZE, or DOMAIN/NAME', { saidGot: `the resource ${name}` });
}

/** The name of a resource that a pod as a whole can ask for. */
export function checkPodResource(name: string, report: Report): void {
  if (!checkResourceName(name, report)) return;
  if (name !== 'cpu' && name !== 'memory' && !isHugePages(name)) {
    report.fail('kubernetes-rule', name, 'a resource of pods: cpu, memory or hugepages-SIZE', { saidGot: `the resource ${name}` });
  }
}

/** The name of a resource that a quota can limit. */
export function checkQuotaResource(name: string, report: Report): void {
  if (!checkResourceName(name, report) || name.includes('/') || isQuotaResource(name)) return;
  report.fail('kubernetes-rule', name, 'a resource of quotas', { saidGot: `the resource ${name}` });
}

export function isQuotaResource(name: string): boolean {
  return QUOTA.has(name) || isHugePages(name) || name.startsWith('requests.hugepages-');
}

/** What a container or a pod asks for; `claims` are the names of the pod's resource claims. */
export function checkRequirements(value: Data, checkName: (name: string, report: Report) => void, claims: ReadonlySet<string> | undefined, report: Report): void {
  const limits = objectIn(value, 'limits');
  checkList(value, 'limits', checkName, report);
  checkList(value, 'requests', checkName, report);
  const requests = objectIn(value, 'requests');
  if (requests !== undefined) checkRequests(requests, limits ?? {}, report);
  if ((hasHugePages(limits) || hasHugePages(requests)) && !hasCompute(limits) && !hasCompute(requests)) {
    report.fail('kubernetes-rule', value, 'cpu or memory beside huge pages', { saidGot: 'huge pages alone' });
  }
  checkClaims(value, claims, report);
}

function hasHugePages(amounts: Data | undefined): boolean {
  for (const name in amounts) if (isHugePages(name)) return true;
  return false;
}

function hasCompute(amounts: Data | undefined): boolean {
  return amounts !== undefined && (amounts['cpu'] !== undefined || amounts['memory'] !== undefined);
}

function checkList(value: Data, field: string, checkName: (name: string, report: Report) => void, report: Report): void {
  eachEntry(value, field, report, (name, amount) => {
    checkName(name, report);
    checkAmount(name, amount, report);
    if (isHugePages(name)) checkHugePages(name, amount, report);
  });
}

function checkHugePages(name: string, value: unknown, report: Report): void {
  const size = parseQuantity(name.slice('hugepages-'.length))?.nanos ?? 0n;
  const amount = amountOf(value)?.nanos;
  const isFine = amount === undefined || (size > 0n && size % ONE === 0n && amount % size === 0n);
  if (!isFine) report.fail('kubernetes-rule', value, `a multiple of the size of a page, ${name.slice('hugepages-'.length)}`);
}

function checkRequests(requests: Data, limits: Data, report: Report): void {
  for (const name in requests) {
    const amount = requests[name] === undefined ? undefined : amountOf(requests[name]);
    if (amount === undefined) continue;
    const canExceed = isOvercommitAllowed(name);
    if (limits[name] === undefined) {
      if (!canExceed) report.fail('missing-field', undefined, `a limit of ${name}, of which no more can be promised than there is`, { below: '.limits' });
      continue;
    }
    const limit = amountOf(limits[name]);
    if (limit === undefined) continue;
    const order = compareQuantities(amount, limit);
    if (canExceed ? order <= 0 : order === 0) continue;
    const expected = `${canExceed ? 'at most' : 'exactly'} the limit of ${name}`;
    report.fail('kubernetes-rule', requests[name], expected, { below: `.requests[${name}]` });
  }
}

function checkClaims(value: Data, claims: ReadonlySet<string> | undefined, report: Report): void {
  if (!isSet(value, 'claims')) return;
  const seen = new Set<string>();
  each(value, 'claims', report, (claim) => {
    const name = textIn(claim, 'name');
    if (name === undefined) return;
    if (name === '') {
      report.fail('missing-field', undefined, 'the name of a resource claim of the pod');
      return;
    }
    form(claim, 'request', dns1123Label, report);
    const request = textIn(claim, 'request');
    const key = request === '' || request === undefined ? name : `${name}/${request}`;
    if (seen.has(name)) report.fail('duplicate-item', name, 'each claim once');
    else {
      once(seen, key, report);
      if (key === name && [...seen].some((other) => other.startsWith(`${name}/`))) report.fail('duplicate-item', name, 'each claim once');
    }
    if (claims !== undefined && !claims.has(name)) report.fail('kubernetes-rule', name, 'the name of one of spec.resourceClaims of the pod');
  });
}
