import { MINORS, NEWEST } from '../../src/control-plane/release';
import { installationFromHelm } from '../../src/migrate/from-helm';
import type { HelmRelease } from '../../src/migrate/from-helm';
import { propsFrom } from '../../src/migrate/props-from';
import { CHARTS, OPERATOR_GATEWAYS } from '../../src/migrate/values/charts';
import { KnownValues } from '../../src/migrate/values/known-values';
import { unsupportedValues } from '../../src/migrate/values/unsupported-values';
import type { Finding } from '../../src/errors/finding';
import type { JsonObject } from '../../src/rules/json';
import { caught } from '../support/caught';

function findings(chart: HelmRelease['chart'], values: JsonObject, istio = '1.30.3'): readonly Finding[] {
  return caught(() => installationFromHelm([{ chart, values }], { istio })).findings;
}

describe('rules', () => {
  test('each sets its prop, later ones win, and what has no value stays out', () => {
    const rules = [
      { path: 'a.b', prop: 'x.y' },
      { path: 'a', prop: 'all', convert: () => undefined },
      { path: 'c', prop: 'x', convert: (value: unknown) => ({ z: value }) },
      { path: 'd', prop: 'x.y' },
      { path: 'missing', prop: 'never' },
      { path: 'c', prop: 'never', unsupported: 'there is no prop' },
    ];
    expect(propsFrom(rules, { a: { b: 1 }, c: 2, d: 3 })).toEqual({ x: { y: 3, z: 2 } });
  });

  test('the values are left as they are', () => {
    const values = { env: { A: '1' }, more: { B: '2' } };
    expect(propsFrom([{ path: 'env', prop: 'env' }, { path: 'more.B', prop: 'env.B' }], values)).toEqual({ env: { A: '1', B: '2' } });
    expect(values).toEqual({ env: { A: '1' }, more: { B: '2' } });
  });

  // what nothing reads in the end, and what the chart's own schema forbids
  const LEFT_OUT = ['global.trustDomain', 'ownerName', 'gateways.istio-egressgateway.egressPorts'];

  test.each([...CHARTS, ...OPERATOR_GATEWAYS].map((chart) => [chart.name, chart] as const))('every value that the chart %s reads has one', (_, chart) => {
    // one that says why it is not supported is one, too
    const rules = chart.load().rules.map(({ unsupported: _why, ...rule }) => rule);
    for (const minor of MINORS) {
      const known = KnownValues.of(chart, minor);
      const read = known.paths.filter((path) => known.get(path)?.isRead === true && known.namesBelow(path).length === 0);
      // a value that is no default, at each path by itself
      const { findings: missing } = unsupportedValues({ values: Object.fromEntries(read.map((path) => [path, 'x'])), chart, rules, known, place: (property) => ({ property }) });
      const paths = missing.map(({ property }) => property.replace(/^global\.(?=ownerName)/, ''));
      expect(paths.filter((path) => !LEFT_OUT.includes(path))).toEqual([]);
    }
  });
});

test.each([...CHARTS, ...OPERATOR_GATEWAYS].map((chart) => [chart.name, chart] as const))('every rule of the chart %s is for a value that a release of it knows', (_, chart) => {
  const known = MINORS.map((minor) => KnownValues.of(chart, minor));
  // one table serves both directions
  const isOther = (path: string): boolean => chart.name === 'egress' && path === 'gateways.istio-egressgateway.ingressPorts';
  const isKnown = (path: string): boolean =>
    known.some((values) => values.get(path) !== undefined || values.namesBelow(path).length > 0 || values.paths.some((open) => path.startsWith(`${open}.`)));
  expect(chart.load().rules.map(({ path }) => path).filter((path) => !isKnown(path) && !isOther(path))).toEqual([]);
});

test('a release has the names of the documentation, and the namespace that its values give', () => {
  const { istio, components } = installationFromHelm([
    { chart: 'gateway', values: { name: 'edge' }, releaseName: 'edge', namespace: 'ingress' },
    { chart: 'istiod', values: { global: { istioNamespace: 'mesh' } } },
    { chart: 'base' },
  ]);
  expect(istio).toBe(NEWEST['1.31']);
  expect(components.map(({ construct, id }) => `${construct} ${id}`)).toEqual(['Base base', 'Istiod istiod', 'Gateway edge']);
  expect(components[1]?.props).toMatchObject({ namespace: 'mesh' });
  expect(components[2]?.props).toMatchObject({ name: 'edge', namespace: 'ingress' });
});

test('a value that no chart knows is refused, with the one that was meant', () => {
  expect(findings('istiod', { global: { hubb: 'x' } })).toMatchObject([
    { code: 'unknown-value', construct: 'istiod', property: 'global.hubb', got: '"x"', fix: 'did you mean "global.hub"?' },
  ]);
  expect(findings('istiod', { statusPort: 1 })).toMatchObject([{ fix: 'did you mean "global.proxy.statusPort"?' }]);
  // the chart takes globals at the top, too, but its schema does not
  expect(findings('gateway', { networkPolicy: { enabled: true } })).toMatchObject([{ fix: 'did you mean "global.networkPolicy"?' }]);
  expect(findings('gateway', { nonsense: 1 })).toMatchObject([{ code: 'unknown-value', property: 'nonsense' }]);
});

test('what one release knows another one may not', () => {
  expect(findings('gateway', { dnsPolicy: 'None' }, '1.30.3')).toMatchObject([{ code: 'unknown-value', property: 'dnsPolicy' }]);
  expect(installationFromHelm([{ chart: 'gateway', values: { dnsPolicy: 'None' } }], { istio: '1.31.3' }).components[0]?.props).toMatchObject({ dnsPolicy: 'None' });
});

test('what only charts of other releases know changes nothing where no schema refuses it', () => {
  const { components, notes } = installationFromHelm([{ chart: 'base', values: { global: { enableReaderRBAC: false } } }], { istio: '1.29.6' });
  expect(notes).toEqual(['base: global.enableReaderRBAC: the chart base of Istio 1.29 does nothing with it']);
  expect(components).toEqual(installationFromHelm([{ chart: 'base' }], { istio: '1.29.6' }).components);
});

test.each<[HelmRelease['chart'], JsonObject, string, string]>([
  ['istiod', { global: { proxy: { privileged: [] } } }, 'global.proxy.privileged', 'true or false'],
  ['istiod', { pilot: { resources: 'big' } }, 'pilot.resources', 'values by name'],
  ['istiod', { tolerations: {} }, 'tolerations', 'a list'],
  ['istiod', { global: 'x' }, 'global', 'values by name'],
  ['istiod', { tag: {} }, 'tag', 'a number or a text'],
  ['istiod', { autoscaleMin: {} }, 'autoscaleMin', 'a number'],
  // Helm checks this chart by a schema
  ['gateway', { replicaCount: '2' }, 'replicaCount', 'a number'],
  ['gateway', { podAnnotations: null }, 'podAnnotations', 'values by name'],
])('%s: %j is of another type', (chart, values, property, expected) => {
  expect(findings(chart, values)).toMatchObject([{ code: 'wrong-value-type', property, expected }]);
});

test('templates print scalars, so a number may stand for a text', () => {
  expect(installationFromHelm([{ chart: 'istiod', values: { global: { tag: 1.3 } } }]).components[0]?.props).toMatchObject({ image: { tag: '1.3' } });
});

test('values of other charts change nothing, and are named', () => {
  const { notes, components } = installationFromHelm([{ chart: 'ztunnel', values: { cni: { excludeNamespaces: ['a'] } } }], { istio: '1.30.3' });
  expect(notes).toEqual(['ztunnel: cni.excludeNamespaces: the chart ztunnel of Istio 1.30 does nothing with it']);
  expect(components).toHaveLength(1);
});

test('all that is wrong is said at once', () => {
  const { findings: all } = caught(() =>
    installationFromHelm([{ chart: 'cni', values: { foo: 1, profile: 'x' } }, { chart: 'istiod', values: { bar: 1 } }]),
  );
  expect(all.map(({ construct, property }) => `${construct ?? ''} ${property}`)).toEqual(['cni foo', 'cni profile', 'istiod bar']);
});

test.each([
  [() => installationFromHelm([{ chart: 'istio' as never }]), 'unknown-chart', 'did you mean "istiod"?'],
  [() => installationFromHelm([{ chart: 'base' }], { istio: '1.20.0' }), 'unknown-version', `give one such as ${NEWEST['1.31']}`],
  [() => installationFromHelm([{ chart: 'base', values: [] as never }]), 'bad-values', undefined],
  [() => installationFromHelm([{ chart: 'gateway' }, { chart: 'gateway' }]), 'duplicate-release', 'give each a release name of its own'],
])('bad input %#', (make, code, fix) => {
  const [finding] = caught(make).findings;
  expect(finding?.code).toBe(code);
  expect(finding?.fix).toBe(fix);
});
