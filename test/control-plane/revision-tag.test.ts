import { Chart, Testing } from 'cdk8s';
import { MutatingWebhookConfiguration, Service, ValidatingWebhookConfiguration } from '../../imports/kubernetes';
import { Cluster, MeshApp } from '../../src';
import { Istiod } from '../../src/control-plane/istiod/istiod';
import { RevisionTag } from '../../src/control-plane/revision-tag/revision-tag';
import type { RevisionTagProps } from '../../src/control-plane/revision-tag/revision-tag-props';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';

describe('a tag', () => {
  test('leads to the istiod of its revision', () => {
    const chart = Testing.chart();
    const next = new Istiod(chart, 'next', { revision: '1-31', service: { ipFamilies: ['IPv6'] }, injectorWebhook: { path: '/inject/net/a' } });
    const tag = new RevisionTag(chart, 'prod', { revision: next });
    const shown = synthTo(chart);
    const webhook = shown.one(MutatingWebhookConfiguration, 'istio-revision-tag-prod');
    expect(webhook.metadata.labels).toMatchObject({ 'istio.io/tag': 'prod', 'istio.io/rev': '1-31' });
    expect(webhook.webhooks?.[0]).toMatchObject({
      clientConfig: { service: { name: 'istiod-1-31', path: '/inject/net/a' } },
      namespaceSelector: { matchExpressions: [{ key: 'istio.io/rev', operator: 'In', values: ['prod'] }, {}] },
    });
    expect(shown.one(Service, 'istiod-revision-tag-prod').spec).toMatchObject({ selector: { 'istio.io/rev': '1-31' }, ipFamilies: ['IPv6'] });
    expect(tag.injectionLabels).toEqual({ 'istio.io/rev': 'prod' });
  });

  test('is the same as one of the control plane’s own', () => {
    const objects = (make: (chart: Chart) => void): unknown[] => {
      const chart = Testing.chart();
      make(chart);
      return synthTo(chart).all.filter(({ metadata }) => /revision-tag/.test((metadata as { name: string }).name));
    };
    const own = objects((chart) => new Istiod(chart, 'istiod', { revision: 'a', revisionTags: ['prod'] }));
    expect(own).toHaveLength(2);
    expect(objects((chart) => new RevisionTag(chart, 'prod', { revision: new Istiod(chart, 'istiod', { revision: 'a' }) }))).toEqual(own);
  });

  test('moves by a change of one prop: its objects keep their names', () => {
    const names = (revision: string): unknown[] => {
      const chart = Testing.chart();
      new RevisionTag(chart, 'prod', { revision, external: true });
      return synthTo(chart).all.map(({ metadata }) => (metadata as { name: string }).name);
    };
    expect(names('1-31')).toEqual(names('1-30'));
  });

  test('moves only once the new control plane is applied', () => {
    const app = new MeshApp();
    const next = new Istiod(new Chart(app, 'zz-istiod'), 'next', { revision: '1-31' });
    new RevisionTag(new Chart(app, 'aa-tag'), 'prod', { revision: next });
    const text = app.synthYaml();
    expect(text.indexOf('kind: Deployment')).toBeGreaterThan(-1);
    expect(text.indexOf('kind: Deployment')).toBeLessThan(text.indexOf('name: istio-revision-tag-prod'));
  });
});

describe('the tag default', () => {
  test('stands for what names no revision, and has all objects checked', () => {
    const chart = Testing.chart();
    const tag = new RevisionTag(chart, 'default', { revision: '1-31', external: true, namespace: 'mesh' });
    const shown = synthTo(chart);
    expect(shown.one(MutatingWebhookConfiguration, 'istio-revision-tag-default-mesh').webhooks).toHaveLength(4);
    const [webhook] = shown.one(ValidatingWebhookConfiguration, 'istiod-default-validator').webhooks ?? [];
    expect(webhook?.clientConfig.service).toEqual({ name: 'istiod-1-31', namespace: 'mesh', path: '/validate' });
    expect(tag.injectionLabels).toEqual({ 'istio-injection': 'enabled' });
  });

  test('leaves the check to the base chart, on request', () => {
    const chart = Testing.chart();
    new RevisionTag(chart, 'default', { revision: '1-31', external: true, validationWebhook: false });
    expect(synthTo(chart).many(ValidatingWebhookConfiguration)).toEqual([]);
  });
});

describe('is refused', () => {
  const tag = (props: RevisionTagProps, revision = '1-31'): Chart => {
    const chart = Testing.chart();
    new Istiod(chart, 'istiod', { revision });
    new RevisionTag(chart, 'prod', props);
    return chart;
  };

  test('on a revision that no control plane of the program is of, at synthesis', () => {
    expect(caught(() => synthTo(tag({ revision: '1-32' }))).findings).toMatchObject([
      { code: 'unknown-revision', construct: 'test/prod', property: 'revision', fix: 'did you mean "1-31"?' },
    ]);
  });

  test('not where that control plane is made later, or by another program', () => {
    const chart = Testing.chart();
    new RevisionTag(chart, 'prod', { revision: 'a' });
    new RevisionTag(chart, 'canary', { revision: 'b', external: true });
    new Istiod(chart, 'istiod', { revision: 'a' });
    expect(synthTo(chart).many(MutatingWebhookConfiguration)).toHaveLength(3);
  });

  test('with the name of another tag', () => {
    const chart = Testing.chart();
    new Istiod(chart, 'istiod', { revision: 'a', revisionTags: ['prod'] });
    expect(caught(() => new RevisionTag(chart, 'prod', { revision: 'a' })).findings).toMatchObject([
      { code: 'tag-twice', construct: 'test/prod', property: 'tag', got: '"prod", which test/istiod makes' },
    ]);
  });

  test('with the name of a revision', () => {
    expect(caught(() => tag({ revision: 'prod' }, 'prod')).findings).toMatchObject([{ code: 'tag-is-revision', construct: 'test/prod', property: 'tag' }]);
  });

  test('with a name that is none', () => {
    expect(caught(() => tag({ revision: '1-31', tag: 'v1.31' })).findings).toMatchObject([{ code: 'bad-prop', property: 'tag' }]);
    expect(caught(() => new RevisionTag(Testing.chart(), 'Prod', { revision: '1-31' })).findings).toMatchObject([{ code: 'bad-prop', property: 'tag' }]);
    expect(caught(() => tag({ revision: '1.31' })).findings).toMatchObject([{ code: 'bad-prop', property: 'revision' }]);
  });

  test('for something that is no control plane, or one of another cluster', () => {
    const app = Testing.app();
    const [a, b] = ['a', 'b'].map((name) => new Chart(new Cluster(app, name), 'chart')) as [Chart, Chart];
    const elsewhere = new Istiod(b, 'istiod');
    expect(caught(() => new RevisionTag(a, 'prod', { revision: elsewhere })).findings).toMatchObject([{ code: 'other-cluster', property: 'revision' }]);
    expect(caught(() => new RevisionTag(a, 'stable', { revision: a as never })).findings).toMatchObject([{ code: 'bad-reference', property: 'revision' }]);
    expect(caught(() => new RevisionTag(a, 'canary', {} as never)).findings).toMatchObject([{ code: 'bad-reference', property: 'revision' }]);
    expect(caught(() => new RevisionTag(a, 'next', { revision: 5 as never })).findings).toMatchObject([{ code: 'bad-prop', property: 'revision' }]);
  });
});
