import { Testing } from 'cdk8s';
import { parse } from 'yaml';
import { checkInjector } from '../../../src/control-plane/injection/injector-checks';
import { injectionTemplates, injectorConfig } from '../../../src/control-plane/injection/injector-config';
import { INJECTOR_VALUE_PATHS, injectorValues } from '../../../src/control-plane/injection/injector-values';
import type { InjectorProps } from '../../../src/control-plane/injection/injection-props';
import { injectionSettings } from '../../../src/control-plane/injection/settings';
import type { InjectionContext, InjectionSettings } from '../../../src/control-plane/injection/settings';
import { valueAt } from '../../../src/migrate/props-from';
import { caught } from '../../support/caught';

const V1_31 = { version: '1.31.3', minor: '1.31' } as const;

function settings(props: InjectorProps = {}, context: Partial<InjectionContext> = {}): InjectionSettings {
  return injectionSettings({ release: V1_31, namespace: 'istio-system', ...context }, props);
}

function template(name: string, props: InjectorProps = {}, context: Partial<InjectionContext> = {}): string {
  return injectionTemplates(settings(props, context))[name] ?? '';
}

const ALWAYS = ['agentgateway', 'gateway', 'grpc-agent', 'grpc-simple', 'kube-gateway', 'sidecar', 'waypoint'];

describe('the templates', () => {
  test('are those that istiod asks for, and one of the user of the same name takes the place of one', () => {
    const own = { templates: { gateway: 'spec: {}\n', team: 'metadata: {}\n' }, defaultTemplates: ['sidecar', 'team'] };
    const config = parse(injectorConfig(settings({ injection: own }))) as { templates: Record<string, string>; defaultTemplates: string[] };
    expect(Object.keys(config.templates).sort()).toEqual([...ALWAYS, 'agentgateway-waypoint', 'team'].sort());
    expect(config.templates).toMatchObject(own.templates);
    expect(config.defaultTemplates).toEqual(['sidecar', 'team']);
  });

  test('of waypoints with agentgateway are there since istiod asks for them', () => {
    expect(Object.keys(injectionTemplates(settings({}, { release: { version: '1.30.7', minor: '1.30' } }))).sort()).toEqual(ALWAYS);
  });

  test('say what is known: with a CNI plugin there is no init container with rights, and the other way around', () => {
    expect(template('sidecar')).toContain('istio-init');
    expect(template('sidecar')).not.toContain('istio-validation');
    const withCni = template('sidecar', {}, { cni: { enabled: true } });
    expect(withCni).toContain('istio-validation');
    expect(withCni).not.toMatch(/istio-init|NET_RAW/);
    expect(withCni).not.toContain('appendMultusNetwork');
    expect(template('sidecar', {}, { cni: { enabled: true, provider: 'multus' } })).toContain('appendMultusNetwork');
  });

  test('read nothing from values: all settings are in them', () => {
    for (const text of Object.values(injectionTemplates(settings()))) expect(text).not.toContain('.Values');
  });

  test.each([
    ['1.29', false, false],
    ['1.30', true, false],
    ['1.31', true, true],
  ] as const)('of %s ask istiod only for what it has', (minor, hasOpenTelemetry, hasInitImage) => {
    const text = template('sidecar', {}, { release: { version: `${minor}.1`, minor } });
    expect(text.includes('otelResourceAttributes')).toBe(hasOpenTelemetry);
    expect(text.includes('.ProxyInitImage')).toBe(hasInitImage);
  });

  test('have the same text each time', () => {
    expect(injectorConfig(settings())).toBe(injectorConfig(settings()));
  });

  test('ask the istiod of their own revision and namespace for certificates, unless another authority is named', () => {
    expect(template('gateway', {}, { revision: 'canary', namespace: 'mesh' })).toContain('istiod-canary.mesh.svc:15012');
    expect(template('gateway', { proxy: { caAddress: 'csr.cert-manager.svc:443' } })).not.toContain(':15012');
  });

  test('have no probes of a proxy that has no status port unless a pod gives it one', () => {
    expect(template('sidecar', { proxy: { statusPort: false } })).toContain('annotation .ObjectMeta "status.sidecar.istio.io/port" 0');
  });
});

describe('resources', () => {
  test('are laid over the defaults, and null takes one away', () => {
    const { resources } = settings({ proxy: { resources: { limits: { cpu: null, memory: '2Gi' } } } }).proxy;
    expect(resources).toEqual({ requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '2Gi' } });
  });

  test('are texts in the values: istiod does not start with numbers', () => {
    const values = injectorValues(settings({ proxy: { resources: { limits: { cpu: 2 } } } }));
    expect(valueAt(values, 'global.proxy.resources.limits.cpu')).toBe('2');
  });
});

describe('the values', () => {
  test('have all that Istio reads, where it is set', () => {
    const everything: InjectorProps = {
      network: 'net1',
      proxy: { lifecycle: {}, holdApplicationUntilProxyStarts: false, capNetBindService: true },
      gateways: { agentgatewayImage: 'example.com/agentgateway:1' },
    };
    const context: Partial<InjectionContext> = { platform: 'gke', trustBundleName: 'roots', env: { ENABLE_CLUSTER_TRUST_BUNDLE_API: 'true' } };
    const values = injectorValues(settings(everything, context));
    expect(INJECTOR_VALUE_PATHS.filter((path) => valueAt(values, path) === undefined)).toEqual([]);
  });

  test('have lists of ports and ranges as Istio writes them', () => {
    const outbound = { ipRanges: ['10.0.0.0/8', '11.0.0.0/8'], excludePorts: [3306, 5432] };
    const values = injectorValues(settings({ proxy: { trafficCapture: { outbound, inbound: { ports: [] } } } }));
    expect(valueAt(values, 'global.proxy')).toMatchObject({
      includeIPRanges: '10.0.0.0/8,11.0.0.0/8',
      excludeOutboundPorts: '3306,5432',
      includeInboundPorts: '',
      excludeIPRanges: '',
    });
  });
});

describe('bad input', () => {
  test.each<[string, object, object]>([
    ['a level that Envoy does not have', { proxy: { logLevel: 'verbose' } }, { property: 'proxy.logLevel', got: '"verbose"' }],
    ['a port that is none', { proxy: { statusPort: 70000 } }, { property: 'proxy.statusPort', got: '70000' }],
    ['a port in a list', { proxy: { trafficCapture: { inbound: { ports: [0] } } } }, { property: 'proxy.trafficCapture.inbound.ports' }],
    ['a prop that there is not', { proxy: { loglevel: 'info' } }, { property: 'proxy.loglevel', fix: 'did you mean "logLevel"?' }],
    ['a policy', { injection: { policy: 'on' } }, { property: 'injection.policy', got: '"on"' }],
    ['an annotation that is no text', { injection: { injectedAnnotations: { a: 5 } } }, { property: 'injection.injectedAnnotations' }],
    ['a default template that there is not', { injection: { defaultTemplates: ['team'] } }, { property: 'injection.defaultTemplates' }],
    ['resources that are no object', { waypoint: { resources: { limits: '1Gi' } } }, { property: 'waypoint.resources.limits' }],
  ])('%s is refused with its prop', (_, props, finding) => {
    const chart = Testing.chart();
    const [first] = caught(() => checkInjector(chart, props as InjectorProps)).findings;
    expect(first).toMatchObject({ construct: chart.node.path, ...finding });
  });

  test('what other props there are is no business of the injector', () => {
    expect(() => checkInjector(Testing.chart(), { injection: { defaultTemplates: ['sidecar'] }, other: 1 } as InjectorProps)).not.toThrow();
  });
});
