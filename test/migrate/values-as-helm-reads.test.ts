import type { Finding } from '../../src/errors/finding';
import { installationFromHelm } from '../../src/migrate/from-helm';
import type { HelmRelease } from '../../src/migrate/from-helm';
import type { Installation } from '../../src/migrate/installation';
import type { JsonObject } from '../../src/rules/json';
import { caught } from '../support/caught';

/** Values as Helm's templates take them: scalars are printed and read again, null takes away, sections must be there. */

function installed(chart: HelmRelease['chart'], values: JsonObject, istio = '1.31.3'): Installation {
  return installationFromHelm([{ chart, values }], { istio });
}

function props(chart: HelmRelease['chart'], values: JsonObject, istio?: string): Readonly<Record<string, unknown>> | undefined {
  return installed(chart, values, istio).components[0]?.props;
}

function findings(chart: HelmRelease['chart'], values: JsonObject): readonly Finding[] {
  return caught(() => installed(chart, values)).findings;
}

describe('scalars of another type', () => {
  test('a budget in percent, and numbers in quotes', () => {
    expect(props('istiod', { pdb: { minAvailable: '50%' }, autoscaleMin: '2' })).toMatchObject({ disruptionBudget: { minAvailable: '50%' }, autoscaling: { minReplicas: 2 } });
  });

  test('flags in quotes', () => {
    expect(props('cni', { repair: { deletePods: 'true' } })).toMatchObject({ repair: { deletePods: true } });
    expect(props('istiod', { global: { logAsJson: 'true' } })).toMatchObject({ logging: { json: true } });
    // the chart would take it for true here, and for false there
    expect(findings('cni', { ambient: { enabled: 'false' } })).toMatchObject([{ code: 'bad-value', property: 'ambient.enabled' }]);
  });

  test('texts are no numbers of base 60', () => {
    expect(props('ztunnel', { resources: { requests: { cpu: '1:30' } } })).toMatchObject({ resources: { requests: { cpu: '1:30' } } });
  });

  test('numbers in quotes are numbers in the configuration of the mesh, as in examples of Istio', () => {
    const provider = { name: 'authz', envoyExtAuthzGrpc: { service: 'authz.foo.svc.cluster.local', port: '9000' } };
    expect(props('istiod', { meshConfig: { extensionProviders: [provider] } })).toMatchObject({ meshConfig: { extensionProviders: [provider] } });
  });

  test('a list or a map is no scalar', () => {
    expect(findings('istiod', { env: { A: {} } })).toMatchObject([{ code: 'bad-value', construct: 'istiod', property: 'env.A' }]);
    expect(findings('istiod', { autoscaleMin: [] })).toMatchObject([{ code: 'wrong-value-type', construct: 'istiod', property: 'autoscaleMin' }]);
  });
});

test('gateway: amounts are texts, by the schema of the chart', () => {
  expect(findings('gateway', { resources: { limits: { cpu: 2 } } })).toMatchObject([{ code: 'bad-value', construct: 'istio-ingress', property: 'resources.limits.cpu' }]);
  expect(props('gateway', { resources: { limits: { cpu: '500m', memory: null } } })).toMatchObject({ resources: { limits: { cpu: '500m', memory: null } } });
});

describe('what templates are told', () => {
  test('values as they were given, where a prop has another type', () => {
    const global = { tag: 1.3, meshID: 7, network: null, proxy: { capNetBindService: false, resources: { limits: { cpu: 2 } } } };
    expect(props('istiod', { global })).toMatchObject({
      image: { tag: '1.3' },
      meshId: '7',
      templateValues: { global: { tag: 1.3, meshID: 7, network: null, proxy: { capNetBindService: false, resources: { limits: { cpu: 2 } } } } },
    });
  });

  test('nothing, where they have the type that they should have', () => {
    expect(props('istiod', { global: { tag: 'x', network: 'n', proxy: { statusPort: 15020, privileged: true } } })).not.toHaveProperty('templateValues');
  });

  test('no platform that is not under global', () => {
    expect(props('istiod', { platform: 'openshift' })).toMatchObject({ platform: 'openshift', injectionPlatform: false });
    expect(props('istiod', { global: { platform: 'openshift' } })).not.toHaveProperty('injectionPlatform');
  });
});

describe('nulls and empty values', () => {
  test.each<[HelmRelease['chart'], JsonObject, string]>([
    ['base', { base: null }, 'base'],
    ['istiod', { global: null }, 'global'],
    ['istiod', { meshConfig: null }, 'meshConfig'],
    ['istiod', { pilot: { env: null } }, 'env'],
    ['cni', { cni: { repair: null } }, 'repair'],
    ['ztunnel', { multiCluster: null }, 'multiCluster'],
  ])('%s: %j takes a section away that the chart looks into', (chart, values, property) => {
    expect(findings(chart, values)).toMatchObject([{ code: 'bad-value', construct: chart, property, got: 'null' }]);
  });

  test.each<[HelmRelease['chart'], JsonObject, string]>([
    ['base', { defaultRevision: null }, 'defaultRevision'],
    ['istiod', { revision: 5 }, 'revision'],
    ['cni', { provider: true }, 'provider'],
    ['ztunnel', { revision: null }, 'revision'],
  ])('%s: %j is compared with texts', (chart, values, property) => {
    expect(findings(chart, values)).toMatchObject([{ code: 'bad-value', construct: chart, property }]);
  });

  test('an empty namespace of ztunnel undoes that of OpenShift', () => {
    expect(props('istiod', { global: { platform: 'openshift' }, trustedZtunnelNamespace: '' })).toMatchObject({ trustedZtunnel: { namespace: 'istio-system' } });
  });

  test('an empty hub stays empty', () => {
    expect(props('ztunnel', { hub: '' })).toMatchObject({ image: { hub: '' } });
  });
});

test('a tracer without its section, as the chart would look into it', () => {
  expect(findings('istiod', { global: { proxy: { tracer: 'lightstep' } } })).toMatchObject([{ code: 'bad-value', construct: 'istiod', property: 'global.tracer.lightstep' }]);
});

test('two platforms of which istiod would be set up for one and told of the other', () => {
  expect(findings('istiod', { platform: 'gke', global: { platform: 'openshift' } })).toMatchObject([{ code: 'bad-value', construct: 'istiod', property: 'platform' }]);
});

test('texts between quotes are read as YAML reads them, in every chart', () => {
  expect(props('ztunnel', { env: { A: 'say \\"hi\\"' } })).toMatchObject({ env: { A: 'say "hi"' } });
  expect(findings('cni', { env: { A: 'say "hi"' } })).toMatchObject([{ code: 'bad-value', construct: 'cni', property: 'env.A' }]);
});

test('what only a later release knows is left out with a note, below a schema too', () => {
  const { components, notes } = installed('gateway', { service: { healthCheckNodePort: 30000 } }, '1.29.6');
  expect(components[0]?.props).not.toHaveProperty('service');
  expect(notes).toEqual([expect.stringContaining('service.healthCheckNodePort')]);
  expect(props('istiod', { terminationMessagePolicy: 'FallbackToLogsOnError' }, '1.29.6')).not.toHaveProperty('terminationMessagePolicy');
});
