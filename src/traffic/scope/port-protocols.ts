import type { IConstruct } from 'constructs';
import { compareConstructs } from '../../core/construct-path';
import type { Port } from '../../core/port';
import { isObjectConstruct } from '../../core/references';
import { rootState } from '../../core/root-state';
import { closest } from '../../errors/closest';
import type { Finding } from '../../errors/finding';
import { MeshError } from '../../errors/mesh-error';
import { portOf } from '../kubernetes-service';
import type { MeshService } from '../mesh-service';

/** What Istio reads in `appProtocol`, and what it may have been meant for. */
const KNOWN = ['http', 'http2', 'https', 'grpc', 'grpc-web', 'tls', 'tcp', 'mongo', 'mysql', 'redis'];

/**
 * From now on, synthesis warns where rules of a service hang on what Istio makes of a connection's first bytes: a port that
 * says no protocol that Istio knows. Rules for ports that carry no HTTP at all are refused with the rules.
 *
 * @see https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
 */
export function judgeProtocols(service: MeshService): void {
  const judged = rootState(service, 'portProtocols', (root) => {
    const services = new Set<MeshService>();
    root.node.addValidation({ validate: () => judge([...services].sort(compareConstructs)) });
    return services;
  });
  judged.add(service);
}

function judge(services: readonly MeshService[]): string[] {
  const findings = services.filter(({ node }) => isOfProgram(node.scope)).flatMap(guessed);
  if (findings.length > 0) throw new MeshError(findings);
  return [];
}

/** A reference to a service of another program may leave out what its port is named. */
function isOfProgram(scope: IConstruct | undefined): boolean {
  return isObjectConstruct(scope) && scope.kind === 'Service';
}

function guessed(service: MeshService): Finding[] {
  const place = { construct: service.node.path, property: 'ports' };
  const ports = portsOf(service, place);
  // rules are for the port that says it
  if (ports.some(({ isHttp }) => isHttp)) return [];
  return ports.filter(({ transport, protocol }) => transport === 'TCP' && protocol === 'auto').map((port): Finding => {
    const { appProtocol } = port;
    const meant = appProtocol === undefined ? undefined : closest(appProtocol, KNOWN);
    return {
      code: 'protocol-guessed',
      severity: 'warning',
      ...place,
      got: `${appProtocol === undefined ? '' : `appProtocol "${appProtocol}" on `}port ${port.toString()}, whose protocol Istio guesses from the first bytes of each connection`,
      expected: 'a protocol that Istio knows: rules for requests hold only where it sees HTTP',
      fix: meant === undefined ? `say what is spoken: appProtocol: 'http', or a name such as "http${port.name === undefined ? '' : `-${port.name}`}"` : `did you mean "${meant}"?`,
    };
  });
}

/** A port that cannot be is a finding of its own. */
function portsOf(service: MeshService, place: { readonly construct: string; readonly property: string }): Port[] {
  try {
    return service.ports.map((port) => portOf(port, place));
  } catch (error) {
    if (MeshError.isMeshError(error)) return [];
    throw error;
  }
}
