import { COMPONENT_SHAPE } from '../component-checks';
import { PLATFORMS } from '../component';
import { count, countOrPercent, dnsLabel, entries, flag, list, object, oneOf, orFalse, props, text, texts } from '../prop-shape';
import type { Check, Shape } from '../prop-shape';

const replicas: Check = { expected: 'a whole number, 1 or more', holds: (value) => Number.isInteger(value) && (value as number) > 0 };
const trafficPolicy = oneOf('Cluster', 'Local');
const port = props({ port: count, targetPort: count, protocol: text });

const SERVICE_SHAPE: Shape = {
  type: oneOf('ClusterIP', 'LoadBalancer', 'NodePort'),
  ports: list,
  annotations: entries,
  selectorLabels: entries,
  clusterIP: text,
  loadBalancerIP: text,
  loadBalancerSourceRanges: texts,
  loadBalancerClass: text,
  allocateLoadBalancerNodePorts: flag,
  externalTrafficPolicy: trafficPolicy,
  internalTrafficPolicy: trafficPolicy,
  healthCheckNodePort: count,
  externalIPs: texts,
  ipFamilyPolicy: oneOf('SingleStack', 'PreferDualStack', 'RequireDualStack'),
  ipFamilies: texts,
};

const AUTOSCALING_SHAPE: Shape = {
  minReplicas: replicas,
  maxReplicas: replicas,
  targetCpuUtilization: orFalse(replicas),
  targetMemoryUtilization: replicas,
  behavior: object,
};

/** `true`, or which ports are open. */
const networkPolicy: Check = {
  ...props({ ports: list }),
  expected: 'true or false, or an object with ports',
  holds: (value) => flag.holds(value) || object.holds(value),
};

/** What the props of a Gateway may be. */
export const GATEWAY_SHAPE: Shape = {
  istio: text,
  name: text,
  namespace: dnsLabel,
  revision: COMPONENT_SHAPE['revision'] ?? text,
  kind: oneOf('Deployment', 'DaemonSet'),
  replicas: count,
  autoscaling: orFalse(props(AUTOSCALING_SHAPE)),
  disruptionBudget: props({ minAvailable: countOrPercent, maxUnavailable: countOrPercent, unhealthyPodEvictionPolicy: oneOf('IfHealthyBudget', 'AlwaysAllow') }),
  labels: entries,
  annotations: entries,
  podAnnotations: entries,
  service: orFalse(props(SERVICE_SHAPE)),
  serviceAccount: props({ create: flag, name: text, annotations: entries }),
  rbac: flag,
  networkGateway: props({ network: text, ports: props({ 'status-port': port, tls: port, 'tls-istiod': port, 'tls-webhook': port }) }),
  resources: props({ requests: object, limits: object }),
  env: entries,
  envFrom: list,
  podSecurityContext: object,
  containerSecurityContext: object,
  strategy: object,
  minReadySeconds: count,
  readinessProbe: object,
  lifecycle: object,
  terminationGracePeriodSeconds: count,
  volumes: list,
  volumeMounts: list,
  initContainers: list,
  additionalContainers: list,
  dnsPolicy: text,
  dnsConfig: object,
  image: props({ pullPolicy: oneOf('Always', 'IfNotPresent', 'Never'), pullSecrets: texts }),
  platform: oneOf(...PLATFORMS),
  networkPolicy,
  nodeSelector: entries,
  affinity: object,
  tolerations: list,
  topologySpreadConstraints: list,
  priorityClassName: text,
};
