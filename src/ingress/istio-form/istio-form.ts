import { namespaceOf } from '../../core/references';
import type { Finding } from '../../errors/finding';
import type { FormObject, IngressForm } from '../ingress-form';
import type { HostPlan } from '../ingress-plan';
import type { TlsSecret } from '../tls';
import { byPath, gatewayName, gatewayObject, serverGroups, serversNamespace } from './gateway-object';
import { hostObject } from './host-object';
import { tcpObjects } from './tcp-objects';

/** Gateways and their routes as Istio's own Gateway and VirtualService. */
export const istioForm: IngressForm = {
  findings: ({ hosts }) => hosts.flatMap(unreadSecrets),
  objects: (plan, current) => {
    const objects = new Map<string, FormObject>();
    for (const host of plan.hosts) {
      const make = hostObject(host, () => current().hostsByName.get(host.host) ?? host, current);
      objects.set(`host\n${host.host}`, { owner: host.first.scope, make, patchedBy: host.contributions.map((each) => each.virtualServiceObject) });
    }
    for (const [key, group] of serverGroups(plan)) {
      const first = group[0] as HostPlan;
      const make = gatewayObject(first, () => serverGroups(current()).get(key) ?? group);
      const contributions = group.flatMap((each) => each.contributions);
      objects.set(`servers\n${key}`, { owner: first.first.scope, make, patchedBy: byPath(contributions).map((each) => each.gatewayObject) });
    }
    for (const route of plan.tcp) for (const [key, object] of tcpObjects(route, current)) objects.set(`tcp ${key}\n${route.port}`, object);
    return objects;
  },
  hostsBeside: (plan, { kind, namespace, hosts, gateways }) => {
    if (kind !== 'VirtualService') return [];
    const named = gateways.map((each) => (each.includes('/') ? each : `${namespace}/${each}`));
    return plan.hosts.filter((host) => hosts?.includes(host.host) === true && named.includes(`${serversNamespace(host, plan)}/${gatewayName(host)}`));
  },
};

/** The proxies of a gateway are given Secrets of their own namespace, and no others. */
function unreadSecrets({ tls, contributions, first }: HostPlan): Finding[] {
  const { namespace } = first.gateway;
  const secrets = [tls.certificate?.kind === 'secret' ? tls.certificate.secret : undefined, tls.clientCa];
  const elsewhere = secrets.find((secret): secret is TlsSecret => secret?.construct !== undefined && namespaceOf(secret.construct) !== namespace);
  if (elsewhere?.construct === undefined) return [];
  const { construct, name } = elsewhere;
  return contributions.slice(0, 1).map(({ owner }) => ({
    code: 'unread-secret',
    construct: owner.node.path,
    property: 'tls',
    got: `the Secret ${name} (${construct.node.path}) of the namespace ${namespaceOf(construct) ?? '(none)'}`,
    expected: `a Secret in ${namespace}, where the pods of the gateway read theirs`,
    fix: `make it there: metadata: { namespace: '${namespace}' }`,
  }));
}
