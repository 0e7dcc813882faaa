import { COMPONENT_SHAPE } from '../component-checks';
import { PLATFORMS } from '../component';
import { count, countOrPercent, entries, flag, list, object, oneOf, orFalse, props, text, texts } from '../prop-shape';
import type { Shape } from '../prop-shape';

const SERVICE_SHAPE: Shape = {
  type: oneOf('ClusterIP', 'LoadBalancer', 'NodePort'),
  annotations: entries,
  extraPorts: list,
  loadBalancerIP: text,
  loadBalancerSourceRanges: texts,
  externalTrafficPolicy: oneOf('Cluster', 'Local'),
  ipFamilyPolicy: oneOf('SingleStack', 'PreferDualStack', 'RequireDualStack'),
  ipFamilies: texts,
};

const PROXY_SHAPE: Shape = {
  logLevel: text,
  componentLogLevel: text,
  clusterDomain: text,
  istioNamespace: text,
  caAddress: text,
  pilotCertProvider: text,
  tokenAudience: text,
  trustBundleName: text,
  clusterTrustBundle: flag,
  mountMtlsCerts: flag,
  stsPort: count,
  meshId: text,
  trustDomain: text,
  network: text,
  clusterName: text,
  proxyMetadata: entries,
};

/** What the props of a StandaloneGateway may be. */
export const STANDALONE_GATEWAY_SHAPE: Shape = {
  ...COMPONENT_SHAPE,
  direction: oneOf('ingress', 'egress'),
  name: text,
  labels: entries,
  podAnnotations: entries,
  replicas: count,
  autoscaling: orFalse(props({ minReplicas: count, maxReplicas: count, targetCpuUtilization: count })),
  disruptionBudget: flag,
  rollingUpdate: props({ maxSurge: countOrPercent, maxUnavailable: countOrPercent }),
  resources: props({ requests: object, limits: object }),
  service: orFalse(props(SERVICE_SHAPE)),
  ports: list,
  secretVolumes: list,
  configVolumes: list,
  additionalContainers: list,
  env: entries,
  serviceAccountAnnotations: entries,
  nodeSelector: entries,
  architectures: object,
  podAntiAffinity: object,
  tolerations: list,
  priorityClassName: text,
  runAsRoot: flag,
  injectionTemplate: text,
  platform: oneOf(...PLATFORMS),
  proxy: props(PROXY_SHAPE),
  enablePrometheusMerge: flag,
};
