import type { Finding } from '../../errors/finding';
import { closest } from '../../errors/closest';
import { isJsonObject } from '../../rules/json';
import type { SourceKey } from '../callers/callers';
import { modeOf, hasPolicy } from '../mtls/mtls-mode';
import type { MtlsMode } from '../mtls/mtls-mode';
import { PolicyIndex } from './covering';
import { identityAtGateway } from './gateway-identity';
import { findingOf } from './grant-finding';
import { openHosts, openPaths } from './open-requests';
import type { NamedGrant } from '../access/policy-rules';
import { policiesAround, rootNamespaces, selectedLabels } from '../mtls/program-policies';
import type { ClusterPolicies, ProgramObject } from '../mtls/program-policies';
import { keysAround, podsKey } from '../access/grants';
import { rootNamespaceFindings } from './root-namespace';
import { uncheckedTokens } from './token-findings';

/** What of the grants would come to another thing than it says, given all that the program says. */
export function grantFindings(grants: readonly NamedGrant[], policies: ReadonlyMap<string, ClusterPolicies>): Finding[] {
  const seen = new Set<string>();
  const indexes = new Map<ClusterPolicies, PolicyIndex>();
  const checking = (around: ClusterPolicies): PolicyIndex => {
    const index = indexes.get(around) ?? new PolicyIndex(around.requestAuthentications, rootNamespaces(around));
    indexes.set(around, index);
    return index;
  };
  const all = grants.flatMap((grant) => {
    const around = policiesAround(grant.target.scope, policies);
    return [...strangeDomains(grant, around), ...unknownAuthorizer(grant, around), ...uncheckedTokens(grant, checking(around)), ...identityWithoutMtls(grant, around), ...openPaths(grant, around), ...openHosts(grant), ...rootNamespaceFindings(grant, rootNamespaces(around))];
  });
  // the same said twice is one thing to mend
  return [...all, ...severalAuthorizers(grants)].filter((finding) => {
    const key = JSON.stringify(finding);
    return !seen.has(key) && seen.add(key);
  });
}

/** Certificates of a trust domain that the mesh does not know are refused before any policy is looked at. */
function strangeDomains(grant: NamedGrant, { meshes }: ClusterPolicies): Finding[] {
  if (meshes.length === 0) return [];
  // Istio reads cluster.local as the mesh's own, whatever that is
  const known = ['cluster.local', ...meshes.flatMap(({ trustDomains }) => trustDomains)];
  const asked = grant.conditions.filter(({ key }) => key === 'source.principal').flatMap(({ values = [], notValues = [] }) => [...values, ...notValues]);
  // what only begins or ends so may be of any trust domain
  const whole = asked.filter((principal) => principal.includes('/') && !principal.startsWith('*'));
  const principals = [...whole, ...[...grant.from, ...grant.notFrom].flatMap(({ source }) => source.principals ?? [])];
  const strange = principals.filter((principal) => principal !== '*' && !known.some((domain) => fits(domain, principal.split('/')[0] ?? '')));
  return [...new Set(strange)].map((principal) =>
    findingOf(grant, '', {
      code: 'other-trust-domain',
      got: `the identity "${principal}"`,
      expected: `an identity of ${[...new Set(meshes.flatMap(({ trustDomains }) => trustDomains))].join(' or ')}`,
      fix: "name the other trust domain in the mesh's meshConfig.trustDomainAliases",
    }),
  );
}

function fits(domain: string, given: string): boolean {
  return given === domain || (domain.startsWith('*') && given.endsWith(domain.slice(1)));
}

/** Without such a provider Istio refuses every request that the rule is about. */
function unknownAuthorizer(grant: NamedGrant, { meshes }: ClusterPolicies): Finding[] {
  const { provider } = grant;
  // one that the program has is in the configuration, or is told to whoever makes that
  if (provider === undefined || grant.authorizer !== undefined || meshes.length === 0 || meshes.some(({ authorizers }) => authorizers.includes(provider))) return [];
  const known = [...new Set(meshes.flatMap(({ authorizers }) => authorizers))].sort();
  const meant = closest(provider, known);
  return [
    findingOf(grant, '', {
      code: 'unknown-authorizer',
      got: `"${provider}", which is no external authorizer of the mesh`,
      expected: known.length === 0 ? 'an external authorizer of the mesh' : `one of ${known.join(', ')}`,
      fix: meant === undefined ? 'add it with mesh.addExternalAuthorizer, or to extensionProviders of meshConfig' : `did you mean "${meant}"?`,
    }),
  ];
}

/** Of several for the same pods, be it by their namespace or the mesh, Istio asks none, and refuses instead. */
function severalAuthorizers(grants: readonly NamedGrant[]): Finding[] {
  const asking = grants.filter(({ provider, rule }) => provider !== undefined && rule.dryRun !== true);
  const byPods = new Map<string, NamedGrant[]>();
  for (const grant of asking) byPods.set(podsKey(grant.target), [...(byPods.get(podsKey(grant.target)) ?? []), grant]);
  return [...byPods.values()].flatMap((group) => {
    const [first] = [...group].sort((one, other) => (one.target.scope.node.path < other.target.scope.node.path ? -1 : 1));
    if (first === undefined) return [];
    const around = first.target.of === 'mesh' ? [] : keysAround(first.target).filter((key) => key !== podsKey(first.target)).flatMap((key) => byPods.get(key) ?? []);
    const providers = [...new Set([...group, ...around].map(({ provider }) => provider))].sort();
    if (providers.length < 2) return [];
    return [findingOf(first, '', { code: 'several-authorizers', got: providers.join(' and '), expected: 'one external authorizer for the same pods', fix: 'let one ask the other, or give the pods to one of them' })];
  });
}

const IDENTITIES: readonly SourceKey[] = ['principals', 'namespaces'];

/** Who speaks plain text has no identity: it is refused where identities are let in, and let in where they are shut out. */
function identityWithoutMtls(grant: NamedGrant, around: ClusterPolicies): Finding[] {
  const { target, action, rule, from, notFrom, conditions } = grant;
  const isNamed = (callers: NamedGrant['from']): boolean => callers.some(({ source }) => IDENTITIES.some((key) => source[key] !== undefined));
  const about = conditions.filter(({ key }) => key === 'source.principal' || key === 'source.namespace');
  const lets = from.every(({ source }) => IDENTITIES.some((key) => source[key] !== undefined)) || about.some(({ values }) => values !== undefined);
  const asksForIdentity = isNamed(from) || about.some(({ values }) => values !== undefined);
  // whoever is not asked about comes in as one who is not denied does
  const shutsOut = action === 'DENY' || action === 'CUSTOM' ? asksForIdentity : action === 'ALLOW' && !lets && (isNamed(notFrom) || about.some(({ notValues }) => notValues !== undefined));
  if (!shutsOut && !(action === 'ALLOW' && asksForIdentity)) return [];
  const done = action === 'CUSTOM' ? 'asked about' : 'shut out';
  // what comes to a gateway is no traffic of the mesh, whose mode does not hold there
  if (target.of === 'gateway') return identityAtGateway(grant, shutsOut);
  // as it mostly is, and then no ports have to be looked at
  if (around.peerAuthentications.every(isStrict)) return [];
  const modes = modesOf(grant, around);
  if (modes?.every((mode) => mode === 'STRICT') === true || modes === undefined) {
    const loose = shutsOut ? looserWithin(grant, around) : [];
    if (loose.length === 0) return [];
    return [findingOf(grant, '', { code: 'identity-with-plain-text', severity: 'warning', got: `callers ${done} by their identity, though pods of the PeerAuthentication ${loose.join(', ')} take plain text`, expected: 'STRICT for all of them: whoever speaks plain text shows no identity, and is let in there', fix: 'make these modes STRICT, or leave their ports out with notPorts' })];
  }
  const worst = modes.includes('DISABLE') ? 'DISABLE' : 'PERMISSIVE';
  const fix = 'make the mode STRICT, or tell callers by something else than their identity';
  if (shutsOut) {
    return [findingOf(grant, '', { code: 'identity-with-plain-text', got: `callers ${done} by their identity, where the mTLS mode is ${worst}`, expected: 'STRICT: whoever speaks plain text shows no identity, and is let in', fix })];
  }
  if (modes.every((mode) => mode === 'DISABLE')) {
    return [findingOf(grant, '', { code: 'identity-without-mtls', got: 'callers let in by their identity, where the mTLS mode is DISABLE', expected: 'a mode in which callers show who they are', fix })];
  }
  if (rule.dryRun === true) return [];
  return [findingOf(grant, '', { code: 'plain-text-refused', severity: 'warning', got: `callers let in by their identity, where the mTLS mode is ${worst}`, expected: 'STRICT: whoever speaks plain text shows no identity, and is refused', fix: 'make the mode STRICT once every caller speaks mutual TLS' })];
}

function isStrict({ spec }: ProgramObject): boolean {
  const { mtls, portLevelMtls } = spec;
  return isJsonObject(mtls) && mtls['mode'] === 'STRICT' && portLevelMtls === undefined;
}

/** The modes of the ports that a grant is for; undefined where no policy of the program says anything of them. */
function modesOf({ target, rule, ports: { notPorts = [] } }: NamedGrant, around: ClusterPolicies): readonly MtlsMode[] | undefined {
  const { peerAuthentications } = around;
  const namespace = target.of === 'mesh' ? '' : target.namespace;
  const own = target.selector?.() ?? {};
  const left = [...notPorts, ...(rule.notPorts ?? [])];
  // some of the pods may have a policy of their own
  const narrower = peerAuthentications.filter((policy) => policy.namespace === namespace && target.of !== 'namespace').map(selectedLabels);
  const pods = [own, ...narrower.filter((labels) => Object.entries(own).every(([key, value]) => labels[key] === value))].map((labels) => ({ namespace, labels }));
  // and a port that no service has is open all the same
  const special = peerAuthentications.filter((policy) => policy.namespace === namespace && pods.some(({ labels }) => Object.entries(selectedLabels(policy)).every(([key, value]) => labels[key] === value))).flatMap(portsWithModes);
  const declared = target.ports().flatMap(({ number }) => number ?? []);
  const asked = rule.ports ?? [undefined, ...[...new Set([...declared, ...special])].filter((number) => !left.includes(number))];
  const told = rootNamespaces(around).flatMap((root) => pods.filter((each) => hasPolicy(peerAuthentications, root, each)).map((each) => ({ root, each })));
  return told.length === 0 ? undefined : told.flatMap(({ root, each }) => modesAt(peerAuthentications, root, each, asked));
}

/** All ports may have modes of their own: what the others have counts only where there may be others. */
function modesAt(policies: ClusterPolicies['peerAuthentications'], root: string, pods: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> }, ports: readonly (number | undefined)[]): MtlsMode[] {
  const numbers = ports.filter((port) => port !== undefined);
  return (numbers.length === 0 ? ports : numbers).map((port) => modeOf(policies, root, pods, port));
}

function portsWithModes({ spec: { portLevelMtls } }: ProgramObject): number[] {
  return isJsonObject(portLevelMtls) ? Object.keys(portLevelMtls).map(Number) : [];
}

/** Pods within a namespace or a mesh that take plain text, though the rest does not: whoever is shut out there gets in. */
function looserWithin({ target, rule }: NamedGrant, { peerAuthentications }: ClusterPolicies): readonly string[] {
  if (target.selector !== undefined) return [];
  const open = peerAuthentications.filter((policy) => (target.of === 'mesh' || policy.namespace === target.namespace) && isLoose(policy, rule.notPorts ?? []));
  return open.map(({ namespace, name }) => `${namespace}/${name}`).sort();
}

function isLoose({ spec: { mtls, portLevelMtls } }: ProgramObject, left: readonly number[]): boolean {
  const modes = isJsonObject(portLevelMtls) ? Object.entries(portLevelMtls).filter(([port]) => !left.includes(Number(port))).map(([, each]) => each) : [];
  return [mtls, ...modes].some((each) => isJsonObject(each) && (each['mode'] === 'PERMISSIVE' || each['mode'] === 'DISABLE'));
}
