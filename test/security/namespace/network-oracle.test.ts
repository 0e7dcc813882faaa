import { App, Chart } from 'cdk8s';
import { AuthorizationPolicy } from '../../../imports/istio/authorization-policy';
import type { AuthorizationPolicySpec } from '../../../imports/istio/authorization-policy';
import { NetworkPolicy } from '../../../imports/kubernetes';
import type { NetworkPolicySpec } from '../../../imports/kubernetes/network-policy';
import { Access, IpBlock, Mesh, StrictMtlsNamespace } from '../../../src';
import type { MeshService } from '../../../src';
import { synthTo } from '../../../src/testing';

/**
 * Random programs, each judged twice: by what its AuthorizationPolicies let in, and by what its NetworkPolicies let through. The
 * two readings are written here from the documentation of Istio and Kubernetes, and share nothing with the library.
 */
const NAMESPACES = ['a', 'b', 'c', 'd'];
const SERVICES = ['one', 'two'];
const ADDRESSES = ['10.1.2.3', '192.0.2.7'];

interface Caller {
  /** Undefined for whoever comes from outside of the cluster. */
  readonly namespace?: string;
  readonly account?: string;
  readonly address: string;
}

const CALLERS: readonly Caller[] = [
  ...NAMESPACES.flatMap((namespace) => SERVICES.map((account) => ({ namespace, account, address: '10.200.0.1' }))),
  ...ADDRESSES.map((address) => ({ address })),
];

type Labels = Readonly<Record<string, string>>;
type Source = Readonly<Partial<Record<'principals' | 'notPrincipals' | 'namespaces' | 'notNamespaces' | 'ipBlocks', readonly string[]>>>;

function inCidr(address: string, cidr: string): boolean {
  const number = (text: string): number => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const [base = '', bits = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  return Math.floor(number(address) / size) === Math.floor(number(base) / size);
}

function sourceFits(source: Source, { namespace = '', account, address }: Caller): boolean {
  const principal = account === undefined ? '' : `cluster.local/ns/${namespace}/sa/${account}`;
  return (
    source.principals?.includes(principal) !== false &&
    source.notPrincipals?.includes(principal) !== true &&
    source.namespaces?.includes(namespace) !== false &&
    source.notNamespaces?.includes(namespace) !== true &&
    source.ipBlocks?.some((cidr) => inCidr(address, cidr)) !== false
  );
}

/** Whether a mesh lets the caller in to pods of a service. */
function isLetIn(policies: readonly AuthorizationPolicySpec[], pods: Labels, caller: Caller): boolean {
  const about = policies.filter(({ selector }) => fits(selector?.matchLabels ?? {}, pods));
  const fitsOne = (action: string): boolean => about.some((spec) => (spec.action ?? 'ALLOW') === action && (spec.rules ?? []).some(({ from }) => from === undefined || from.some(({ source = {} }) => sourceFits(source, caller))));
  return !fitsOne('DENY') && (about.every(({ action }) => action === 'DENY') || fitsOne('ALLOW'));
}

/** Whether the network lets the caller through to pods of a service. */
function isLetThrough(policies: readonly NetworkPolicySpec[], pods: Labels, own: string, caller: Caller): boolean {
  const about = policies.filter(({ podSelector }) => fits(podSelector?.matchLabels ?? {}, pods));
  return about.some(({ ingress = [] }) =>
    ingress.some(
      ({ from }) =>
        from === undefined ||
        from.some(({ ipBlock, namespaceSelector, podSelector }) => {
          if (ipBlock !== undefined) return inCidr(caller.address, ipBlock.cidr);
          if (namespaceSelector !== undefined) return caller.namespace !== undefined && fits(namespaceSelector.matchLabels ?? {}, { 'kubernetes.io/metadata.name': caller.namespace });
          return podSelector !== undefined && caller.namespace === own;
        }),
    ),
  );
}

function fits(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/** The same numbers in every run. */
function random(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 3_266_489_917) >>> 0;
    return state % below;
  };
}

function program(seed: number) {
  const below = random(seed);
  const app = new App({ outdir: 'unused' });
  const mesh = new Mesh(new Chart(app, 'platform'), 'mesh', { controlPlane: false });
  const chart = new Chart(app, 'a', { namespace: 'a' });
  const isClosed = below(4) > 0;
  const a = new StrictMtlsNamespace(chart, 'a', { mesh, networkPolicy: true, denyByDefault: isClosed });
  const others = NAMESPACES.slice(1).map((name) => new StrictMtlsNamespace(new Chart(app, name), name, { mesh }));
  const all = [a, ...others];
  const services = all.map((namespace) => SERVICES.map((name) => namespace.addService(name, { port: 8080 })));
  const [own] = services as [MeshService[], ...MeshService[][]];
  const users = below(2) > 0 ? undefined : others.filter(() => below(2) > 0);
  if (users !== undefined) a.isolate({ usedBy: users, grants: below(2) > 0 });
  const allowed = users ?? others;
  for (let count = below(4); count > 0 && isClosed; count -= 1) {
    const target = [Access.to(own[0] as MeshService), Access.to(own[1] as MeshService), Access.to(a)][below(3)] as Access;
    const from = all.filter((each) => each === a || allowed.includes(each))[below(allowed.length + 1)] as StrictMtlsNamespace;
    const kind = below(6);
    if (kind === 0) target.allowFrom(from);
    if (kind === 1) target.allowFrom((services[all.indexOf(from)] as MeshService[])[below(2)] as MeshService);
    if (kind === 2) target.allowFrom(IpBlock.source(`${ADDRESSES[below(2)] as string}/32`));
    if (kind === 3) target.allowFrom('anyone', { methods: ['GET'] });
    if (kind === 4) target.allowFrom(from, { dryRun: true });
    // by hand, beside what the library makes
    if (kind === 5) new AuthorizationPolicy(chart, `by-hand-${count}`, { spec: { ...(below(2) > 0 && { selector: { matchLabels: { app: 'one' } } }), rules: [{ from: [{ source: { namespaces: [from.name] } }] }] } });
  }
  const shown = synthTo(chart);
  return { policies: shown.many(AuthorizationPolicy).filter(({ metadata }) => metadata.annotations?.['istio.io/dry-run'] === undefined).map(({ spec = {} }) => spec), network: shown.many(NetworkPolicy).map(({ spec = {} }) => spec) };
}

test('whoever is let in gets through the network, and whoever is let in to nothing does not', () => {
  const counts = { through: 0, kept: 0 };
  for (let seed = 1; seed <= 60; seed += 1) {
    const { policies, network } = program(seed);
    for (const service of SERVICES) {
      for (const caller of CALLERS) {
        const isIn = isLetIn(policies, { app: service }, caller);
        const isThrough = isLetThrough(network, { app: service }, 'a', caller);
        if (isIn && !isThrough) throw new Error(`program ${seed}: ${JSON.stringify(caller)} is let in to ${service}, and cut off by the network`);
        // a namespace is told as a whole: one of its accounts, at some address, or one of the services may be meant
        const others = caller.namespace === undefined ? [caller] : CALLERS.filter(({ namespace }) => namespace === caller.namespace).flatMap((other) => [other, ...ADDRESSES.map((address) => ({ ...other, address }))]);
        const isAnyIn = others.some((other) => SERVICES.some((name) => isLetIn(policies, { app: name }, other)));
        if (isThrough && !isAnyIn && caller.namespace !== 'a') throw new Error(`program ${seed}: ${JSON.stringify(caller)} gets through to ${service}, and is let in nowhere`);
        counts[isThrough ? 'through' : 'kept'] += 1;
      }
    }
  }
  // neither answer is given by default
  expect(counts.through).toBeGreaterThan(200);
  expect(counts.kept).toBeGreaterThan(200);
});
