import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ServicePort } from '../../../imports/kubernetes/service';
import { refusal } from '../../core/refusal';
import { requireShape } from '../prop-shape';
import { releaseOf } from '../release';
import type { Release } from '../release';
import type { SecretVolume, StandaloneGatewayProps, StandaloneGatewayService } from './standalone-gateway-props';
import { STANDALONE_GATEWAY_SHAPE } from './standalone-gateway-shape';

/** What a standalone gateway is made of, with the defaults of its direction filled in. */
export interface StandaloneGatewaySettings {
  readonly props: StandaloneGatewayProps;
  readonly release: Release;
  readonly direction: 'ingress' | 'egress';
  readonly name: string;
  readonly namespace: string;
  readonly revision: string;
  /** `istio-ingressgateway` or `istio-egressgateway`, whatever the gateway's name. */
  readonly component: string;
  /** Labels that choose the pods. */
  readonly selector: Readonly<Record<string, string>>;
  /** Labels of every object, besides the selector. */
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  readonly ports: readonly ServicePort[];
  readonly secretVolumes: readonly SecretVolume[];
  readonly service: StandaloneGatewayService | undefined;
  readonly autoscaling: { readonly minReplicas: number; readonly maxReplicas: number; readonly targetCpuUtilization: number } | undefined;
}

const HTTP_PORTS: readonly ServicePort[] = [
  { port: 80, targetPort: 8080, name: 'http2', protocol: 'TCP' },
  { port: 443, targetPort: 8443, name: 'https', protocol: 'TCP' },
];
const HEALTH_PORT: ServicePort = { port: 15021, targetPort: 15021, name: 'status-port', protocol: 'TCP' };

/** @throws MeshError for props that are not what they should be, or contradict each other. */
export function standaloneGatewaySettings(construct: Construct, props: StandaloneGatewayProps): StandaloneGatewaySettings {
  requireShape(construct, props, STANDALONE_GATEWAY_SHAPE);
  const direction = props.direction ?? 'ingress';
  const component = `istio-${direction}gateway`;
  const name = props.name ?? component;
  const release = releaseOf(construct, props.istio);
  const revision = props.revision ?? '';
  const labels = { app: component, istio: `${direction}gateway`, ...props.labels };
  return {
    props,
    release,
    direction,
    name,
    revision,
    component,
    namespace: props.namespace ?? Chart.of(construct).namespace ?? 'istio-system',
    selector: Object.fromEntries(Object.entries(labels).filter((entry): entry is [string, string] => entry[1] !== null)),
    labels: {
      'istio.io/rev': revision === '' ? 'default' : revision,
      'app.kubernetes.io/name': component,
      'app.kubernetes.io/part-of': 'istio',
      'app.kubernetes.io/version': release.version,
    },
    serviceAccount: `${name}-service-account`,
    ports: portsOf(construct, props, direction),
    secretVolumes: props.secretVolumes ?? ['certs', 'ca-certs'].map((suffix) => certificates(direction, suffix)),
    service: props.service === false ? undefined : (props.service ?? {}),
    autoscaling: autoscalingOf(construct, props),
  };
}

function certificates(direction: string, suffix: string): SecretVolume {
  const name = `${direction}gateway-${suffix}`;
  return { name, secretName: `istio-${name}`, mountPath: `/etc/istio/${name}` };
}

function portsOf(construct: Construct, props: StandaloneGatewayProps, direction: 'ingress' | 'egress'): readonly ServicePort[] {
  const ports = props.ports ?? (direction === 'ingress' ? [HEALTH_PORT, ...HTTP_PORTS] : HTTP_PORTS);
  if (ports.length > 0) return ports;
  throw refusal({ construct: construct.node.path }, 'ports', {
    code: 'no-port',
    got: 'no port',
    expected: 'a port at least: nobody could reach the gateway',
    fix: 'leave ports out for the default ones',
  });
}

function autoscalingOf(construct: Construct, { autoscaling }: StandaloneGatewayProps): StandaloneGatewaySettings['autoscaling'] {
  if (autoscaling === false) return undefined;
  const { minReplicas = 1, maxReplicas = 5, targetCpuUtilization = 80 } = autoscaling ?? {};
  if (minReplicas <= maxReplicas) return { minReplicas, maxReplicas, targetCpuUtilization };
  throw refusal({ construct: construct.node.path }, 'autoscaling.minReplicas', {
    code: 'bad-replicas',
    got: `minReplicas ${minReplicas} and maxReplicas ${maxReplicas}`,
    expected: 'a minimum that is no larger than the maximum (1 and 5 by default)',
    fix: 'give both',
  });
}
