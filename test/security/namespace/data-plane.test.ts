import { App, Chart } from 'cdk8s';
import { Namespace } from '../../../imports/kubernetes';
import { Mesh, RevisionTag, StrictMtlsNamespace } from '../../../src';
import type { MeshProps, StrictMtlsNamespaceProps } from '../../../src';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';

const ENFORCE = 'pod-security.kubernetes.io/enforce';

/** The labels of a namespace of a mesh. */
function labelsIn(mesh: MeshProps, props: Partial<StrictMtlsNamespaceProps> = {}): Readonly<Record<string, string>> | undefined {
  const app = new App({ outdir: 'unused' });
  const made = new Mesh(new Chart(app, 'platform'), 'mesh', mesh);
  const chart = new Chart(app, 'shop');
  new StrictMtlsNamespace(chart, 'shop', { mesh: made, ...props });
  return synthTo(chart).one(Namespace).metadata.labels;
}

const none = { controlPlane: false } as const;

describe('dataPlane', () => {
  test('a namespace takes part as those of its mesh do', () => {
    expect(labelsIn(none)).toEqual({ 'istio-injection': 'enabled' });
    expect(labelsIn({ ...none, dataPlane: 'ambient', revision: 'canary' }, { podSecurity: false })).toEqual({ 'istio.io/dataplane-mode': 'ambient', 'istio.io/rev': 'canary' });
  });

  test('or as it says itself, with the revision of the mesh', () => {
    expect(labelsIn({ ...none, dataPlane: 'ambient' }, { dataPlane: 'sidecar' })).toEqual({ 'istio-injection': 'enabled' });
    expect(labelsIn({ ...none, dataPlane: 'ambient', revision: 'canary' }, { dataPlane: 'sidecar' })).toEqual({ 'istio.io/rev': 'canary' });
    expect(labelsIn({ ...none, revision: 'canary' }, { dataPlane: 'ambient', podSecurity: false })).toEqual({ 'istio.io/dataplane-mode': 'ambient', 'istio.io/rev': 'canary' });
  });

  test('a tag stays a tag', () => {
    const chart = new Chart(new App({ outdir: 'unused' }), 'shop');
    const tag = new RevisionTag(chart, 'stable', { revision: '1-31-1', external: true });
    new StrictMtlsNamespace(chart, 'shop', { mesh: tag, dataPlane: 'ambient', podSecurity: false });
    expect(synthTo(chart).one(Namespace).metadata.labels).toEqual({ 'istio.io/dataplane-mode': 'ambient', 'istio.io/rev': 'stable' });
  });

  test('ambient is refused where the mesh of the program has no ztunnel', () => {
    expect(caught(() => labelsIn({}, { dataPlane: 'ambient' })).findings[0]).toMatchObject({ code: 'no-ztunnel', construct: 'shop/shop', property: 'dataPlane' });
    expect(labelsIn({ dataPlane: 'ambient' }, { dataPlane: 'ambient' })).toMatchObject({ 'istio.io/dataplane-mode': 'ambient' });
  });

  test.each([null, 'Ambient', 5, {}])('%p is no data plane', (dataPlane) => {
    expect(caught(() => labelsIn(none, { dataPlane: dataPlane as never })).findings[0]).toMatchObject({ code: 'bad-choice', property: 'dataPlane' });
  });
});

describe('podSecurity', () => {
  test('a level is enforced; several are said by what they do, with a version', () => {
    expect(labelsIn(none, { podSecurity: 'restricted' })).toMatchObject({ [ENFORCE]: 'restricted' });
    expect(labelsIn(none, { podSecurity: { enforce: 'baseline', warn: 'restricted', version: 'v1.34' } })).toEqual({
      'istio-injection': 'enabled',
      [ENFORCE]: 'baseline',
      [`${ENFORCE}-version`]: 'v1.34',
      'pod-security.kubernetes.io/warn': 'restricted',
      'pod-security.kubernetes.io/warn-version': 'v1.34',
    });
  });

  test('without one it is baseline where it is known that pods need no rights of their own', () => {
    expect(labelsIn({ cni: true })?.[ENFORCE]).toBe('baseline');
    expect(labelsIn({ dataPlane: 'ambient' })?.[ENFORCE]).toBe('baseline');
    expect(labelsIn({ dataPlane: 'ambient' }, { dataPlane: 'sidecar' })?.[ENFORCE]).toBe('baseline');
    expect(labelsIn({})?.[ENFORCE]).toBeUndefined();
    expect(labelsIn(none)?.[ENFORCE]).toBeUndefined();
    expect(labelsIn({ cni: true, istiod: { proxy: { privileged: true } } })?.[ENFORCE]).toBeUndefined();
  });

  test('what is said otherwise counts: false, modes that enforce nothing, a label', () => {
    expect(labelsIn({ cni: true }, { podSecurity: false })?.[ENFORCE]).toBeUndefined();
    expect(labelsIn({ cni: true }, { podSecurity: { warn: 'restricted' } })).toEqual({ 'istio-injection': 'enabled', 'pod-security.kubernetes.io/warn': 'restricted' });
    expect(labelsIn({ cni: true }, { labels: { [ENFORCE]: 'privileged' } })?.[ENFORCE]).toBe('privileged');
  });

  test.each(['baseline', 'restricted'] as const)('%s is refused where each pod has an init container with NET_ADMIN', (level) => {
    const refusal = { code: 'init-container-forbidden', construct: 'shop/shop', property: 'podSecurity', fix: 'give the mesh platform/mesh the plugin: cni: true' };
    expect(caught(() => labelsIn({}, { podSecurity: level })).findings).toMatchObject([refusal]);
    expect(caught(() => labelsIn({}, { labels: { [ENFORCE]: level } })).findings).toMatchObject([refusal]);
    expect(labelsIn({ cni: true }, { podSecurity: level })?.[ENFORCE]).toBe(level);
  });

  test('what only warns is not', () => {
    expect(() => labelsIn({}, { podSecurity: { enforce: 'privileged', warn: 'restricted' } })).not.toThrow();
  });

  test('of several control planes that of the mesh counts', () => {
    const app = new App({ outdir: 'unused' });
    const platform = new Chart(app, 'platform');
    new Mesh(platform, 'old', { revision: 'old' });
    const mesh = new Mesh(platform, 'new', { revision: 'new', cni: true });
    const chart = new Chart(app, 'shop');
    new StrictMtlsNamespace(chart, 'shop', { mesh, podSecurity: 'restricted' });
    expect(() => synthTo(chart)).not.toThrow();
  });

  test.each<[unknown, string, string]>([
    ['Restricted', 'bad-choice', 'podSecurity'],
    [5, 'bad-props', 'podSecurity'],
    [null, 'bad-props', 'podSecurity'],
    [true, 'bad-props', 'podSecurity'],
    [{ enforce: 'strict' }, 'bad-choice', 'podSecurity.enforce'],
    [{ enforced: 'baseline' }, 'unknown-prop', 'podSecurity.enforced'],
    [{ enforce: 'baseline', version: '1.34' }, 'bad-version', 'podSecurity.version'],
    [{ enforce: 'baseline', version: 'v1.34.1' }, 'bad-version', 'podSecurity.version'],
    [{ enforce: 'baseline', version: {} }, 'bad-version', 'podSecurity.version'],
  ])('%j is refused', (podSecurity, code, property) => {
    expect(caught(() => labelsIn(none, { podSecurity: podSecurity as never })).findings[0]).toMatchObject({ code, property, construct: 'shop/shop' });
  });
});
