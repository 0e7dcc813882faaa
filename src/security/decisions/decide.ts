import { isJsonObject } from '../../rules/json';
import type { Json, JsonObject } from '../../rules/json';
import { modeOf } from '../mtls/mtls-mode';
import type { MtlsMode } from '../mtls/mtls-mode';
import { remoteAddress } from './addresses';
import { applyingPolicies } from './applying-policies';
import type { PlainPolicy, PlainRequest, Pods, Policies } from './plain-policies';
import { comparedPath } from './request-paths';
import { ruleFits } from './rule-matches';
import type { SeenRequest } from './rule-matches';
import { checkTokens } from './tokens';
import { isTrue } from './truth';
import type { Truth } from './truth';

/** What decides on a request. */
export interface Deciding {
  readonly kind: 'AuthorizationPolicy' | 'PeerAuthentication' | 'RequestAuthentication';
  readonly policy: PlainPolicy;
  /** Which of its rules; undefined where the policy as a whole does: nothing of it fits. */
  readonly rule?: number;
}

/** Whether a request is let in, and by what. */
export interface Verdict {
  /** Undefined where it hangs on what was not said. */
  readonly isAllowed: boolean | undefined;
  /** What the caller sees of a refusal: a status, or a connection that is cut. Of an authorizer that refuses, it is its own. */
  readonly refusal?: 401 | 403 | 'cut' | 'of the authorizer';
  /** In words, such as `denied` or `nothing grants it`. */
  readonly why: Why;
  readonly by: readonly Deciding[];
  /** What would have to be said for a decision. */
  readonly missing: readonly string[];
}

/** Why a decision is what it is. */
export type Why =
  | 'granted'
  | 'open'
  | 'denied'
  | 'not granted'
  | 'plain text'
  | 'mutual TLS'
  | 'no certificate'
  | 'other trust domain'
  | 'wrong token'
  | 'token for others'
  | 'authorizer'
  | 'no such authorizer'
  | 'several authorizers'
  | 'unsaid';

/**
 * Decides on a request by Istio's order: mutual TLS, then external authorizers, then tokens, then what denies, then what allows.
 *
 * @see https://istio.io/latest/docs/concepts/security/#implicit-enablement
 */
export function decide(policies: Policies, pods: Pods, given: PlainRequest): Verdict {
  const mode = modeOf(policies.peerAuthentications, policies.mesh.rootNamespace, pods, given.port);
  // a proxy that takes plain text only does not see who shows what
  const request: PlainRequest = mode === 'DISABLE' && !pods.isGateway && given.sees === 'bytes' && given.caller.speaks === 'mtls' ? { ...given, caller: { speaks: 'tls' } } : given;
  const cut = decideOnConnection(policies, pods, request, mode);
  if (cut !== undefined) return cut;
  const { rootNamespace } = policies.mesh;
  const all = applyingPolicies(policies.authorizationPolicies, pods, rootNamespace);
  const applying = all.filter((policy) => !isTriedOut(policy));
  const authentications = applyingPolicies(policies.requestAuthentications, pods, rootNamespace);
  const rules = authentications.flatMap(({ spec }) => listOf(spec['jwtRules']).filter(isJsonObject));
  const refusal = request.sees === 'bytes' ? 'cut' : 403;

  const unsaid: string[] = [];
  const hanging = (truth: Truth): void => void (typeof truth === 'boolean' || unsaid.push(...truth.missing));

  const asked = authorizers(policies, all, seen(policies, pods, request, { claims: undefined, headers: request.headers }), request);
  hanging(asked.hanging);
  if (asked.verdict !== undefined) return asked.verdict;

  const tokens = request.sees === 'bytes' ? { claims: undefined, headers: request.headers } : checkTokens(rules, request);
  if (tokens === undefined) return undecided(['token']);
  if (tokens.refused !== undefined) {
    return verdict(false, tokens.refused === 403 ? 'token for others' : 'wrong token', authentications.map((policy) => ({ kind: 'RequestAuthentication', policy })), tokens.refused);
  }

  const asSeen = seen(policies, pods, request, tokens);
  const denials = fits(applying, 'DENY', asSeen);
  const denied = denials.find(({ truth }) => truth === true);
  if (denied !== undefined) return verdict(false, 'denied', [denied.by], refusal);
  for (const { truth } of denials) hanging(truth);

  const closing = applying.filter(({ spec }) => actionOf(spec) === 'ALLOW');
  const grants = fits(applying, 'ALLOW', asSeen);
  const granted = grants.find(({ truth }) => truth === true);
  if (closing.length > 0 && grants.every(({ truth }) => truth === false)) return verdict(false, 'not granted', closing.map((policy) => ({ kind: 'AuthorizationPolicy', policy })), refusal);
  if (closing.length > 0 && granted === undefined) for (const { truth } of grants) hanging(truth);
  if (unsaid.length > 0) return undecided(unsaid);
  return granted === undefined ? verdict(true, 'open', []) : verdict(true, 'granted', [granted.by]);
}

/** Whether the connection comes to stand at all; a gateway has its own TLS. */
function decideOnConnection({ mesh, peerAuthentications }: Policies, pods: Pods, { caller, sees, port }: PlainRequest, mode: MtlsMode): Verdict | undefined {
  if (pods.isGateway) return undefined;
  const by = (): Deciding[] => decidingPeer(applyingPolicies(peerAuthentications, pods, mesh.rootNamespace), port);
  if (caller.speaks === 'plain text') return mode === 'STRICT' ? verdict(false, 'plain text', by(), 'cut') : undefined;
  // where plain text is taken, TLS is bytes like others
  if (caller.speaks === 'tls') return mode === 'STRICT' || sees === 'requests' ? verdict(false, 'no certificate', by(), 'cut') : undefined;
  if (mode === 'DISABLE') return verdict(false, 'mutual TLS', by(), 'cut');
  const known = [...mesh.trustDomains, ...mesh.federated];
  return mesh.takesAllTrustDomains === true || known.includes(caller.principal.split('/', 1)[0] ?? '') ? undefined : verdict(false, 'other trust domain', [], 'cut');
}

/** The narrowest policy that says a mode. */
function decidingPeer(applying: readonly PlainPolicy[], port: number): Deciding[] {
  const isSaid = (mtls: Json | undefined): boolean => isJsonObject(mtls) && typeof mtls['mode'] === 'string' && mtls['mode'] !== 'UNSET';
  const isNarrow = ({ spec }: PlainPolicy): number => (isJsonObject(spec['selector']) ? 0 : 1);
  const said = applying.filter(({ spec }) => isSaid(spec['mtls']) || (isJsonObject(spec['portLevelMtls']) && isSaid(spec['portLevelMtls'][String(port)])));
  // of the mesh first, as they come
  return said.reverse().sort((a, b) => isNarrow(a) - isNarrow(b)).slice(0, 1).map((policy) => ({ kind: 'PeerAuthentication', policy }));
}

interface Asked {
  readonly verdict?: Verdict;
  readonly hanging: Truth;
}

/**
 * What external authorizers say to a request. Of one that there is not, and of several where only one may be asked, Istio refuses what
 * they would be asked about; those that are only tried out are counted, too.
 */
function authorizers({ mesh }: Policies, applying: readonly PlainPolicy[], asSeen: SeenRequest, request: PlainRequest): Asked {
  const found = fits(applying, 'CUSTOM', asSeen).map((fit) => ({ ...fit, name: providerOf(fit.by.policy.spec) }));
  const names = new Set(applying.filter(({ spec }) => actionOf(spec) === 'CUSTOM').map(({ spec }) => providerOf(spec)));
  const isOne = names.size === 1 || mesh.asksSeveral === true;
  const missing: string[] = [];
  for (const { truth, by, name } of found) {
    const kind = Object.hasOwn(mesh.authorizers, name) ? mesh.authorizers[name] : undefined;
    if (truth === false || (isOne && kind === 'http' && request.sees === 'bytes')) continue;
    if (isTriedOut(by.policy)) {
      // some releases pass over it, and others refuse what fits
      missing.push(`a release of Istio: what comes of ${by.policy.namespace}/${by.policy.name}, a CUSTOM that is only tried out`);
      continue;
    }
    const answer = Object.hasOwn(request.authorizers, name) ? request.authorizers[name] : undefined;
    const isAsked = isOne && kind !== undefined;
    if (isAsked && answer === 'allows') continue;
    if (truth !== true) missing.push(...truth.missing);
    else if (!isAsked) return { verdict: verdict(false, kind === undefined ? 'no such authorizer' : 'several authorizers', [by], request.sees === 'bytes' ? 'cut' : 403), hanging: false };
    else if (answer === 'refuses') return { verdict: verdict(false, 'authorizer', [by], request.sees === 'bytes' ? 'cut' : 'of the authorizer'), hanging: false };
    else missing.push(`authorizers: what ${name} answers`);
  }
  return { hanging: missing.length === 0 ? false : { missing } };
}

interface Fit {
  readonly truth: Truth;
  readonly by: Deciding;
}

function fits(policies: readonly PlainPolicy[], action: string, request: SeenRequest): Fit[] {
  return policies
    .filter(({ spec }) => actionOf(spec) === action)
    .flatMap((policy) => {
      const { spec, namespace } = policy;
      return listOf(spec['rules']).map((rule, index): Fit => ({ truth: ruleFits(isJsonObject(rule) ? rule : {}, { namespace, isGrant: action === 'ALLOW' }, request), by: { kind: 'AuthorizationPolicy', policy, rule: index } }));
    });
}

function seen({ mesh }: Policies, { isGateway, trustedProxies = mesh.trustedProxies }: Pods, request: PlainRequest, { claims, headers }: Pick<SeenRequest, 'claims' | 'headers'>): SeenRequest {
  const { caller, sees, port, method, path, host, sourceIp, destinationIp, sni } = request;
  const forwardedFor = request.headers['x-forwarded-for'];
  return {
    sees,
    principal: caller.speaks === 'mtls' ? caller.principal : undefined,
    port,
    method,
    path: comparedPath(path, mesh.pathNormalization),
    fullPath: path,
    host,
    headers,
    claims,
    sourceIp,
    remoteIp: request.remoteIp ?? (sees === 'bytes' ? sourceIp : remoteAddress({ sourceIp, forwardedFor, trustedProxies, isGateway })),
    destinationIp,
    // to a gateway, whoever is not known may speak TLS all the same
    sni: caller.speaks === 'plain text' && !isGateway ? '' : sni,
    trustDomains: mesh.trustDomains,
  };
}

function isTriedOut({ annotations }: PlainPolicy): boolean {
  return isTrue(annotations['istio.io/dry-run']);
}

function actionOf(spec: JsonObject): string {
  return typeof spec['action'] === 'string' ? spec['action'] : 'ALLOW';
}

function providerOf({ provider }: JsonObject): string {
  return isJsonObject(provider) && typeof provider['name'] === 'string' ? provider['name'] : '';
}

function verdict(isAllowed: boolean, why: Why, by: readonly Deciding[], refusal?: Verdict['refusal']): Verdict {
  return { isAllowed, why, by, missing: [], ...(refusal === undefined ? {} : { refusal }) };
}

function undecided(missing: readonly string[]): Verdict {
  return { isAllowed: undefined, why: 'unsaid', by: [], missing: [...new Set(missing)].sort() };
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
