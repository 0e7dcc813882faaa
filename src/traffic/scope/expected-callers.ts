import type { IConstruct } from 'constructs';
import { SynthSession } from '../../core/synth-session';
import type { AccessSource } from '../../security/callers/access-caller';
import type { ProgramManifests } from './program-manifests';
import { labelsIn, listIn, objectIn, textIn, textsIn } from './reading';

/** Who is let in by name, and where: whoever was granted access is expected to make use of it. */
export interface ExpectedCaller {
  /** Principals and namespaces, as policies name them; an account of whatever trust domain begins with `/ns/`. */
  readonly principals: readonly string[];
  readonly namespaces: readonly string[];
  /** Pods that they are let in to; no labels where the policy is for services. */
  readonly pods: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> };
  /** Names of services of that namespace that they are let in to. */
  readonly services: readonly string[];
  /** Hosts outside, where the pods are an egress gateway's. */
  readonly hosts: readonly string[];
}

/** Grants of the program, read off its AuthorizationPolicies. A policy that lets everybody in names nobody. */
export function expectedCallers(manifests: ProgramManifests): ExpectedCaller[] {
  return manifests.of('security.istio.io/AuthorizationPolicy').flatMap(({ namespace, spec }) => {
    const labels = labelsIn(objectIn(spec, 'selector'), 'matchLabels');
    const services = listIn(spec, 'targetRefs').filter((target) => textIn(target, 'kind') === 'Service').flatMap((target) => textIn(target, 'name') ?? []);
    if ((textIn(spec, 'action') ?? 'ALLOW') !== 'ALLOW' || (Object.keys(labels).length === 0 && services.length === 0)) return [];
    return listIn(spec, 'rules').flatMap((rule) => {
      const sources = listIn(rule, 'from').map((from) => objectIn(from, 'source'));
      const named = (key: string): string[] => sources.flatMap((source) => textsIn(source, key)).filter((name) => !name.includes('*'));
      const accounts = named('serviceAccounts').map((account) => `/ns/${account.includes('/') ? account.replace('/', '/sa/') : `${namespace}/sa/${account}`}`);
      const caller = { principals: [...named('principals'), ...accounts], namespaces: named('namespaces') };
      const hosts = listIn(rule, 'when').filter((when) => textIn(when, 'key') === 'connection.sni').flatMap((when) => textsIn(when, 'values'));
      return caller.principals.length + caller.namespaces.length === 0 ? [] : [{ ...caller, pods: { namespace, labels }, services, hosts }];
    });
  });
}

const GATEWAY = Symbol.for('mesh-constructs.IngressGateway');

/** Principals of gateways, whose proxies see everything: a Sidecar is not for them. */
export function gatewayPrincipals(root: IConstruct): ReadonlySet<string> {
  const gateways = SynthSession.of(root).constructs().filter((construct): construct is AccessSource => GATEWAY in construct);
  return new Set(gateways.flatMap(({ principals }) => principals));
}

/** Namespace of a principal, such as `shop` of `cluster.local/ns/shop/sa/web`. */
export function namespaceOfPrincipal(principal: string): string | undefined {
  return /\/ns\/([^/]+)\/sa\/[^/]+$/.exec(principal)?.[1];
}
