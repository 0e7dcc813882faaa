import { Chart, Testing } from 'cdk8s';
import { Cluster, unknown } from '../../src';
import { Istiod } from '../../src/control-plane/istiod/istiod';
import type { IstiodProps } from '../../src/control-plane/istiod/istiod-props';
import { RemoteIstiod } from '../../src/control-plane/remote-istiod/remote-istiod';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';

function refusalOf(props: object, istio = '1.31.3'): unknown {
  const chart = new Chart(new Cluster(Testing.app(), 'prod', { istio }), 'chart');
  const { findings } = caught(() => new Istiod(chart, 'istiod', props as IstiodProps));
  expect(findings.every(({ construct, fix }) => construct === 'prod/chart/istiod' && fix !== undefined)).toBe(true);
  return findings.map(({ code, property }) => `${code} ${property}`);
}

test.each<[string, object, readonly string[]]>([
  ['more pods at least than at most', { autoscaling: { minReplicas: 6 } }, ['bad-replicas autoscaling.minReplicas']],
  ['no pods', { autoscaling: false, replicas: 0 }, ['bad-prop replicas']],
  ['a budget of two kinds', { disruptionBudget: { minAvailable: 1, maxUnavailable: 1 } }, ['bad-budget disruptionBudget']],
  ['a revision with dots', { revision: '1.31.3' }, ['bad-prop revision']],
  ['a tag that is no name', { revisionTags: ['prod', 'Stable'] }, ['bad-prop revisionTags']],
  ['a tag twice', { revisionTags: ['prod', 'prod'] }, ['tag-twice revisionTags']],
  ['its own revision as a tag', { revision: 'a', revisionTags: ['a'] }, ['tag-is-revision revisionTags']],
  ['a namespace that is no name', { namespace: 'Istio' }, ['bad-prop namespace']],
  ['a provider of certificates that is gone', { pilotCertProvider: 'kubernetes' }, ['bad-prop pilotCertProvider']],
  ['a percentage over 100', { traceSampling: 101 }, ['bad-prop traceSampling']],
  ['a webhook without TLS', { injectorWebhook: { url: 'http://istiod/inject' } }, ['bad-prop injectorWebhook.url']],
  ['a platform that Istio does not know', { platform: 'eks' }, ['bad-prop platform']],
  ['a prop that there is not', { replica: 2 }, ['unknown-prop replica']],
  ['a prop that there is not, whose value comes at deployment', { replica: unknown('the number of pods') }, ['unknown-prop replica']],
  ['a text where an object belongs', { meshConfig: 'x', autoscaling: 'on' }, ['bad-prop autoscaling', 'bad-prop meshConfig']],
  ['numbers in the environment', { env: { A: 1 } }, ['bad-prop env']],
  ['a template of injection that there is not', { injection: { defaultTemplates: ['nope'] } }, ['contradiction injection.defaultTemplates']],
  ['several at once', { revision: 'A', traceSampling: -1 }, ['bad-prop revision', 'bad-prop traceSampling']],
])('%s', (_, props, expected) => {
  expect(refusalOf(props)).toEqual(expected);
});

test.each<[string, object, string]>([
  ['1.29.10', { readerRbac: false }, 'readerRbac'],
  ['1.29.10', { nodeUntaint: { enabled: true, taint: 'example.com/wait' } }, 'nodeUntaint.taint'],
  ['1.30.7', { readerServiceAccount: { name: 'a', namespace: 'b' } }, 'readerServiceAccount'],
  ['1.30.7', { terminationMessagePolicy: 'File' }, 'terminationMessagePolicy'],
])('Istio %s cannot %j', (istio, props, property) => {
  expect(refusalOf(props, istio)).toEqual([`needs-newer-istio ${property}`]);
});

test('a release that is not known', () => {
  expect(refusalOf({ istio: '1.12.0' })).toEqual(['unknown-version istio']);
});

describe('two control planes', () => {
  const both = (first: IstiodProps, second: IstiodProps): (() => unknown) => {
    const chart = Testing.chart();
    new Istiod(chart, 'first', first);
    return () => new Istiod(chart, 'second', second);
  };

  test('of one revision inject the same pods', () => {
    expect(caught(both({ revision: 'a' }, { revision: 'a', namespace: 'other' })).findings).toMatchObject([
      { code: 'revision-twice', construct: 'test/second', property: 'revision', got: 'the revision "a", which test/first is of' },
    ]);
    expect(caught(both({}, {})).findings).toMatchObject([{ code: 'revision-twice', got: 'the default revision, which test/first is of' }]);
  });

  test('of one revision are two, where one of them injects nothing here', () => {
    expect(both({}, { namespace: 'external-istiod', injectorWebhook: false })).not.toThrow();
  });

  test('of one revision, in two clusters, are no matter', () => {
    const app = Testing.app();
    for (const name of ['a', 'b']) new Istiod(new Chart(new Cluster(app, name), 'chart'), 'istiod');
  });

  test('whose tag is the other’s revision, in either order', () => {
    const tagged = { revision: 'a', revisionTags: ['b'] };
    expect(caught(both(tagged, { revision: 'b' })).findings).toMatchObject([{ code: 'tag-is-revision', construct: 'test/second', property: 'revision' }]);
    expect(caught(both({ revision: 'b' }, tagged)).findings).toMatchObject([{ code: 'tag-is-revision', construct: 'test/second', property: 'revisionTags[0]' }]);
  });

  test('with one tag', () => {
    const first = { revision: 'a', revisionTags: ['prod'] };
    expect(caught(both(first, { revision: 'b', revisionTags: ['prod'] })).findings).toMatchObject([
      { code: 'tag-twice', construct: 'test/second', property: 'revisionTags[0]', got: '"prod", which test/first makes' },
    ]);
  });

  test('the tag default and the default revision stand for the same', () => {
    expect(caught(both({}, { revision: 'b', revisionTags: ['default'] })).findings).toMatchObject([{ code: 'tag-is-revision', property: 'revisionTags[0]' }]);
  });
});

describe('an istiod elsewhere', () => {
  const remote = (props: object, istio?: string): unknown =>
    caught(() => new RemoteIstiod(new Chart(new Cluster(Testing.app(), 'prod', istio === undefined ? {} : { istio }), 'chart'), 'istiod', props)).findings;

  test('must be somewhere', () => {
    expect(remote({})).toMatchObject([{ code: 'no-address', construct: 'prod/chart/istiod', property: 'address', fix: expect.stringContaining('externalService') as string }]);
  });

  test.each(['https://istiod.example.com', 'istiod.example.com:15012', '10.0.0.'])('at an address, not %j', (address) => {
    expect(remote({ address })).toMatchObject([{ code: 'bad-address', property: 'address' }]);
  });

  test('at an IPv6 address, from Istio 1.30 on', () => {
    const address = '2001:db8::1';
    expect(remote({ address }, '1.29.10')).toMatchObject([{ code: 'needs-newer-istio', property: 'address' }]);
    const chart = new Chart(new Cluster(Testing.app(), 'prod', { istio: '1.30.7' }), 'chart');
    new RemoteIstiod(chart, 'istiod', { address });
    expect(synthTo(chart).all).toContainEqual(expect.objectContaining({ kind: 'EndpointSlice', addressType: 'IPv6' }));
  });
});
