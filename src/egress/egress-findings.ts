import { compareConstructs } from '../core/construct-path';
import type { Finding } from '../errors/finding';
import { MeshError } from '../errors/mesh-error';
import { misplacedSecrets } from '../ingress/made-secrets';
import type { NamedSecret } from '../ingress/made-secrets';
import type { EgressLockdown } from './egress-lockdown';
import type { ClusterEgress } from './egress-program';
import type { EgressRoute } from './egress-route';
import type { ExternalService } from './external-service';

/** What of the way out cannot work as the program says it. */
export function egressFindings(egress: ClusterEgress): Finding[] {
  const own = egress.services.filter(({ isNamed }) => !isNamed);
  return [
    ...own.flatMap((service) => hiddenAtHome(egress, service)),
    ...egress.lockdownsInOrder.flatMap(undeclaredThere),
    ...egress.routes.flatMap((route) => [...unknownCallers(route), ...hiddenFromCallers(egress, route), ...undeclaredToCallers(route)]),
    ...ledTogether(egress),
    ...own.flatMap(unreadSecret),
    ...misplacedSecrets(egress.routes.flatMap(secretAtGateway)),
    ...sharedPorts(own),
  ];
}

function unknownCallers(route: EgressRoute): readonly Finding[] {
  try {
    route.identifyCallers();
    return [];
  } catch (error) {
    if (MeshError.isMeshError(error)) return error.findings;
    throw error;
  }
}

/** A service that no lockdown leaves open was forgotten; one that is for other namespaces is left open there. */
function hiddenAtHome(egress: ClusterEgress, service: ExternalService): Finding[] {
  const lockdown = egress.lockdownOf(service.namespace);
  if (lockdown === undefined || !service.visibility.includes(service.namespace) || egress.isAllowedAnywhere(service)) return [];
  return [
    {
      code: 'hidden-host',
      construct: service.node.path,
      property: 'host',
      got: `${service.host}, which ${lockdown.node.path} hides from pods of the namespace ${service.namespace}, and none leaves open`,
      expected: 'a host that somebody may call',
      fix: 'name it in allow of the EgressLockdown',
    },
  ];
}

function hiddenFromCallers(egress: ClusterEgress, route: EgressRoute): Finding[] {
  return route.callerNamespaces.flatMap((namespace) => {
    const lockdown = egress.lockdownOf(namespace);
    if (lockdown === undefined || lockdown.allows(route.to)) return [];
    return [
      {
        code: 'hidden-host',
        construct: route.node.path,
        property: 'allowFrom',
        got: `callers in the namespace ${namespace}, from which ${lockdown.node.path} hides ${route.to.host}`,
        expected: 'callers that may call the host',
        fix: 'name it in allow of the EgressLockdown, or take the callers out',
      },
    ];
  });
}

/** What a namespace's list leaves open, and the namespace does not know of. */
function undeclaredThere(lockdown: EgressLockdown): Finding[] {
  if (lockdown.isMeshWide) return [];
  return lockdown.allowed.flatMap((service) => {
    if (service.visibility.includes(lockdown.namespace)) return [];
    return [
      {
        code: 'hidden-host',
        construct: lockdown.node.path,
        property: 'allow',
        got: `${service.host}, which ${service.node.path} does not declare to the namespace ${lockdown.namespace}`,
        expected: 'a host that the namespace knows',
        fix: `add the namespace to exportTo of ${service.node.path}`,
      },
    ];
  });
}

/** Callers would go past the gateway, or nowhere: their proxies know neither the host nor its routes. */
function undeclaredToCallers(route: EgressRoute): Finding[] {
  return route.callerNamespaces.flatMap((namespace) => {
    if (route.to.visibility.includes(namespace)) return [];
    return [
      {
        code: 'hidden-host',
        construct: route.node.path,
        property: 'allowFrom',
        got: `callers in the namespace ${namespace}, to which ${route.to.node.path} does not declare ${route.to.host}`,
        expected: 'callers that know the host',
        fix: `add the namespace to exportTo of ${route.to.node.path}, or take the callers out`,
      },
    ];
  });
}

/** A gateway sees what is led through it, and then two services of one host, each of which is for other namespaces. */
function ledTogether(egress: ClusterEgress): Finding[] {
  return [...egress.services].sort(compareConstructs).flatMap((service) => {
    const rival = egress.rivalOf(service);
    return rival === undefined || compareConstructs(service, rival) < 0 ? [] : [secondOwner(service, rival)];
  });
}

/** Istio leaves out TLS that a sidecar has no leave to read the Secret of: plain text would go to the port for TLS. */
function unreadSecret(service: ExternalService): Finding[] {
  const { secretName, hasGateway, node } = service;
  if (secretName === undefined || hasGateway) return [];
  return [
    {
      code: 'unread-secret',
      construct: node.path,
      property: 'ports',
      got: `TLS with the Secret ${secretName}, which sidecars cannot read`,
      expected: 'a way through an egress gateway, or certificates in files',
      fix: 'add an EgressRoute, or mount the certificates into the pods and give their paths',
    },
  ];
}

/** The gateway's proxies read Secrets of their own namespace. */
function secretAtGateway({ to, gateway }: EgressRoute): NamedSecret[] {
  const { secretName } = to;
  return secretName === undefined ? [] : [{ owner: to, property: 'ports', name: secretName, namespace: gateway.namespace }];
}

/** Plain TCP names no host: of two services on one port, proxies would see one. */
function sharedPorts(services: readonly ExternalService[]): Finding[] {
  const owners = new Map<number, ExternalService[]>();
  const findings: Finding[] = [];
  for (const service of [...services].sort(compareConstructs)) {
    for (const [index, { port, protocol, seenAs }] of service.ports.entries()) {
      if (seenAs !== 'bytes') continue;
      const others = owners.get(port) ?? [];
      owners.set(port, [...others, service]);
      const other = others.find((each) => each.visibility.overlaps(service.visibility) && isToldAs(each, service));
      if (other === undefined) continue;
      findings.push({
        code: 'port-not-told-apart',
        construct: service.node.path,
        property: `ports[${index}]`,
        got: `${protocol} on port ${port}, on which ${other.node.path} is, too`,
        expected: 'addresses that tell the two from each other: such traffic names no host',
        fix: 'give each of them the addresses that callers connect to',
      });
    }
  }
  return findings;
}

/** Without addresses, or by the same one. */
function isToldAs({ addresses }: ExternalService, other: ExternalService): boolean {
  if (addresses.length === 0 || other.addresses.length === 0) return addresses.length === other.addresses.length;
  return addresses.some((address) => other.addresses.includes(address));
}

/** Two that say what one host is. */
export function secondOwner(service: ExternalService, owner: ExternalService): Finding {
  return {
    code: 'second-owner',
    construct: service.node.path,
    property: 'host',
    got: `${service.host}, which ${owner.node.path} stands for, too`,
    expected: 'one ExternalService for each host',
    fix: 'make it once, with all its ports, and hand it on; or declare each to namespaces of its own: exportTo',
  };
}
