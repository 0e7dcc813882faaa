import type { Finding } from '../errors/finding';
import { closest } from '../errors/closest';
import { isJsonObject } from '../rules/json';
import type { SourceKey } from './callers';
import { modeOf, hasPolicy } from './mtls-mode';
import type { MtlsMode } from './mtls-mode';
import { tricksRound } from './path-tricks';
import type { NamedGrant } from './policy-rules';
import { policiesAround, rootNamespaces, selectedLabels } from './program-policies';
import type { ClusterPolicies, ProgramObject } from './program-policies';
import { podsKey } from './grants';

/** What of the grants would come to another thing than it says, given all that the program says. */
export function grantFindings(grants: readonly NamedGrant[], policies: ReadonlyMap<string, ClusterPolicies>): Finding[] {
  const seen = new Set<string>();
  const all = grants.flatMap((grant) => {
    const around = policiesAround(grant.target.scope, policies);
    return [...strangeDomains(grant, around), ...unknownAuthorizer(grant, around), ...uncheckedTokens(grant, around), ...identityWithoutMtls(grant, around), ...openPaths(grant, around)];
  });
  // the same said twice is one thing to mend
  return [...all, ...severalAuthorizers(grants)].filter((finding) => {
    const key = JSON.stringify(finding);
    return !seen.has(key) && seen.add(key);
  });
}

function finding({ target, method }: NamedGrant, key: string, rest: Pick<Finding, 'code' | 'got' | 'expected' | 'fix' | 'severity'>): Finding {
  return { construct: target.scope.node.path, property: key === '' ? method : `${method}.${key}`, ...rest } as Finding;
}

/** Certificates of a trust domain that the mesh does not know are refused before any policy is looked at. */
function strangeDomains(grant: NamedGrant, { meshes }: ClusterPolicies): Finding[] {
  if (meshes.length === 0) return [];
  // Istio reads cluster.local as the mesh's own, whatever that is
  const known = ['cluster.local', ...meshes.flatMap(({ trustDomains }) => trustDomains)];
  const principals = [...grant.from, ...grant.notFrom].flatMap(({ source }) => source.principals ?? []);
  const strange = principals.filter((principal) => !known.some((domain) => fits(domain, principal.split('/')[0] ?? '')));
  return [...new Set(strange)].map((principal) =>
    finding(grant, '', {
      code: 'other-trust-domain',
      got: `the identity "${principal}"`,
      expected: `an identity of ${[...new Set(meshes.flatMap(({ trustDomains }) => trustDomains))].join(' or ')}`,
      fix: "name the other trust domain in the mesh's meshConfig.trustDomainAliases",
    }),
  );
}

function fits(domain: string, given: string): boolean {
  return given === '*' || given === domain || (domain.startsWith('*') && given.endsWith(domain.slice(1)));
}

/** Without such a provider Istio refuses every request that the rule is about. */
function unknownAuthorizer(grant: NamedGrant, { meshes }: ClusterPolicies): Finding[] {
  const { provider } = grant;
  if (provider === undefined || meshes.length === 0 || meshes.some(({ authorizers }) => authorizers.includes(provider))) return [];
  const known = [...new Set(meshes.flatMap(({ authorizers }) => authorizers))].sort();
  const meant = closest(provider, known);
  return [
    finding(grant, '', {
      code: 'unknown-authorizer',
      got: `"${provider}", which is no external authorizer of the mesh`,
      expected: known.length === 0 ? 'a provider of the mesh with envoyExtAuthzHttp or envoyExtAuthzGrpc' : `one of ${known.join(', ')}`,
      fix: meant === undefined ? 'add it to extensionProviders of meshConfig' : `did you mean "${meant}"?`,
    }),
  ];
}

/** Of several Istio asks none, and refuses instead. */
function severalAuthorizers(grants: readonly NamedGrant[]): Finding[] {
  const byPods = new Map<string, NamedGrant[]>();
  for (const grant of grants.filter(({ provider }) => provider !== undefined)) byPods.set(podsKey(grant.target), [...(byPods.get(podsKey(grant.target)) ?? []), grant]);
  return [...byPods.values()].flatMap((group) => {
    const providers = [...new Set(group.map(({ provider }) => provider))].sort();
    const [first] = [...group].sort((a, b) => (a.target.scope.node.path < b.target.scope.node.path ? -1 : 1));
    if (providers.length < 2 || first === undefined) return [];
    return [finding(first, '', { code: 'several-authorizers', got: providers.join(' and '), expected: 'one external authorizer for the same pods', fix: 'let one ask the other, or give the pods to one of them' })];
  });
}

/** A token that nobody checks counts for nothing: what it allows is refused, and what it denies is let in. */
function uncheckedTokens(grant: NamedGrant, around: ClusterPolicies): Finding[] {
  if (grant.rule.tokensCheckedElsewhere === true || !asksForToken(grant)) return [];
  const rules = around.requestAuthentications.filter((each) => covers(each, grant, rootNamespaces(around))).flatMap(({ spec }) => (Array.isArray(spec['jwtRules']) ? (spec['jwtRules'] as readonly unknown[]) : []));
  if (rules.length === 0) {
    return [
      finding(grant, '', {
        code: 'token-never-checked',
        got: 'a rule about tokens, for pods that check none',
        expected: 'a JwtAuthentication for these pods, their namespace or the mesh',
        fix: 'make one, or say tokensCheckedElsewhere: true where another program does',
      }),
    ];
  }
  const issuers = rules.map((rule) => (rule as { readonly issuer?: string }).issuer ?? '');
  const asked = [...grant.from, ...grant.notFrom].flatMap(({ issuer }) => issuer ?? []);
  return [...new Set(asked)].filter((issuer) => !issuers.includes(issuer)).map((issuer) => {
    const meant = closest(issuer, issuers);
    return finding(grant, '', {
      code: 'unknown-issuer',
      got: `tokens of ${JSON.stringify(issuer)}, which are not checked for these pods`,
      expected: `one of ${issuers.join(', ')}`,
      fix: meant === undefined ? 'add the issuer to the JwtAuthentication' : `did you mean ${JSON.stringify(meant)}?`,
    });
  });
}

function asksForToken({ from, notFrom, conditions }: NamedGrant): boolean {
  const all = [...conditions, ...from.flatMap((caller) => caller.conditions)];
  return all.some(({ key }) => key.startsWith('request.auth.')) || [...from, ...notFrom].some(({ source }) => source.requestPrincipals !== undefined);
}

/** Whether a policy is for all pods that a grant is for. */
export function covers(policy: ProgramObject, { target }: Pick<NamedGrant, 'target'>, roots: readonly string[]): boolean {
  const { targetRef, targetRefs } = policy.spec;
  const references = [...(targetRef === undefined ? [] : [targetRef]), ...(Array.isArray(targetRefs) ? (targetRefs as readonly unknown[]) : [])];
  if (references.length > 0) return policy.namespace === target.namespace && references.some((each) => isJsonObject(each) && each['name'] === target.name);
  const labels = Object.entries(selectedLabels(policy));
  const own = target.selector?.() ?? {};
  const isNear = roots.includes(policy.namespace) || (target.of !== 'mesh' && policy.namespace === target.namespace);
  return isNear && labels.every(([key, value]) => own[key] === value);
}

const IDENTITIES: readonly SourceKey[] = ['principals', 'namespaces'];

/** Who speaks plain text has no identity: it is refused where identities are let in, and let in where they are shut out. */
function identityWithoutMtls(grant: NamedGrant, around: ClusterPolicies): Finding[] {
  const { target, action, rule, from, notFrom, conditions } = grant;
  // what comes to a gateway is no traffic of the mesh, whose mode does not hold there
  if (target.of === 'gateway') return [];
  const isNamed = (callers: NamedGrant['from']): boolean => callers.some(({ source }) => IDENTITIES.some((key) => source[key] !== undefined));
  const about = conditions.filter(({ key }) => key === 'source.principal' || key === 'source.namespace');
  const lets = from.every(({ source }) => IDENTITIES.some((key) => source[key] !== undefined)) || about.some(({ values }) => values !== undefined);
  const asksForIdentity = isNamed(from) || about.some(({ values }) => values !== undefined);
  const shutsOut = action === 'DENY' ? asksForIdentity : action === 'ALLOW' && !lets && (isNamed(notFrom) || about.some(({ notValues }) => notValues !== undefined));
  if (!shutsOut && !(action === 'ALLOW' && asksForIdentity)) return [];
  // as it mostly is, and then no ports have to be looked at
  if (around.peerAuthentications.every(isStrict)) return [];
  const modes = modesOf(grant, around);
  if (modes === undefined || modes.every((mode) => mode === 'STRICT')) return [];
  const worst = modes.includes('DISABLE') ? 'DISABLE' : 'PERMISSIVE';
  const fix = 'make the mode STRICT, or tell callers by something else than their identity';
  if (shutsOut) {
    return [finding(grant, '', { code: 'identity-with-plain-text', got: `callers shut out by their identity, where the mTLS mode is ${worst}`, expected: 'STRICT: whoever speaks plain text shows no identity, and is let in', fix })];
  }
  if (modes.every((mode) => mode === 'DISABLE')) {
    return [finding(grant, '', { code: 'identity-without-mtls', got: 'callers let in by their identity, where the mTLS mode is DISABLE', expected: 'a mode in which callers show who they are', fix })];
  }
  if (rule.dryRun === true) return [];
  return [finding(grant, '', { code: 'plain-text-refused', severity: 'warning', got: `callers let in by their identity, where the mTLS mode is ${worst}`, expected: 'STRICT: whoever speaks plain text shows no identity, and is refused', fix: 'make the mode STRICT once every caller speaks mutual TLS' })];
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
  const ports = rule.ports ?? target.ports().map(({ number }) => number).filter((number) => number === undefined || !left.includes(number));
  const asked: readonly (number | undefined)[] = ports.length === 0 ? [undefined] : ports;
  // some of the pods may have a policy of their own
  const narrower = peerAuthentications.filter((policy) => policy.namespace === namespace && target.of !== 'namespace').map(selectedLabels);
  const pods = [own, ...narrower.filter((labels) => Object.entries(own).every(([key, value]) => labels[key] === value))].map((labels) => ({ namespace, labels }));
  const told = rootNamespaces(around).flatMap((root) => pods.filter((each) => hasPolicy(peerAuthentications, root, each)).map((each) => ({ root, each })));
  return told.length === 0 ? undefined : told.flatMap(({ root, each }) => asked.map((port) => modeOf(peerAuthentications, root, each, port)));
}

/** A path that is shut out by how it is written is open to whoever writes it otherwise. */
function openPaths(grant: NamedGrant, { meshes }: ClusterPolicies): Finding[] {
  const { action, rule } = grant;
  const key = action === 'ALLOW' ? 'notPaths' : 'paths';
  const paths = rule[key];
  if (paths === undefined || action === 'AUDIT' || rule.pathsAsWritten === true) return [];
  const tricks = tricksRound(paths, meshes);
  if (tricks.length === 0) return [];
  const isOnlyCase = tricks.every(({ what }) => what === 'case');
  const fix = action === 'ALLOW' ? 'name the paths that are allowed in paths' : 'say what is not meant in notPaths, so that what is written otherwise is meant';
  const known = meshes.length === 0 ? '' : `; the mesh's pathNormalization is ${[...new Set(meshes.map(({ pathNormalization }) => pathNormalization ?? 'BASE'))].join(', ')}`;
  return [
    finding(grant, key, {
      code: 'open-path',
      ...(isOnlyCase ? { severity: 'warning' as const } : {}),
      got: `paths that are got round by ${tricks.map(({ example, what }) => `${example} (${what})`).join(', ')}${known}`,
      expected: 'a rule that does not hang on how a path is written',
      fix: `${fix}; or say pathsAsWritten: true where the service takes these for other paths`,
    }),
  ];
}
