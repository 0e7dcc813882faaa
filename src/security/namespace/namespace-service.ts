import { Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ServiceSpec } from '../../../imports/kubernetes/service';
import { badReference, isObjectConstruct, namespaceOf, requireSameCluster } from '../../core/references';
import type { ObjectConstruct } from '../../core/references';
import { Selector } from '../../core/selector';
import type { Labels } from '../../core/selector';
import { meshError } from '../../errors/mesh-error';
import { readWorkload } from '../../traffic/kubernetes-workload';
import type { ServicePort } from '../../traffic/kubernetes-service';
import { manifestPorts } from '../../traffic/service-ports';
import type { ManifestPort, NamespaceServicePort } from '../../traffic/service-ports';
import { containerPorts, labelsOfPods } from '../../traffic/workload-service';
import type { Known } from '../../core/unknown';
import type { TrafficApi } from '../../traffic/traffic-objects';

/** A service that a namespace makes: of one port, of several, or of the ports of a workload. */
export type NamespaceServiceProps = OnePortProps | SeveralPortsProps | WorkloadPortsProps;

/** What a service takes, whatever its ports. */
export interface NamespaceServicePods {
  /**
   * Versions that run of the service, told apart by the label `version` of their pods.
   * @default - none
   */
  readonly versions?: readonly Known<string>[];
  /**
   * Labels of the service's pods.
   * @default - the workload's, else `app` with the service's name
   */
  readonly selector?: Selector | Labels;
  /**
   * The workload behind the service, in the same namespace: a Deployment, a StatefulSet, a Pod, … of cdk8s-plus or an L1.
   * @default - none: pods are told by `selector`, and are to run as a ServiceAccount of the service's name
   */
  readonly workload?: ObjectConstruct;
  /**
   * The API that the service's rules and shares are written in: see {@link MeshServiceOptions.api}.
   * @default 'istio'
   */
  readonly api?: TrafficApi;
}

/** A service of one port. */
export interface OnePortProps extends NamespaceServicePods {
  /** Port of the service, 1 to 65535; pods listen on the same one unless `targetPort` says otherwise. */
  readonly port: Known<number>;
  /**
   * Name of the port; its prefix is the protocol that Istio takes it for.
   * @default - what `appProtocol` says, else what the number is known for (80 and 8080: `http`; see `ports`), else none:
   * Istio looks at the traffic
   * @see https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
   */
  readonly portName?: string;
  /**
   * What is spoken on the port, such as `http`, `grpc` or `tcp`; it counts more than the name.
   * @default - the protocol is told by the name
   */
  readonly appProtocol?: string;
  /**
   * What carries it; Istio has no say over UDP.
   * @default 'TCP'
   */
  readonly protocol?: ServicePort['protocol'];
  /**
   * Port that the pods listen on: its number, or its name in the container.
   * @default - the same as `port`
   */
  readonly targetPort?: number | string;
  readonly ports?: never;
}

/** A service of several ports. */
export interface SeveralPortsProps extends NamespaceServicePods {
  /** Ports of the service; a number is a port that is named for what it is known for. */
  readonly ports: readonly (number | NamespaceServicePort)[];
  readonly port?: never;
}

/** A service of the ports that the containers of its workload name. */
export interface WorkloadPortsProps extends NamespaceServicePods {
  readonly workload: ObjectConstruct;
  readonly port?: never;
  readonly ports?: never;
}

/**
 * Selector and ports of a service that a namespace makes.
 *
 * @throws MeshError when what is given contradicts itself, or cannot be.
 */
export function serviceParts(
  namespace: Construct & { readonly name: string },
  service: string,
  props: NamespaceServiceProps,
): Required<Pick<ServiceSpec, 'selector' | 'ports'>> {
  if (props.workload !== undefined) requireWorkload(namespace, props.workload);
  return { selector: selectorOf(namespace, service, props), ports: portsOf(namespace, props) };
}

function selectorOf(scope: Construct, service: string, { selector, workload, versions }: NamespaceServiceProps): Record<string, string> {
  if (selector !== undefined && workload !== undefined) throw contradiction(scope, 'selector', 'both "selector" and "workload"', 'one of them');
  // at synthesis: a workload may be given labels until then
  if (workload !== undefined) return Lazy.any({ produce: () => labelsOfPods(workload, versions !== undefined) }) as never;
  const given = Selector.of(selector ?? { app: service }, { construct: scope.node.path, property: 'addService.selector' });
  if (given.isAll) throw contradiction(scope, 'selector', 'Selector.all()', 'labels of the pods: a Service without any has no pods', 'give their labels');
  return { ...given.matchLabels };
}

function portsOf(scope: Construct, props: NamespaceServiceProps): ManifestPort[] {
  const place = { construct: scope.node.path, property: 'addService.ports' };
  const { workload, ports, port } = props;
  if (ports !== undefined && port !== undefined) throw contradiction(scope, 'port', 'both "port" and "ports"', 'one of them');
  if (port === undefined && ports === undefined && workload !== undefined) return Lazy.any({ produce: () => containerPorts(workload) }) as never;
  return manifestPorts(port === undefined ? (ports as never) : [onePort(props as OnePortProps)], place);
}

function onePort({ port, portName, appProtocol, protocol, targetPort }: OnePortProps): NamespaceServicePort {
  return { port, name: portName, appProtocol, protocol, targetPort };
}

function requireWorkload(namespace: Construct & { readonly name: string }, workload: ObjectConstruct): void {
  const expected = `a workload of the namespace ${namespace.name}, such as a Deployment`;
  if (!isObjectConstruct(workload)) throw badReference(namespace, workload, 'addService.workload', expected);
  requireSameCluster(namespace, workload, 'addService.workload');
  if (readWorkload(workload) === undefined) throw badReference(namespace, workload, 'addService.workload', expected);
  const other = namespaceOf(workload);
  if (other !== namespace.name) throw badReference(namespace, workload, 'addService.workload', expected, `it is in ${other ?? 'no namespace'}`);
}

function contradiction(scope: Construct, property: string, got: string, expected: string, fix = 'leave out the other'): Error {
  return meshError({ code: 'bad-props', construct: scope.node.path, property: `addService.${property}`, got, expected, fix });
}
