import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ServicePort } from '../../../imports/kubernetes/service';
import { refusal } from '../../core/refusal';
import { requireShape } from '../prop-shape';
import { releaseOf, since } from '../release';
import type { Release } from '../release';
import type { GatewayAutoscaling, GatewayProps, GatewayServiceProps, NetworkGatewayPort } from './gateway-props';
import { GATEWAY_SHAPE } from './gateway-shape';

/** What a gateway is made of, with all defaults filled in. */
export interface GatewaySettings {
  readonly props: GatewayProps;
  readonly release: Release;
  readonly name: string;
  readonly namespace: string;
  readonly kind: 'Deployment' | 'DaemonSet';
  /** Labels that choose the pods. */
  readonly selector: Readonly<Record<string, string>>;
  /** Labels of all objects. */
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  /** Undefined for a gateway that is not scaled. */
  readonly autoscaling: (GatewayAutoscaling & { readonly minReplicas: number; readonly maxReplicas: number }) | undefined;
  readonly service: GatewayServiceProps | undefined;
  readonly ports: readonly ServicePort[];
}

const DEFAULT_PORTS: readonly ServicePort[] = [
  { name: 'status-port', port: 15021, protocol: 'TCP', targetPort: 15021 },
  { name: 'http2', port: 80, protocol: 'TCP', targetPort: 80 },
  { name: 'https', port: 443, protocol: 'TCP', targetPort: 443 },
];

const NETWORK_PORTS: Readonly<Record<NetworkGatewayPort, number>> = {
  'status-port': 15021,
  tls: 15443,
  'tls-istiod': 15012,
  'tls-webhook': 15017,
};

/** @throws MeshError for props that are not what they should be, or contradict each other. */
export function gatewaySettings(construct: Construct, props: GatewayProps): GatewaySettings {
  requireShape(construct, props, GATEWAY_SHAPE);
  const name = props.name ?? construct.node.id;
  const given = withoutNulls({ 'istio.io/dataplane-mode': 'none', ...props.labels });
  const { app = name, istio = name.replace(/^istio-/, ''), ...others } = given;
  const selector = { app, istio };
  const release = releaseOf(construct, props.istio);
  const service = props.service === false ? undefined : (props.service ?? {});
  checkBudget(construct, props);
  return {
    props,
    release,
    name,
    namespace: props.namespace ?? Chart.of(construct).namespace ?? 'istio-ingress',
    kind: props.kind ?? 'Deployment',
    selector,
    labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'istio', 'app.kubernetes.io/version': release.version, ...selector, ...others },
    serviceAccount: props.serviceAccount?.name ?? (props.serviceAccount?.create === false ? 'default' : name),
    autoscaling: autoscalingOf(construct, props),
    service,
    ports: portsOf(construct, props, service, release),
  };
}

/** The entries that have a value: `null` takes a default away. */
export function withoutNulls(entries: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).filter((entry): entry is [string, string] => entry[1] !== null));
}

function autoscalingOf(construct: Construct, props: GatewayProps): GatewaySettings['autoscaling'] {
  const { autoscaling } = props;
  if (autoscaling === false) return undefined;
  const minReplicas = autoscaling?.minReplicas ?? 1;
  const maxReplicas = autoscaling?.maxReplicas ?? 5;
  if (minReplicas > maxReplicas) {
    throw refusal({ construct: construct.node.path }, 'autoscaling.minReplicas', {
      code: 'bad-replicas',
      got: `minReplicas ${minReplicas} and maxReplicas ${maxReplicas}`,
      expected: 'a minimum that is no larger than the maximum (1 and 5 by default)',
      fix: 'give both',
    });
  }
  return { ...autoscaling, minReplicas, maxReplicas };
}

function checkBudget(construct: Construct, { disruptionBudget }: GatewayProps): void {
  if (disruptionBudget?.minAvailable === undefined || disruptionBudget.maxUnavailable === undefined) return;
  throw refusal({ construct: construct.node.path }, 'disruptionBudget', {
    code: 'bad-disruption-budget',
    got: 'minAvailable and maxUnavailable',
    expected: 'one of them',
    fix: 'leave one out',
  });
}

function portsOf(construct: Construct, props: GatewayProps, service: GatewayServiceProps | undefined, release: Release): readonly ServicePort[] {
  if (props.networkGateway !== undefined) return networkPorts(props.networkGateway.ports ?? {}, release);
  const ports = service?.ports ?? DEFAULT_PORTS;
  if (service === undefined || ports.length > 0) return ports;
  throw refusal({ construct: construct.node.path }, 'service.ports', {
    code: 'no-port',
    got: 'no port',
    expected: 'a port at least: nobody could reach the gateway',
    fix: 'leave ports out for 15021, 80 and 443, or give service: false for no Service',
  });
}

function networkPorts(given: NonNullable<NonNullable<GatewayProps['networkGateway']>['ports']>, release: Release): readonly ServicePort[] {
  return (Object.keys(NETWORK_PORTS) as NetworkGatewayPort[]).map((name) => {
    const fallback = NETWORK_PORTS[name];
    if (!since(release, '1.30')) return { name, port: fallback, targetPort: fallback };
    const { port = fallback, targetPort = fallback, protocol = 'TCP' } = given[name] ?? {};
    return { name, port, targetPort, protocol };
  });
}
