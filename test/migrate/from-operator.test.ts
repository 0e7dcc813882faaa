import { installationFromOperator, installationFromProfile } from '../../src/migrate/operator/from-operator';
import type { Installation, InstalledComponent } from '../../src/migrate/installation';
import { renderInstallation } from '../../src/migrate/render';
import type { JsonObject } from '../../src/rules/json';
import { caught } from '../support/caught';

function fromSpec(spec: JsonObject, istio = '1.30.3'): Installation {
  return installationFromOperator({ apiVersion: 'install.istio.io/v1alpha1', kind: 'IstioOperator', spec }, { istio });
}

function constructs(installation: Installation): string[] {
  return installation.components.map(({ construct, id }) => `${construct} ${id}`);
}

function component(spec: JsonObject, id: string, istio?: string): InstalledComponent {
  return fromSpec(spec, istio).components.find((each) => each.id === id) as InstalledComponent;
}

function rendered(spec: JsonObject, kind: string, name: string, istio?: string): JsonObject | undefined {
  return renderInstallation(fromSpec(spec, istio)).find((object) => object['kind'] === kind && (object['metadata'] as JsonObject)['name'] === name);
}

describe('a profile', () => {
  test.each([
    ['default', ['Base base', 'Istiod istiod', 'StandaloneGateway istio-ingressgateway']],
    ['demo', ['Base base', 'Istiod istiod', 'StandaloneGateway istio-ingressgateway', 'StandaloneGateway istio-egressgateway']],
    ['minimal', ['Base base', 'Istiod istiod']],
    ['ambient', ['Base base', 'Istiod istiod', 'Cni cni', 'Ztunnel ztunnel']],
    ['remote', ['Base base', 'RemoteIstiod istiod']],
    ['empty', []],
  ])('%s installs its components', (profile, expected) => {
    expect(constructs(installationFromProfile(profile))).toEqual(expected);
  });

  test('one that istioctl does not have is refused', () => {
    expect(caught(() => installationFromProfile('defualt')).findings).toMatchObject([
      { code: 'unknown-profile', property: 'spec.profile', got: '"defualt"', fix: 'did you mean "default"?' },
    ]);
  });

  test('an operator without one is the default', () => {
    expect(fromSpec({})).toEqual(installationFromProfile('default', { istio: '1.30.3' }));
  });
});

describe('values', () => {
  test('the fields of the spec are values of all charts, and values win over them', () => {
    const spec = { profile: 'minimal', hub: 'example.com', tag: '1.2', revision: 'canary', meshConfig: { accessLogFile: '/dev/stdout' } };
    expect(component(spec, 'istiod').props).toMatchObject({ revision: 'canary', image: { hub: 'example.com', tag: '1.2' } });
    expect(component({ ...spec, values: { global: { hub: 'other.com' } } }, 'istiod').props).toMatchObject({ image: { hub: 'other.com' } });
    expect(component({ ...spec, unvalidatedValues: { global: { hub: 'last.com' } }, values: {} }, 'istiod').props).toMatchObject({ image: { hub: 'last.com' } });
  });

  test('a component has a hub, a tag and a namespace of its own', () => {
    const components = { cni: { enabled: true, hub: 'cni.com', tag: 7, namespace: 'kube-system' } };
    expect(component({ profile: 'minimal', components }, 'cni').props).toMatchObject({ namespace: 'kube-system', image: { hub: 'cni.com', tag: '7' } });
    expect(component({ profile: 'minimal', components }, 'istiod').props).not.toHaveProperty('image');
  });

  test('the namespace of all others is that of the values', () => {
    expect(component({ values: { global: { istioNamespace: 'mesh' } } }, 'istiod').props).toMatchObject({ namespace: 'mesh' });
  });

  test('each gateway of the list is one, with its own name and labels; the list takes the place of the profile', () => {
    const ingressGateways = [
      { name: 'one', label: { app: 'one' }, namespace: 'a' },
      { name: 'two', k8s: { service: { ports: [{ port: 443, name: 'https', targetPort: 8443 }] } } },
      { name: 'three', enabled: false },
    ];
    const { components } = fromSpec({ components: { ingressGateways } });
    expect(components.slice(2).map(({ id }) => id)).toEqual(['one', 'two']);
    expect(components[2]?.props).toMatchObject({ name: 'one', namespace: 'a', labels: { app: 'one' } });
    expect(components[3]?.props).toMatchObject({ name: 'two', ports: [{ port: 443, name: 'https', targetPort: 8443 }] });
    expect(components[3]?.props).not.toHaveProperty('labels.app');
  });

  test('a gateway may be switched on by its value', () => {
    expect(constructs(fromSpec({ values: { gateways: { 'istio-egressgateway': { enabled: true } } } }))).toContain('StandaloneGateway istio-egressgateway');
  });

  test('those of ztunnel stand in a section of their own', () => {
    expect(component({ profile: 'ambient', values: { ztunnel: { logLevel: 'debug' } } }, 'ztunnel').props).toMatchObject({ logging: { level: 'debug' } });
  });

  test('istioctl knows its own, and their types', () => {
    const { findings } = caught(() => fromSpec({ values: { pilot: { replicas: 2 }, global: { proxy: { privileged: 'yes' } } } }));
    expect(findings).toMatchObject([
      { code: 'wrong-value-type', property: 'spec.values.global.proxy.privileged' },
      { code: 'unknown-value', property: 'spec.values.pilot.replicas' },
    ]);
  });

  test('one that no installed component reads is named', () => {
    expect(fromSpec({ profile: 'minimal', values: { cni: { cniBinDir: '/x' } } }).notes).toEqual(['spec.values.cni.cniBinDir: no installed component does anything with it']);
    expect(fromSpec({ profile: 'ambient', values: { cni: { cniBinDir: '/x' }, ztunnel: { logLevel: 'debug' } } }).notes).toBeUndefined();
  });
});

describe('Kubernetes settings', () => {
  const pilot = (k8s: JsonObject): JsonObject => ({ profile: 'minimal', components: { pilot: { k8s } } });

  test('are merged into the objects of the component', () => {
    const spec = pilot({
      resources: { requests: { cpu: '1' } },
      env: [{ name: 'FIRST', value: 'x' }],
      replicaCount: 3,
      nodeSelector: { a: 'b' },
      podAnnotations: { c: 'd' },
      priorityClassName: 'high',
      strategy: { rollingUpdate: { maxSurge: 1 } },
    });
    expect(rendered(spec, 'Deployment', 'istiod')).toMatchObject({
      spec: {
        replicas: 3,
        strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: '25%' } },
        template: {
          metadata: { annotations: { c: 'd', 'prometheus.io/port': '15014' } },
          spec: {
            nodeSelector: { a: 'b' },
            priorityClassName: 'high',
            containers: [{ name: 'discovery', resources: { requests: { cpu: '1', memory: '2048Mi' } } }],
          },
        },
      },
    });
  });

  test('the autoscaler, the budget and the Service have theirs', () => {
    const spec = pilot({ hpaSpec: { maxReplicas: 9 }, serviceAnnotations: { a: 'b' }, service: { type: 'NodePort' } });
    expect(rendered(spec, 'HorizontalPodAutoscaler', 'istiod')).toMatchObject({ spec: { maxReplicas: 9, minReplicas: 1 } });
    expect(rendered(spec, 'Service', 'istiod')).toMatchObject({ metadata: { annotations: { a: 'b' } }, spec: { type: 'NodePort' } });
  });

  test('since 1.31 scaling is a value as well, so that two replicas get a budget', () => {
    const spec = pilot({ hpaSpec: { minReplicas: 2, maxReplicas: 5 } });
    expect(rendered(spec, 'PodDisruptionBudget', 'istiod', '1.30.3')).toBeUndefined();
    expect(rendered(spec, 'PodDisruptionBudget', 'istiod', '1.31.3')).toBeDefined();
  });

  test('a revision of istiod is patched under its name', () => {
    const spec = { ...pilot({ replicaCount: 4 }), revision: 'canary' };
    expect(rendered(spec, 'Deployment', 'istiod-canary')).toMatchObject({ spec: { replicas: 4 } });
  });

  test('overlays come last', () => {
    const overlays = [{ kind: 'Deployment', name: 'istiod', patches: [{ path: 'spec.replicas', value: 7 }, { path: 'spec.template.spec.containers.[name:discovery].image', value: 'mine' }] }];
    expect(rendered(pilot({ replicaCount: 4, overlays }), 'Deployment', 'istiod')).toMatchObject({
      spec: { replicas: 7, template: { spec: { containers: [{ image: 'mine' }] } } },
    });
  });
});

describe('the form of the file', () => {
  test.each<[JsonObject, string, string]>([
    [{ apiVersion: 'install.istio.io/v1', kind: 'IstioOperator' }, 'bad-operator', 'apiVersion'],
    [{ kind: 'Istio' }, 'bad-operator', 'kind'],
    [{ spec: { component: {} } }, 'unknown-field', 'spec.component'],
    [{ spec: { components: { pilot: { replicas: 1 } } } }, 'unknown-field', 'spec.components.pilot.replicas'],
    [{ spec: { components: { ingressGateways: {} } } }, 'bad-operator', 'spec.components.ingressGateways'],
    [{ spec: { components: { ingressGateways: [{ k8s: { nodeSelector: { a: 1 } } }] } } }, 'bad-operator', 'spec.components.ingressGateways[0].k8s.nodeSelector.a'],
    [{ spec: { components: { cni: { enabled: 'yes' } } } }, 'bad-operator', 'spec.components.cni.enabled'],
    [{ spec: { revision: '1.30' } }, 'bad-operator', 'spec.revision'],
    [{ spec: { installPackagePath: '/charts' } }, 'bad-operator', 'spec.installPackagePath'],
  ])('%j is refused', (operator, code, property) => {
    expect(caught(() => installationFromOperator(operator)).findings).toMatchObject([{ code, property }]);
  });
});
