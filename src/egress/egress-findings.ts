import { compareConstructs } from '../core/construct-path';
import type { Finding } from '../errors/finding';
import { MeshError } from '../errors/mesh-error';
import type { ClusterEgress } from './egress-program';
import type { EgressRoute } from './egress-route';
import type { ExternalService } from './external-service';

/** What of the way out cannot work as the program says it. */
export function egressFindings(egress: ClusterEgress): Finding[] {
  const own = egress.services.filter(({ isNamed }) => !isNamed);
  return [
    ...own.flatMap((service) => hiddenAtHome(egress, service)),
    ...egress.routes.flatMap((route) => [...unknownCallers(route), ...hiddenFromCallers(egress, route)]),
    ...own.flatMap(unreadSecret),
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
  if (lockdown === undefined || egress.isAllowedAnywhere(service)) return [];
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
      expected: 'a way through an egress gateway, or a certificate in files',
      fix: 'add an EgressRoute, or mount the certificate: TlsOrigination.mutual({ clientCertificate, privateKey })',
    },
  ];
}

/** Plain TCP names no host: of two services on one port, proxies would see one. */
function sharedPorts(services: readonly ExternalService[]): Finding[] {
  const owners = new Map<number, ExternalService>();
  const findings: Finding[] = [];
  const untold = services.filter(({ addresses }) => addresses.length === 0).sort(compareConstructs);
  for (const service of untold) {
    for (const [index, { port, protocol, seenAs }] of service.ports.entries()) {
      if (seenAs !== 'bytes') continue;
      const other = owners.get(port);
      if (other === undefined) owners.set(port, service);
      else {
        findings.push({
          code: 'port-not-told-apart',
          construct: service.node.path,
          property: `ports[${index}]`,
          got: `${protocol} on port ${port}, on which ${other.node.path} is, too`,
          expected: 'addresses that tell the two from each other: such traffic names no host',
          fix: 'give one of them the addresses that callers connect to',
        });
      }
    }
  }
  return findings;
}
