import { Cluster } from '../../core/cluster';
import { meshError } from '../../errors/mesh-error';
import { refuse, requireKeys, within } from '../../traffic/rules/refuse';
import type { Place } from '../../traffic/rules/refuse';
import type { PolicyTarget, ServiceSubject } from '../access/policy-target';
import { modeOf } from '../mtls/mtls-mode';
import { AccessDecision } from './access-decision';
import type { CalledPort } from './called-port';
import { decide } from './decide';
import type { Verdict } from './decide';
import type { PlainRequest, Pods, Policies } from './plain-policies';
import type { ProgramView } from './program-view';
import { FACTS, checkedFacts, checkedMethod, checkedPath } from './request-facts';
import type { CheckedFacts, RequestFacts } from './request-facts';
import { decidingRules } from './sentences';

/** A request of any method. */
export interface AnyRequest extends RequestFacts {
  /** @default 'GET' */
  readonly method?: string;
  /** With its query. @default '/' */
  readonly path?: string;
}

/** Who calls what. @internal */
export interface Call {
  readonly target: PolicyTarget;
  /** Undefined for whoever has no identity. */
  readonly principal: string | undefined;
  /** Whether a proxy speaks for its pods; several where they are not alike. Without one, nobody shows who it is. */
  readonly hasProxy: readonly boolean[];
  readonly port: CalledPort;
}

/** What a decision is made for. */
interface World {
  readonly policies: Policies;
  readonly pods: Pods;
  readonly caller: PlainRequest['caller'];
}

/**
 * Calls from one caller to some pods. Every method decides on one request, and throws a MeshError where that hangs on what was not
 * said: on an address, say, which no program tells.
 */
export class CallAccess {
  /** @internal */
  public constructor(
    private readonly view: ProgramView,
    private readonly call: Call,
  ) {}

  /** Decides on a GET. @throws MeshError */
  public get(path = '/', facts: RequestFacts = {}): AccessDecision {
    return this.ask('get', 'GET', path, facts);
  }

  /** Decides on a HEAD. @throws MeshError */
  public head(path = '/', facts: RequestFacts = {}): AccessDecision {
    return this.ask('head', 'HEAD', path, facts);
  }

  /** Decides on a POST. @throws MeshError */
  public post(path = '/', facts: RequestFacts = {}): AccessDecision {
    return this.ask('post', 'POST', path, facts);
  }

  /** Decides on a PUT. @throws MeshError */
  public put(path = '/', facts: RequestFacts = {}): AccessDecision {
    return this.ask('put', 'PUT', path, facts);
  }

  /** Decides on a PATCH. @throws MeshError */
  public patch(path = '/', facts: RequestFacts = {}): AccessDecision {
    return this.ask('patch', 'PATCH', path, facts);
  }

  /** Decides on a DELETE. @throws MeshError */
  public delete(path = '/', facts: RequestFacts = {}): AccessDecision {
    return this.ask('delete', 'DELETE', path, facts);
  }

  /** Decides on an OPTIONS. @throws MeshError */
  public options(path = '/', facts: RequestFacts = {}): AccessDecision {
    return this.ask('options', 'OPTIONS', path, facts);
  }

  /** Decides on a request of any method; a call of gRPC is a POST to `/package.Service/Method`. @throws MeshError */
  public request(request: AnyRequest): AccessDecision {
    const place = this.place('request');
    requireKeys(place, request, ['method', 'path', ...FACTS]);
    const { method = 'GET', path = '/', ...facts } = request;
    return this.ask('request', method, path, facts);
  }

  /** Decides on a connection to a port that carries bytes. @throws MeshError for a port that carries requests, too. */
  public connect(facts: Pick<RequestFacts, 'sourceIp' | 'remoteIp' | 'destinationIp' | 'sni' | 'authorizers'> = {}): AccessDecision {
    const { number, sees } = this.call.port;
    if (sees === 'requests') throw refuse(this.place('connect'), 'port-of-requests', `port ${number}, whose traffic a proxy reads as requests`, 'a port that carries bytes', 'ask for a request: get, post, …');
    return this.decide('connect', 'bytes', { method: '', path: '' }, checkedFacts(this.place('connect'), facts));
  }

  private ask(method: string, verb: string, path: string, facts: RequestFacts): AccessDecision {
    const place = this.place(method);
    const asked = { method: checkedMethod(within(place, 'method'), verb), path: checkedPath(within(place, 'path'), path) };
    return this.decide(method, 'requests', asked, checkedFacts(place, facts));
  }

  private place(method: string): Place {
    return { construct: this.call.target.scope.node.path, property: method };
  }

  private decide(asked: string, sends: 'requests' | 'bytes', request: { readonly method: string; readonly path: string }, facts: CheckedFacts): AccessDecision {
    const { target, port } = this.call;
    const sees = port.sees === 'either' ? sends : port.sees;
    const decided = this.worlds().map(({ policies, pods, caller }) => {
      const plain: PlainRequest = {
        ...request,
        caller,
        port: port.number,
        sees,
        host: facts.host ?? hostOf(target, port.number),
        headers: facts.headers,
        sourceIp: facts.sourceIp,
        remoteIp: facts.remoteIp,
        destinationIp: facts.destinationIp,
        sni: facts.sni,
        token: facts.token,
        authorizers: facts.authorizers,
      };
      return { policies, pods, plain, verdict: decide(policies, pods, plain) };
    });
    const [first] = decided;
    const verdict = first === undefined ? undefined : agreed(decided.map((each) => each.verdict));
    if (first === undefined || verdict === undefined || verdict.isAllowed === undefined) throw this.undecided(asked, verdict?.missing ?? []);
    const { namespace, name, of } = target;
    return new AccessDecision({
      isAllowed: verdict.isAllowed,
      refusal: verdict.refusal,
      why: verdict.why,
      rules: decidingRules(this.view, target, first),
      asked: `${sees === 'bytes' ? 'a connection' : `${request.method} ${request.path}`} of ${this.callerText()} to ${of} ${namespace}/${name}:${port.number}`,
    });
  }

  /** Pods that it may come to and from, and how their mesh may be configured: for each of these a decision is made. */
  private worlds(): readonly World[] {
    const { target, hasProxy } = this.call;
    const { scope, namespace, selector, of } = target;
    const cluster = Cluster.pathOf(scope);
    const called: Pods = { namespace, labels: selector?.() ?? {}, isGateway: of === 'gateway' };
    return this.view.of(cluster, Cluster.factsOf(scope).trustDomain).flatMap((policies) =>
      this.view.pods(policies, cluster, called).flatMap((pods) => hasProxy.map((isOfMesh) => ({ policies, pods, caller: this.speaks(policies, pods, isOfMesh) }))),
    );
  }

  /** Whoever is in the mesh speaks what the pods take. */
  private speaks({ peerAuthentications, mesh }: Policies, pods: Pods, isOfMesh: boolean): PlainRequest['caller'] {
    const { principal, port } = this.call;
    const isPlain = !isOfMesh || (pods.isGateway ? !port.isMutual : modeOf(peerAuthentications, mesh.rootNamespace, pods, port.number) === 'DISABLE');
    return principal === undefined || isPlain ? { speaks: 'plain text' } : { speaks: 'mtls', principal };
  }

  private callerText(): string {
    const { principal, hasProxy } = this.call;
    return `${principal ?? 'somebody outside'}${hasProxy.includes(true) ? '' : ', whose pods have no proxy'}`;
  }

  private undecided(asked: string, missing: readonly string[]): Error {
    return meshError({
      code: 'undecided',
      construct: this.call.target.scope.node.path,
      property: asked,
      got: `a request that does not say all that rules ask for: ${missing.join('; ')}`,
      expected: 'what the decision hangs on',
      fix: fixFor(missing.map((each) => each.split(':')[0] ?? each)),
    });
  }
}

/** Of what is missing, some can be said with a request. */
function fixFor(missing: readonly string[]): string {
  const said = missing.filter((each) => FACTS.includes(each as keyof RequestFacts));
  return said.length === 0 ? 'ask for a request that does not hang on it, or change what does' : `say it with the request: ${said.join(', ')}`;
}

const DIFFERENT: Verdict = { isAllowed: undefined, why: 'unsaid', by: [], missing: ['which of the pods it comes to or from: policies, or proxies, are not the same for all of them'] };

/** Where pods are not alike, it hangs on which of them the request comes to. */
function agreed(verdicts: readonly Verdict[]): Verdict | undefined {
  const [first] = verdicts;
  return verdicts.every(({ isAllowed, refusal }) => isAllowed === first?.isAllowed && refusal === first?.refusal) ? first : (verdicts.find(({ isAllowed }) => isAllowed === undefined) ?? DIFFERENT);
}

/** As callers in the mesh write it. */
function hostOf({ of, scope }: PolicyTarget, port: number): string | undefined {
  if (of !== 'service' || !('host' in scope)) return undefined;
  const { host, ports } = scope as unknown as ServiceSubject;
  const [only] = ports;
  const own = ports.length === 1 && only !== undefined ? only.port : port;
  return own === 80 ? host : `${host}:${own}`;
}
