import { COMPONENT_SHAPE } from '../component-checks';
import { PLATFORMS } from '../component';
import { countOrPercent, dnsLabel, flag, list, object, oneOf, orFalse, props, text, texts } from '../prop-shape';
import type { Check, Shape } from '../prop-shape';

const positive: Check = { expected: 'a whole number, 1 or more', holds: (value) => Number.isInteger(value) && (value as number) > 0 };

const percent: Check = { expected: 'a percentage, 0 to 100', holds: (value) => typeof value === 'number' && value >= 0 && value <= 100 };

const textMap: Check = {
  expected: 'an object of texts',
  holds: (value) => object.holds(value) && Object.values(value as object).every((entry) => typeof entry === 'string'),
};

const tags: Check = {
  expected: 'a list of revision tags: 1 to 63 of a-z, 0-9 and dashes within',
  holds: (value) => Array.isArray(value) && value.every(dnsLabel.holds),
};

const httpsUrl: Check = {
  expected: 'an address that begins with https://',
  holds: (value) => typeof value === 'string' && /^https:\/\/[^/]/.test(value),
};

const certProvider: Check = {
  expected: 'istiod, custom, none, or k8s.io/<name of a signer>',
  holds: (value) => typeof value === 'string' && /^(istiod|custom|none|k8s\.io\/.+)$/.test(value),
};

function orNull(check: Check): Check {
  return { ...check, expected: `${check.expected}, or null`, holds: (value) => value === null || check.holds(value) };
}

const failurePolicy = oneOf('Fail', 'Ignore');
const ipFamilyPolicy = oneOf('SingleStack', 'PreferDualStack', 'RequireDualStack');

export const INJECTOR_WEBHOOK_SHAPE = orFalse(props({ url: httpsUrl, path: text, caBundle: text, annotations: textMap }));
export const VALIDATION_WEBHOOK_SHAPE = orFalse(props({ url: httpsUrl, caBundle: text, failurePolicy }));
export const FAILURE_POLICY_OWNER = oneOf('installer', 'istiod');
export const SERVICE_SHAPE = props({ annotations: textMap, ipFamilyPolicy, ipFamilies: texts, trafficDistribution: text });

const POD_SHAPE: Shape = {
  istiodImage: props({ name: text, hub: text, tag: text, variant: text }),
  replicas: { expected: 'a whole number, 1 or more, or "unmanaged"', holds: (value) => value === 'unmanaged' || positive.holds(value) },
  autoscaling: orFalse(props({ minReplicas: positive, maxReplicas: positive, targetCpuUtilization: positive, targetMemoryUtilization: positive, behavior: object })),
  disruptionBudget: orFalse(
    props({ minAvailable: orNull(countOrPercent), maxUnavailable: countOrPercent, unhealthyPodEvictionPolicy: oneOf('IfHealthyBudget', 'AlwaysAllow') }),
  ),
  rollingUpdate: props({ maxSurge: orNull(countOrPercent), maxUnavailable: orNull(countOrPercent) }),
  resources: props({ requests: object, limits: object }),
  env: textMap,
  envVarFrom: list,
  extraContainerArgs: texts,
  volumes: list,
  volumeMounts: list,
  initContainers: list,
  seccompProfile: object,
  terminationMessagePolicy: oneOf('File', 'FallbackToLogsOnError'),
  traceSampling: orFalse(percent),
  keepaliveMaxServerConnectionAge: text,
  trustedZtunnel: props({ namespace: dnsLabel, name: text }),
  nodeUntaint: props({ enabled: flag, cniNamespace: dnsLabel, taint: text }),
  nodeSelector: textMap,
  affinity: object,
  tolerations: list,
  topologySpreadConstraints: list,
  priorityClassName: text,
  podLabels: textMap,
  podAnnotations: textMap,
  deploymentLabels: textMap,
  deploymentAnnotations: textMap,
  serviceAccountAnnotations: textMap,
  service: SERVICE_SHAPE,
};

const MESH_SHAPE: Shape = {
  meshConfig: object,
  meshNetworks: object,
  meshConfigMap: flag,
  telemetry: orFalse(props({ prometheus: flag, stackdriver: flag })),
  clusterName: text,
  meshId: text,
};

const CERTIFICATE_SHAPE: Shape = {
  certificatesFrom: oneOf('cacerts', 'istio-csr'),
  pilotCertProvider: certProvider,
  certSigners: texts,
  tokenAudience: text,
  trustBundleName: text,
  crlConfigMapName: text,
  jwksExtraRootCa: text,
};

/** What the props of an Istiod may be; the injector checks its own. */
export const ISTIOD_SHAPE: Shape = {
  ...COMPONENT_SHAPE,
  ...POD_SHAPE,
  ...MESH_SHAPE,
  ...CERTIFICATE_SHAPE,
  istioNamespace: dnsLabel,
  platform: oneOf(...PLATFORMS),
  revisionTags: tags,
  cni: props({ enabled: flag, provider: text }),
  nativeNftables: flag,
  injectorConfigMap: flag,
  templateValues: object,
  injectionPlatform: orFalse(oneOf(...PLATFORMS)),
  injectorWebhook: INJECTOR_WEBHOOK_SHAPE,
  validationWebhook: VALIDATION_WEBHOOK_SHAPE,
  failurePolicyOwner: FAILURE_POLICY_OWNER,
  stableValidationPolicy: flag,
  analysis: flag,
  gatewayClasses: { expected: 'an object of objects', holds: (value) => object.holds(value) && Object.values(value as object).every(object.holds) },
  externalIstiod: flag,
  readerRbac: flag,
  readerServiceAccount: props({ name: text, namespace: text }),
  proxy: object,
  injection: object,
  waypoint: object,
  gateways: object,
  network: text,
};
