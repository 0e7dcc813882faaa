import type { IConstruct } from 'constructs';
import { Port } from '../core/port';
import type { Transport } from '../core/port';
import type { ValuePlace } from '../core/refusal';
import { manifestOf } from './manifest-of';

/** A port of a service, in Kubernetes' own words. */
export interface ServicePort {
  /** Number of the port, 1 to 65535. */
  readonly port: number;
  /**
   * Name of the port; its prefix tells Istio the protocol (`http`, `grpc-web`, `tcp-db`).
   * @default - none: Istio looks at the traffic to tell HTTP from TCP
   * @see https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
   */
  readonly name?: string | undefined;
  /**
   * What is spoken on the port, such as `http`, `grpc` or `kubernetes.io/h2c`; it counts more than the name.
   * @default - the protocol is told by the name
   */
  readonly appProtocol?: string | undefined;
  /**
   * What carries it; Istio has no say over UDP.
   * @default 'TCP'
   */
  readonly protocol?: Transport | undefined;
}

/** What a service's own manifest says. */
export interface ServiceFacts {
  readonly ports: readonly ServicePort[];
  /** Labels of the pods behind the service. */
  readonly selector: Readonly<Record<string, string>>;
  /** What the ports lead to in the pods, in the order of `ports`; undefined where it is the same port. */
  readonly targetPorts?: readonly (number | string | undefined)[];
}

/** Reads ports and pods off the manifest of a Kubernetes Service. */
export function readKubernetesService(service: IConstruct): ServiceFacts {
  const { spec } = (manifestOf(service) ?? {}) as {
    spec?: { ports?: (ServicePort & { readonly targetPort?: number | string })[]; selector?: Record<string, string> };
  };
  const given = spec?.ports ?? [];
  const ports = given.map(({ port, name, appProtocol, protocol }) => ({ port, name, appProtocol, protocol }));
  return { ports, selector: spec?.selector ?? {}, targetPorts: given.map(({ targetPort }) => targetPort) };
}

/**
 * The port as a value that says what Istio takes its traffic for.
 *
 * @throws MeshError when its number, name or protocol cannot be.
 */
export function portOf({ port, name, appProtocol, protocol }: ServicePort, place: ValuePlace): Port {
  return Port.of(
    {
      number: port,
      ...(name === undefined ? {} : { name }),
      ...(appProtocol === undefined ? {} : { appProtocol }),
      ...(protocol === undefined ? {} : { transport: protocol }),
    },
    place,
  );
}
