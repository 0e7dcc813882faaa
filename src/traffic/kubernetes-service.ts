import type { ApiObject } from 'cdk8s';

/** A port of a service. */
export interface ServicePort {
  /** Number of the port, 1 to 65535. */
  readonly port: number;
  /**
   * Name of the port; its prefix tells Istio the protocol (`http`, `grpc-web`, `tcp-db`).
   * @default - none: Istio looks at the traffic to tell HTTP from TCP
   * @see https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
   */
  readonly name?: string | undefined;
}

/** What a service's own manifest says. */
export interface ServiceFacts {
  readonly ports: readonly ServicePort[];
  /** Labels of the pods behind the service. */
  readonly selector: Readonly<Record<string, string>>;
}

/** Reads ports and pods off the manifest of a Kubernetes Service. */
export function readKubernetesService(object: ApiObject): ServiceFacts {
  const { spec } = object.toJson() as { spec?: { ports?: ServicePort[]; selector?: Record<string, string> } };
  const ports = (spec?.ports ?? []).map(({ port, name }) => ({ port, name }));
  return { ports, selector: spec?.selector ?? {} };
}
