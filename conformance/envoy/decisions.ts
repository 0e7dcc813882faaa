import type { JudgeRow } from '../runner/judge';
import type { PlainRequest, Pods, Policies } from '../../src/security/decisions/plain-policies';
import { decide } from '../../src/security/decisions/decide';
import type { Verdict } from '../../src/security/decisions/decide';
import { policiesOfManifests, trustedProxiesOf } from '../../src/security/decisions/policies-of-manifests';
import type { JsonObject as Manifest } from '../../src/rules/json';
import type { Case, Check, Hop } from './case';
import { podOf, proxyOf } from './hops';
import type { JsonObject } from './json';
import type { Observation } from './outcome';
import { asksForMeshTls, portSees } from './port-sees';
import { tokenReader } from './read-token';
import { workloadsOf } from './workloads';

/** Of fewer requests, all may come out the same by right. */
const ENOUGH = 100;

/**
 * What the library decides on the requests of the cases, and what Envoy did. Every request is compared that comes to pods with
 * policies, or to a gateway that has some, whatever its case is about.
 */
export class Decisions {
  private readonly kinds = new Map<string, number>();
  private readonly wrong: string[] = [];
  private compared = 0;
  /** With the policies of the control in the place of the case's own. */
  private swapped = 0;

  /**
   * In what the decision differs from what was observed, in a line; nothing when they are equal, or there is nothing to decide.
   *
   * @param answers of external authorizers. @default - not known: either will do
   */
  public compare(one: Case, manifests: readonly JsonObject[], check: Check, observation: Observation, answers?: PlainRequest['authorizers']): string[] {
    const asked = questionOf(one, manifests, check);
    const seen = asked === undefined ? undefined : outcomeOf(asked, observation);
    if (asked === undefined || seen === undefined) return [];
    this.compared += 1;
    this.kinds.set(seen, (this.kinds.get(seen) ?? 0) + 1);
    const difference = differs(asked, seen, answers);
    if (difference === undefined) return [];
    const line = `${check.what}: ${difference}`;
    this.wrong.push(`${one.name}, ${line}`);
    return [line];
  }

  /** The control of the comparison itself: decided by policies that were not in force, some requests must come out otherwise. */
  public compareSwapped(one: Case, others: readonly JsonObject[], check: Check, observation: Observation, answers?: PlainRequest['authorizers']): void {
    const asked = questionOf(one, others, check);
    const seen = asked === undefined ? undefined : outcomeOf(asked, observation);
    if (asked !== undefined && seen !== undefined && differs(asked, seen, answers) !== undefined) this.swapped += 1;
  }

  public row(): JudgeRow {
    const kinds = [...this.kinds].sort().map(([kind, count]) => `${count} ${kind}`).join(', ');
    const noControl = this.compared >= ENOUGH && this.swapped === 0 ? ['with the policies of the controls all comes out the same: the comparison sees nothing'] : [];
    const details = [...this.wrong, ...noControl];
    return {
      name: 'decisions: every request of the cases, by the library and by Envoy',
      agree: this.compared - this.wrong.length,
      disagree: details.length,
      skipped: 0,
      note: `${this.compared} requests: ${kinds}; control: by the policies of the other side, ${this.swapped} come out otherwise`,
      ...(details.length === 0 ? {} : { details }),
      seconds: 0,
    };
  }
}

/** What is to be decided. */
export interface Question {
  readonly policies: Policies;
  readonly pods: Pods;
  readonly request: PlainRequest;
}

/** What Envoy did, as far as policies decide on it. */
export type Seen = 'let in' | '401' | '403' | 'cut';

/** In what a decision differs from what was seen. Of an authorizer whose answer is not known, either will do: its reasons are its own. */
export function differs({ policies, pods, request }: Question, seen: Seen, known?: PlainRequest['authorizers']): string | undefined {
  const names = Object.keys(policies.mesh.authorizers);
  const possible = known === undefined ? (['allows', 'refuses'] as const).map((answer) => Object.fromEntries(names.map((name) => [name, answer]))) : [known];
  const answers = possible.map((authorizers) => decide(policies, pods, { ...request, authorizers }));
  if (answers.some((verdict) => fits(verdict, seen, known !== undefined))) return undefined;
  return `decided ${answers.map(words).filter((text, index, all) => all.indexOf(text) === index).join(' or ')}, and Envoy: ${seen}`;
}

/** An authorizer that is known to refuse does so with 403. */
function fits({ isAllowed, refusal }: Verdict, seen: Seen, isKnown: boolean): boolean {
  if (isAllowed === undefined) return false;
  if (refusal === 'of the authorizer') return isKnown ? seen === '403' : true;
  return seen === (isAllowed ? 'let in' : String(refusal));
}

function words({ isAllowed, refusal, why, by, missing }: Verdict): string {
  if (isAllowed === undefined) return `nothing, as it hangs on ${missing.join(', ')}`;
  const policies = by.map(({ policy, rule }) => `${policy.namespace}/${policy.name}${rule === undefined ? '' : `[${rule}]`}`).join(', ');
  return `${isAllowed ? 'let in' : String(refusal)} (${why}${policies === '' ? '' : ` by ${policies}`})`;
}

function questionOf(one: Case, manifests: readonly JsonObject[], check: Check): Question | undefined {
  const { first, second } = one.through;
  const { request: asked, times = 1, as, stranger = false, down } = check;
  // what iptables or a load balancer tell is not what policies are compared with in a scene
  if (first.direction === 'outbound' || second !== undefined || times > 1 || stranger || asked.proxied !== undefined || down !== undefined) return undefined;
  const [policies] = policiesOfManifests(manifests.map((manifest) => ({ manifest: manifest as Manifest })));
  if (policies === undefined) return undefined;
  const pods = podsOf(first, manifests, one);
  const { protocol = 'http/1.1', method = protocol === 'grpc' ? 'POST' : 'GET', host = '', path = '/', headers = {}, sni = host.split(':')[0] ?? '' } = asked;
  const isGateway = first.direction === 'gateway';
  if (isGateway && !hasPolicies(policies, pods)) return undefined;
  const isPlain = isGateway && !asksForMeshTls(first.port, manifests);
  // whom a gateway's own TLS turns away is before all policies
  if (isGateway && !isPlain && (as === undefined || as === 'anonymous')) return undefined;
  const request: PlainRequest = {
    caller: as === undefined || isPlain ? { speaks: 'plain text' } : as === 'anonymous' ? { speaks: 'tls' } : { speaks: 'mtls', principal: as },
    port: first.port,
    sees: portSees(first, pods, manifests, protocol),
    method,
    path,
    host,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    sourceIp: '127.0.0.1',
    remoteIp: undefined,
    destinationIp: '127.0.0.1',
    // without TLS there is none
    sni: as === undefined ? '' : sni,
    token: undefined,
    read: tokenReader,
    authorizers: {},
  };
  return { policies, pods, request };
}

function podsOf(hop: Hop, manifests: readonly JsonObject[], one: Case): Pods {
  const workloads = workloadsOf(manifests, false, one.pods);
  const { namespace, labels, proxyConfig } = podOf(workloads, hop) ?? proxyOf(hop, workloads);
  const trustedProxies = trustedProxiesOf(proxyConfig);
  return { namespace, labels, isGateway: hop.direction === 'gateway', ...(trustedProxies !== undefined && { trustedProxies }) };
}

function hasPolicies({ mesh, authorizationPolicies, requestAuthentications }: Policies, { namespace }: Pods): boolean {
  return [...authorizationPolicies, ...requestAuthentications].some((policy) => policy.namespace === namespace || policy.namespace === mesh.rootNamespace);
}

/** Undefined where something else than a policy may have ended it. */
function outcomeOf({ request, pods }: Question, { response, upstreams }: Observation): Seen | undefined {
  const isFromUpstream = [...upstreams.values()].some(({ arrived }) => arrived > 0);
  // a gateway cuts off whoever asks for a host in TLS that it does not serve
  if (response?.status === undefined && pods.isGateway && request.sees === 'requests') return undefined;
  if (response?.status === undefined) return request.caller.speaks === 'plain text' && request.sees === 'requests' && isFromUpstream ? undefined : 'cut';
  // refused before any policy is asked
  if (response.status === 400) return undefined;
  if (response.status === 401 || response.grpcStatus === 16) return '401';
  return response.status === 403 || response.grpcStatus === 7 ? '403' : 'let in';
}
