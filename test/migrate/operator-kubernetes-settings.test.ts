import { installationFromOperator } from '../../src/migrate/operator/from-operator';
import type { Installation, InstalledComponent } from '../../src/migrate/installation';
import type * as settingProps from '../../src/migrate/operator/setting-props';
import { renderInstallation } from '../../src/migrate/render';
import type { JsonObject } from '../../src/rules/json';

// the reference: without any props for them, all settings patch the objects, as they do for istioctl
let isReference = false;
jest.mock('../../src/migrate/operator/setting-props', () => {
  const actual = jest.requireActual<typeof settingProps>('../../src/migrate/operator/setting-props');
  const propsForSetting: typeof actual.propsForSetting = (context) => (isReference ? [] : actual.propsForSetting(context));
  return { propsForSetting };
});

interface Setting {
  readonly component: 'pilot' | 'ingressGateways' | 'cni' | 'ztunnel';
  readonly k8s: JsonObject;
}

const IDS = { pilot: 'istiod', ingressGateways: 'istio-ingressgateway', cni: 'cni', ztunnel: 'ztunnel' };

function operatorOf({ component, k8s }: Setting, values: JsonObject): JsonObject {
  const own = component === 'ingressGateways' ? [{ name: IDS.ingressGateways, k8s }] : { enabled: true, k8s };
  return { spec: { profile: 'empty', components: { [component]: own }, values } };
}

/** The settings as props, once it is clear that they make what patches make. */
function expressed(setting: Setting, istio: string, values: JsonObject = {}): InstalledComponent {
  const read = (): Installation => installationFromOperator(operatorOf(setting, values), { istio });
  isReference = true;
  const reference = renderInstallation(read());
  isReference = false;
  const installation = read();
  expect(renderInstallation(installation)).toEqual(reference);
  return installation.components.find(({ id }) => id === IDS[setting.component]) as InstalledComponent;
}

const SPREAD = { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'x' } } }] };
const ON_ARM = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/arch', operator: 'In', values: ['arm64'] }] }] } };
const BY_USE = (name: string, averageUtilization: number): JsonObject => ({ type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization } } });
const NOT_READY = { key: 'cni.istio.io/not-ready', operator: 'Exists' };
const DEDICATED = { key: 'dedicated', operator: 'Equal', value: 'mesh', effect: 'NoSchedule' };

const PILOT: readonly (readonly [JsonObject, JsonObject])[] = [
  [{ affinity: { podAntiAffinity: SPREAD, nodeAffinity: ON_ARM } }, { affinity: { podAntiAffinity: SPREAD, nodeAffinity: ON_ARM } }],
  [{ hpaSpec: { minReplicas: 1, maxReplicas: 9 } }, { autoscaling: { maxReplicas: 9 } }],
  [{ hpaSpec: { metrics: [BY_USE('cpu', 60), BY_USE('memory', 70)] } }, { autoscaling: { targetCpuUtilization: 60, targetMemoryUtilization: 70 } }],
  [{ hpaSpec: { behavior: { scaleDown: { stabilizationWindowSeconds: 60 } } } }, { autoscaling: { behavior: { scaleDown: { stabilizationWindowSeconds: 60 } } } }],
  [{ nodeSelector: { pool: 'system' } }, { nodeSelector: { pool: 'system' } }],
  [{ podAnnotations: { owner: 'mesh' } }, { podAnnotations: { owner: 'mesh' } }],
  [{ priorityClassName: 'system-cluster-critical' }, { priorityClassName: 'system-cluster-critical' }],
  [{ resources: { requests: { cpu: '1', memory: '4Gi' }, limits: { memory: '4Gi' } } }, { resources: { requests: { cpu: '1', memory: '4Gi' }, limits: { memory: '4Gi' } } }],
  [{ resources: { requests: { memory: null } } }, { resources: { requests: { memory: null } } }],
  [{ service: { ipFamilyPolicy: 'PreferDualStack', ipFamilies: ['IPv4', 'IPv6'] } }, { service: { ipFamilyPolicy: 'PreferDualStack', ipFamilies: ['IPv4', 'IPv6'] } }],
  [{ serviceAnnotations: { owner: 'mesh' } }, { service: { annotations: { owner: 'mesh' } } }],
  [{ strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: null } } }, { rollingUpdate: { maxSurge: 1, maxUnavailable: null } }],
  [{ tolerations: [NOT_READY, DEDICATED] }, { tolerations: [DEDICATED] }],
];
const GATEWAY: readonly (readonly [JsonObject, JsonObject])[] = [
  [{ affinity: { podAntiAffinity: SPREAD } }, { podAntiAffinity: SPREAD }],
  [{ hpaSpec: { maxReplicas: 9, metrics: [BY_USE('cpu', 60)] } }, { autoscaling: { maxReplicas: 9, targetCpuUtilization: 60 } }],
  [{ imagePullPolicy: 'Always' }, { image: { pullPolicy: 'Always' } }],
  [{ podAnnotations: { owner: 'mesh' } }, { podAnnotations: { owner: 'mesh' } }],
  [{ priorityClassName: 'high' }, { priorityClassName: 'high' }],
  [{ resources: { requests: { cpu: '500m' }, limits: { cpu: '4' } } }, { resources: { requests: { cpu: '500m' }, limits: { cpu: '4' } } }],
  [{ service: { type: 'NodePort', externalTrafficPolicy: 'Local' } }, { service: { type: 'NodePort', externalTrafficPolicy: 'Local' } }],
  [{ service: { loadBalancerIP: '192.0.2.1', loadBalancerSourceRanges: ['10.0.0.0/8'] } }, { service: { loadBalancerIP: '192.0.2.1', loadBalancerSourceRanges: ['10.0.0.0/8'] } }],
  [{ service: { ports: [{ port: 443, targetPort: 8443, name: 'https' }] } }, { ports: [{ port: 443, targetPort: 8443, name: 'https' }] }],
  [{ serviceAnnotations: { owner: 'mesh' } }, { service: { annotations: { owner: 'mesh' } } }],
  [{ strategy: { rollingUpdate: { maxSurge: 1 } } }, { rollingUpdate: { maxSurge: 1 } }],
  [{ tolerations: [DEDICATED] }, { tolerations: [DEDICATED] }],
];
const AGENT: readonly (readonly [JsonObject, JsonObject])[] = [
  [{ affinity: { nodeAffinity: ON_ARM } }, { affinity: { nodeAffinity: ON_ARM } }],
  [{ imagePullPolicy: 'Always' }, { image: { pullPolicy: 'Always' } }],
  [{ podAnnotations: { owner: 'mesh' } }, { podAnnotations: { owner: 'mesh' } }],
  [{ resources: { limits: { cpu: '2', memory: '1Gi' } } }, { resources: { limits: { cpu: '2', memory: '1Gi' } } }],
  [{ tolerations: [DEDICATED] }, { tolerations: [DEDICATED] }],
];
const SETTINGS = [
  ...PILOT.map(([k8s, props]) => ({ component: 'pilot', k8s, props }) as const),
  ...GATEWAY.map(([k8s, props]) => ({ component: 'ingressGateways', k8s, props }) as const),
  ...(['cni', 'ztunnel'] as const).flatMap((component) => AGENT.map(([k8s, props]) => ({ component, k8s, props }) as const)),
  { component: 'ztunnel', k8s: { nodeSelector: { pool: 'mesh' } }, props: { nodeSelector: { pool: 'mesh' } } } as const,
  { component: 'ztunnel', k8s: { podAnnotations: { 'prometheus.io/scrape': null } }, props: { podAnnotations: { 'prometheus.io/scrape': null } } } as const,
];

describe.each(['1.29.6', '1.30.3', '1.31.3'])('of Istio %s', (istio) => {
  test.each(SETTINGS.map((setting) => [setting.component, JSON.stringify(setting.k8s), setting] as const))('%s %s becomes props', (_, __, { props, ...setting }) => {
    const component = expressed(setting, istio);
    expect(component).not.toHaveProperty('settings');
    expect(component.overlays).toBeUndefined();
    expect(component.props).toMatchObject(props);
  });
});

describe('what the chart decides by its values stays as it decides', () => {
  const twoPods = { hpaSpec: { minReplicas: 2, maxReplicas: 5 } };

  test.each(['pilot', 'ingressGateways'] as const)('before 1.31 the chart of %s makes no disruption budget for a setting, later it does', (component) => {
    expect(expressed({ component, k8s: twoPods }, '1.30.3').props).toMatchObject({ autoscaling: { minReplicas: 2 }, disruptionBudget: false });
    expect(expressed({ component, k8s: twoPods }, '1.31.3').props).not.toHaveProperty('disruptionBudget');
  });

  test('a number of pods is a prop where nothing scales them', () => {
    const values = { pilot: { autoscaleEnabled: false, replicaCount: 2 } };
    expect(expressed({ component: 'pilot', k8s: { replicaCount: 3 } }, '1.30.3', values).props).toMatchObject({ replicas: 3 });
  });

  test('a bound of the disruption budget takes the place of the other', () => {
    const values = { pilot: { autoscaleMin: 2 } };
    const { props, settings } = expressed({ component: 'pilot', k8s: { podDisruptionBudget: { maxUnavailable: 1 } } }, '1.30.3', values);
    expect(props).toMatchObject({ disruptionBudget: { maxUnavailable: 1 } });
    expect(settings).toBeUndefined();
  });

  test('variables that the values have already keep their place', () => {
    const values = { gateways: { 'istio-ingressgateway': { env: { ISTIO_META_ROUTER_MODE: 'standard' } } } };
    const k8s = { env: [{ name: 'ISTIO_META_ROUTER_MODE', value: 'sni-dnat' }] };
    const { props, settings } = expressed({ component: 'ingressGateways', k8s }, '1.30.3', values);
    expect(props).toMatchObject({ env: { ISTIO_META_ROUTER_MODE: 'sni-dnat' } });
    expect(settings).toBeUndefined();
  });
});

describe('what no prop can say stays a setting', () => {
  test.each<[Setting['component'], JsonObject]>([
    // the construct's own toleration would come with them
    ['pilot', { tolerations: [DEDICATED] }],
    // istioctl puts these before the component's own, which a list of variables keeps
    ['pilot', { env: [{ name: 'NEW', value: 'x' }] }],
    // the prop is also that of all injected proxies
    ['pilot', { imagePullPolicy: 'Always' }],
    // beside an autoscaler
    ['pilot', { replicaCount: 3 }],
    ['pilot', { readinessProbe: { periodSeconds: 9 } }],
    ['pilot', { securityContext: { fsGroup: 1337 } }],
    ['pilot', { service: { type: 'NodePort' } }],
    ['pilot', { strategy: { type: 'RollingUpdate' } }],
    ['pilot', { hpaSpec: { metrics: [{ type: 'External', external: { metric: { name: 'm' }, target: { type: 'Value', value: '1' } } }] } }],
    // of this construct the prop is an affinity
    ['ingressGateways', { nodeSelector: { pool: 'edge' } }],
    ['ingressGateways', { service: { externalIPs: ['192.0.2.1'] } }],
    ['cni', { nodeSelector: { pool: 'mesh' } }],
  ])('%s: %j', (component, k8s) => {
    expect(expressed({ component, k8s }, '1.30.3').settings).toEqual(k8s);
  });

  test('but for a null, which only a patch can say', () => {
    const { settings, overlays } = expressed({ component: 'ztunnel', k8s: { env: [{ name: 'RUST_BACKTRACE', value: null }, { name: 'A', value: 'b' }] } }, '1.30.3');
    expect(settings).toBeUndefined();
    expect(overlays).toHaveLength(1);
  });

  test('field by field, so that the rest becomes props', () => {
    const { props, settings } = expressed({ component: 'ingressGateways', k8s: { service: { type: 'NodePort', externalIPs: ['192.0.2.1'] } } }, '1.30.3');
    expect(props).toMatchObject({ service: { type: 'NodePort' } });
    expect(settings).toEqual({ service: { externalIPs: ['192.0.2.1'] } });
  });
});

test('settings that change nothing are named', () => {
  const k8s = { podDisruptionBudget: { minAvailable: 1 }, volumes: [{ name: 'a' }] };
  const { notes } = installationFromOperator(operatorOf({ component: 'pilot', k8s }, {}), { istio: '1.30.3' });
  expect(notes).toEqual([
    'spec.components.pilot.k8s.podDisruptionBudget: no installed component does anything with it',
    'spec.components.pilot.k8s.volumes: no installed component does anything with it',
  ]);
});

test('settings of a construct that refuses its props are left to be refused with it', () => {
  const refused = operatorOf({ component: 'pilot', k8s: { nodeSelector: { a: 'b' } } }, { pilot: { autoscaleMin: 7 } });
  const [istiod] = installationFromOperator(refused, { istio: '1.30.3' }).components;
  expect(istiod?.overlays).toHaveLength(1);
});
