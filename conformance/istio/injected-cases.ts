import type { IstiodProps } from '../../src/control-plane/istiod/istiod-props';
import { asList } from '../kubernetes/status';
import type { KubeObject } from './cluster';
import type { InjectionCase } from './inject';
import { container, env, envNames, have, is, kinds, names, one, podSpec, property } from './injected-objects';

/** A pod or a Gateway, a control plane, and what must be so when that control plane has injected it. */
export interface IntentCase {
  readonly name: string;
  /** @default - the default control plane */
  readonly props?: IstiodProps;
  readonly given: Omit<InjectionCase, 'name' | 'injector'>;
  /** What is wrong with the outcome; nothing where all is right. */
  readonly wrong: (objects: readonly KubeObject[]) => readonly (string | undefined)[];
}

function pod(annotations: Readonly<Record<string, string>> = {}, containers: readonly KubeObject[] = [APPLICATION]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'cart', namespace: 'shop', annotations }, spec: { containers } });
}

const APPLICATION = { name: 'cart', image: 'example.com/cart:1', ports: [{ containerPort: 8080 }] };
const GATEWAY = {
  metadata: { name: 'edge', namespace: 'shop', uid: '1-2' },
  gatewayClass: 'istio',
  deploymentName: 'edge-istio',
  serviceAccount: 'edge-istio',
  serviceType: 'LoadBalancer',
  controllerLabel: 'istio.io-mesh-controller',
  kubeVersion: 134,
  ports: [{ name: 'https', port: 443, protocol: 'TCP', appProtocol: 'https' }],
};
const security = (spec: KubeObject, name: string): unknown => container(spec, name)['securityContext'];

export const INTENT_CASES: readonly IntentCase[] = [
  {
    name: 'an init container captures the traffic, with the rights for it and no others',
    given: { input: pod() },
    wrong: (objects) => [
      have('init containers', names(podSpec(objects)['initContainers']), ['istio-init']),
      have('rights', property(security(podSpec(objects), 'istio-init'), 'capabilities'), { add: ['NET_ADMIN', 'NET_RAW'], drop: ['ALL'] }),
      have('rights of the proxy', property(security(podSpec(objects), 'istio-proxy'), 'capabilities'), { drop: ['ALL'] }),
      have('containers', names(podSpec(objects)['containers']), ['cart', 'istio-proxy']),
    ],
  },
  {
    name: 'with the CNI plugin no container of the pod has rights',
    props: { cni: { enabled: true } },
    given: { input: pod() },
    wrong: (objects) => [
      have('init containers', names(podSpec(objects)['initContainers']), ['istio-validation']),
      have('rights', property(security(podSpec(objects), 'istio-validation'), 'capabilities'), { drop: ['ALL'] }),
      is('it does not run as root', property(security(podSpec(objects), 'istio-validation'), 'runAsNonRoot') === true),
    ],
  },
  {
    name: 'a native sidecar starts after the traffic is captured and before all else, and drains before it stops',
    given: { input: pod(), nativeSidecars: true },
    wrong: (objects) => [
      have('init containers', names(podSpec(objects)['initContainers']), ['istio-init', 'istio-proxy']),
      have('restart policy', container(podSpec(objects), 'istio-proxy')['restartPolicy'], 'Always'),
      is('it drains', property(container(podSpec(objects), 'istio-proxy')['lifecycle'], 'preStop') !== undefined),
      have('containers', names(podSpec(objects)['containers']), ['cart']),
    ],
  },
  {
    name: 'an application that is held comes after the proxy, which says when it may start',
    props: { proxy: { holdApplicationUntilProxyStarts: true } },
    given: { input: pod() },
    wrong: (objects) => [
      have('containers', names(podSpec(objects)['containers']), ['istio-proxy', 'cart']),
      is('it waits', property(container(podSpec(objects), 'istio-proxy')['lifecycle'], 'postStart') !== undefined),
    ],
  },
  {
    name: 'TPROXY wants root and a right',
    given: { input: pod({ 'sidecar.istio.io/interceptionMode': 'TPROXY' }) },
    wrong: (objects) => [
      have('user', property(security(podSpec(objects), 'istio-proxy'), 'runAsUser'), 0),
      have('rights', property(security(podSpec(objects), 'istio-proxy'), 'capabilities'), { add: ['NET_ADMIN'], drop: ['ALL'] }),
    ],
  },
  {
    name: 'one annotation about resources sets aside all of the mesh',
    given: { input: pod({ 'sidecar.istio.io/proxyMemory': '64Mi' }) },
    wrong: (objects) => [have('resources', container(podSpec(objects), 'istio-proxy')['resources'], { requests: { memory: '64Mi' } })],
  },
  {
    name: 'what looks like an action of a template in the text of a prop is text',
    props: { proxy: { lifecycle: { preStop: { exec: { command: ['sh', '-c', 'echo "{{ .Values }}"'] } } } } },
    given: { input: pod() },
    wrong: (objects) => {
      const hook = property(property(container(podSpec(objects), 'istio-proxy')['lifecycle'], 'preStop'), 'exec');
      return [have('command', property(hook, 'command'), ['sh', '-c', 'echo "{{ .Values }}"'])];
    },
  },
  {
    name: 'text with a colon and a space in an annotation is one argument',
    given: { input: pod({ 'sidecar.istio.io/componentLogLevel': 'a: b' }) },
    wrong: (objects) => [
      is('the argument is there', asList(container(podSpec(objects), 'istio-proxy')['args']).includes('--proxyComponentLogLevel=a: b')),
    ],
  },
  {
    name: 'a gateway keeps its container, and listens on ports below 1024 without rights',
    given: { input: pod({ 'inject.istio.io/templates': 'gateway' }, [{ name: 'istio-proxy', image: 'auto' }]) },
    wrong: (objects) => [
      have('containers', names(podSpec(objects)['containers']), ['istio-proxy']),
      is('it has an image', container(podSpec(objects), 'istio-proxy')['image'] !== 'auto'),
      have('system controls', property(podSpec(objects)['securityContext'], 'sysctls'), [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }]),
      have('init containers', names(podSpec(objects)['initContainers']), []),
    ],
  },
  {
    name: 'a gRPC application finds its agent',
    given: { input: pod({ 'inject.istio.io/templates': 'grpc-agent' }) },
    wrong: (objects) => [
      have('bootstrap file', env(container(podSpec(objects), 'cart'), 'GRPC_XDS_BOOTSTRAP'), '/etc/istio/proxy/grpc-bootstrap.json'),
      have('Envoy', env(container(podSpec(objects), 'istio-proxy'), 'DISABLE_ENVOY'), 'true'),
    ],
  },
  {
    name: 'a template of the user is laid over the one before it',
    props: { injection: { templates: { team: 'metadata:\n  labels:\n    team: {{ .Values.global.hub | base }}\n' } } },
    given: { input: pod({ 'inject.istio.io/templates': 'sidecar,team' }) },
    wrong: ([object]) => [have('label', property(property(object?.['metadata'], 'labels'), 'team'), 'istio')],
  },
  {
    name: 'a Gateway of a class for gateways: an account, a Deployment and a Service with its address',
    given: { gateway: { ...GATEWAY, template: 'kube-gateway', spec: { addresses: [{ value: '10.0.0.9' }] } } },
    wrong: (objects) => [
      have('objects', kinds(objects), ['ServiceAccount', 'Deployment', 'Service', 'HorizontalPodAutoscaler', 'PodDisruptionBudget']),
      have('address', property(one(objects, 'Service')['spec'], 'loadBalancerIP'), '10.0.0.9'),
      have('selector', property(one(objects, 'Service')['spec'], 'selector'), { 'gateway.networking.k8s.io/gateway-name': 'edge' }),
    ],
  },
  {
    name: 'a waypoint is not itself in the ambient mesh',
    given: { gateway: { ...GATEWAY, template: 'waypoint', serviceType: 'ClusterIP' } },
    wrong: (objects) => {
      const template = property(one(objects, 'Deployment')['spec'], 'template');
      return [
        have('mode', property(property(property(template, 'metadata'), 'labels'), 'istio.io/dataplane-mode'), 'none'),
        is('it knows its account', envNames(container(podSpec([one(objects, 'Deployment')]), 'istio-proxy')).includes('ISTIO_META_SERVICE_ACCOUNT')),
      ];
    },
  },
];
