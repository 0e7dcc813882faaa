import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Cluster } from '../core/cluster';
import { SynthSession } from '../core/synth-session';
import type { Finding } from '../errors/finding';
import { MeshError } from '../errors/mesh-error';
import { ingressForms } from './ingress-forms';
import type { OtherRoute } from './ingress-form';
import type { GatewayPlan } from './ingress-plan';

/** Routes that gateways are written in, by API group and kind. */
const KINDS = ['networking.istio.io VirtualService', 'gateway.networking.k8s.io HTTPRoute'];

/**
 * Refuses routes that the program writes itself for a host of an IngressRoute, at the same gateway: proxies would get both, in
 * the order of their age.
 */
export function refuseOtherRoutes(root: IConstruct, plans: readonly GatewayPlan[], made: ReadonlySet<ApiObject>): string[] {
  const findings = SynthSession.of(root).constructs().flatMap((construct) => {
    if (!ApiObject.isApiObject(construct) || made.has(construct)) return [];
    if (!KINDS.includes(`${construct.apiVersion.split('/')[0] ?? ''} ${construct.kind}`)) return [];
    return besideOurs(construct, plans);
  });
  if (findings.length > 0) throw new MeshError(findings);
  return [];
}

function besideOurs(object: ApiObject, plans: readonly GatewayPlan[]): Finding[] {
  const route = readRoute(object);
  if (route === undefined) return [];
  const cluster = Cluster.pathOf(object);
  const there = plans.filter(({ gateway }) => Cluster.pathOf(gateway) === cluster);
  const host = there.flatMap((plan) => ingressForms[plan.gateway.api].hostsBeside(plan, route))[0];
  if (host === undefined) return [];
  const { owner, gateway } = host.first;
  return [
    {
      code: 'second-owner',
      construct: object.node.path,
      property: object.kind === 'HTTPRoute' ? 'spec.hostnames' : 'spec.hosts',
      got: `${host.host} at the gateway ${gateway.name}, whose routes ${owner.node.path} has`,
      expected: 'one owner of a host: which of two objects goes first is a matter of their age',
      fix: 'say it by an IngressRoute, or patch what it makes by its virtualServiceObject',
    },
  ];
}

/** As far as it is what it should be; what else is in it, and what cannot be rendered, is a finding already. */
function readRoute(object: ApiObject): OtherRoute | undefined {
  try {
    const { metadata, spec } = object.toJson() as { readonly metadata?: { readonly namespace?: string }; readonly spec?: Readonly<Record<string, unknown>> };
    const hosts = spec?.['hosts'] ?? spec?.['hostnames'];
    return {
      kind: object.kind,
      namespace: metadata?.namespace ?? '',
      hosts: hosts === undefined ? undefined : listOf(hosts, (each) => typeof each === 'string'),
      gateways: listOf(spec?.['gateways'], (each) => typeof each === 'string'),
      parents: listOf(spec?.['parentRefs'], (each) => typeof each === 'object' && each !== null),
    };
  } catch {
    return undefined;
  }
}

function listOf<T>(given: unknown, isMember: (each: unknown) => boolean): readonly T[] {
  return Array.isArray(given) ? given.filter(isMember) : [];
}
