import { Chart } from 'cdk8s';
import { Secret } from '../../../imports/kubernetes/secret';
import { MeshApp } from '../../../src/core/mesh-app';
import type { MeshReference } from '../../../src/control-plane/mesh-reference';
import { Cluster } from '../../../src/core/cluster';
import { unknown } from '../../../src/core/unknown';
import { Mesh } from '../../../src/mesh/mesh';
import type { MeshProps } from '../../../src/mesh/mesh-props';
import { PluginCa } from '../../../src/security/certificates/plugin-ca';
import type { GivenCaProps, PluginCaProps } from '../../../src/security/certificates/plugin-ca-props';
import { synthTo } from '../../../src/testing';
import { caught } from '../../support/caught';
import { makeCertificate } from '../../support/certificate-maker';
import { authorityCases, authorityPairs } from './authorities';

const root = makeCertificate('root');
const ca = makeCertificate('ca', { issuer: root });
const given = { rootCert: root.pem, caCert: ca.pem };
const withKey = { ...given, caKey: ca.key.pem, allowPlainTextKey: true } as const;

function platform(): Chart {
  return new Chart(new MeshApp(), 'platform');
}

function pluginCa(props: Partial<Record<keyof GivenCaProps | 'certManager', unknown>>, chart = platform()): Chart {
  new PluginCa(chart, 'ca', { mesh: Mesh.fromName(chart, 'mesh'), ...props } as unknown as PluginCaProps);
  return chart;
}

function chartOf(props: MeshProps): Chart {
  const chart = platform();
  new Mesh(chart, 'mesh', props);
  return chart;
}

/** The one finding that a program comes to, by whichever step. */
function finding(body: () => unknown): { code: string; construct?: string; property: string; got: string; expected: string; fix?: string; severity?: string } {
  const { findings } = caught(body);
  expect(findings).toHaveLength(1);
  return findings[0] as never;
}

describe('a plug-in CA', () => {
  test('is the Secret that istiod reads', () => {
    const secret = synthTo(pluginCa(withKey)).one(Secret) as unknown as { metadata: object; stringData: object };
    expect(secret.metadata).toEqual({ name: 'cacerts', namespace: 'istio-system' });
    expect(secret.stringData).toEqual({ 'root-cert.pem': root.pem, 'ca-cert.pem': ca.pem, 'cert-chain.pem': ca.pem, 'ca-key.pem': ca.key.pem });
  });

  test('without a key it makes nothing, and checks all the same', () => {
    expect(synthTo(pluginCa(given)).many(Secret)).toEqual([]);
    expect(finding(() => pluginCa({ rootCert: makeCertificate('another').pem, caCert: ca.pem }))).toMatchObject({ code: 'broken-chain', property: 'caCert' });
  });

  test('a key that is known at deployment goes through as it is', () => {
    const key = unknown<string>('the key of the vault');
    const secret = synthTo(pluginCa({ ...given, caKey: key })).one(Secret) as unknown as { stringData: Record<string, unknown> };
    expect(secret.stringData['ca-key.pem']).toBe(key);
  });

  test('certificates that are known at deployment are not looked into, and the others are', () => {
    const known = unknown<string>('made by Pulumi');
    expect(synthTo(pluginCa({ rootCert: known, caCert: known, caKey: known })).many(Secret)).toHaveLength(1);
    expect(finding(() => pluginCa({ rootCert: known, caCert: 'hello', caKey: known })).property).toBe('caCert');
  });

  test('cert-manager is asked for an authority', () => {
    const chart = pluginCa({ certManager: { issuer: 'root-ca', duration: '2400h' } });
    const [certificate] = chart.toJson() as { kind: string; metadata: object; spec: Record<string, unknown> }[];
    expect(certificate?.metadata).toEqual({ name: 'cacerts', namespace: 'istio-system' });
    expect(certificate?.spec).toMatchObject({ isCA: true, secretName: 'cacerts', duration: '2400h', renewBefore: '800h', issuerRef: { name: 'root-ca', kind: 'ClusterIssuer', group: 'cert-manager.io' }, usages: ['cert sign', 'crl sign', 'digital signature'] });
  });
});

describe('an authority', () => {
  test.each(authorityCases().map((each) => [each.what, each] as const))('%s', (_, { files, refused, property }) => {
    const synthesize = (): unknown => synthTo(pluginCa({ ...files, allowPlainTextKey: true })).many(Secret);
    if (refused === undefined) {
      expect(synthesize()).toHaveLength(1);
      return;
    }
    const { findings } = caught(synthesize);
    expect(findings.map(({ code, construct, property: at }) => ({ code, construct, property: at }))).toContainEqual({ code: refused, construct: 'platform/ca', property });
    for (const each of findings) expect([each.expected, each.fix]).not.toContain('');
    // neither keys nor certificates are shown
    expect(findings.map((each) => JSON.stringify(each)).join()).not.toMatch(/[A-Za-z0-9+/]{40}/);
  });
});

describe('the time', () => {
  const top = makeCertificate('root', { until: new Date('2049-01-01T00:00:00Z') });
  const ending = makeCertificate('ca', { issuer: top, until: new Date('2040-01-31T00:00:00Z') });
  const at = (now: string, more: object = {}): Chart => pluginCa({ rootCert: top.pem, caCert: ending.pem, caKey: ending.key.pem, allowPlainTextKey: true, now: new Date(now), ...more });

  test('an end that comes near is a warning, which says when', () => {
    expect(synthTo(at('2040-01-10T00:00:00Z')).warnings).toMatchObject([
      { code: 'ca-expires-soon', severity: 'warning', construct: 'platform/ca', property: 'caCert', got: 'CN=ca, which ends on 2040-01-31, in 21 days' },
    ]);
    expect(synthTo(at('2040-01-10T00:00:00Z', { warnBefore: '500h' })).warnings).toEqual([]);
    expect(synthTo(at('2030-01-10T00:00:00Z')).warnings).toEqual([]);
  });

  test('what is written does not depend on it', () => {
    const [early, late] = ['2030-01-01', '2040-01-30'].map((now) => JSON.stringify(at(now).toJson()));
    expect(late).toBe(early);
  });

  test('the second of the end is too late', () => {
    expect(caught(() => at('2040-01-31T00:00:00Z').toJson()).findings.map(({ code }) => code)).toEqual(['ca-expired']);
    expect(synthTo(at('2040-01-30T23:59:59Z')).many(Secret)).toHaveLength(1);
  });

  test('an authority that ends is found at the next synthesis, though the program stays', () => {
    const soon = makeCertificate('ca', { issuer: top, until: new Date(Math.ceil(Date.now() / 1000 + 1) * 1000) });
    const chart = pluginCa({ rootCert: top.pem, caCert: soon.pem });
    expect(synthTo(chart).warnings).toMatchObject([{ code: 'ca-expires-soon' }]);
    jest.useFakeTimers({ now: Date.now() + 5000 });
    expect(caught(() => synthTo(chart)).findings.map(({ code }) => code)).toEqual(['ca-expired']);
    jest.useRealTimers();
  });
});

describe('bad input', () => {
  const cases: readonly [string, Record<string, unknown>, { code: string; property: string }][] = [
    ['a key in plain text', { ...given, caKey: ca.key.pem }, { code: 'plain-text-key', property: 'caKey' }],
    ['a misspelt key', { ...given, rootcert: 'x' }, { code: 'unknown-prop', property: 'rootcert' }],
    ['certificates and cert-manager', { ...given, certManager: { issuer: 'root-ca' } }, { code: 'contradiction', property: 'rootCert' }],
    ['an issuer without a name', { certManager: {} }, { code: 'bad-text', property: 'certManager.issuer' }],
    ['an issuer that cannot be', { certManager: { issuer: 'Root CA' } }, { code: 'bad-name', property: 'certManager.issuer' }],
    ['a kind that cert-manager has not', { certManager: { issuer: 'root-ca', kind: 'ClusterIsuer' } }, { code: 'bad-choice', property: 'certManager.kind' }],
    ['less than an hour', { certManager: { issuer: 'root-ca', duration: '30m' } }, { code: 'bad-duration', property: 'certManager.duration' }],
    ['a renewal before the beginning', { certManager: { issuer: 'root-ca', duration: '2h', renewBefore: '2h' } }, { code: 'bad-duration', property: 'certManager.renewBefore' }],
    ['an algorithm', { certManager: { issuer: 'root-ca', algorithm: 'Ed25519' } }, { code: 'bad-choice', property: 'certManager.algorithm' }],
    ['a long name', { certManager: { issuer: 'root-ca', commonName: 'x'.repeat(65) } }, { code: 'bad-name', property: 'certManager.commonName' }],
    ['all authorities of the web', { ...given, rootCert: root.pem.repeat(51) }, { code: 'bad-pem', property: 'rootCert' }],
    ['a text that begins again and again', { ...given, rootCert: '-----BEGIN CERTIFICATE-----\n'.repeat(100_000) }, { code: 'bad-pem', property: 'rootCert' }],
    ['a date that is a text', { ...given, now: '2030-01-01' }, { code: 'bad-date', property: 'now' }],
    ['a flag that is a text', { ...withKey, allowPlainTextKey: 'yes' }, { code: 'bad-choice', property: 'allowPlainTextKey' }],
    ['days', { ...given, warnBefore: '30d' }, { code: 'bad-duration', property: 'warnBefore' }],
  ];

  test.each(cases)('%s', (_, props, expected) => {
    expect(finding(() => pluginCa(props))).toMatchObject({ ...expected, construct: 'platform/ca' });
  });

  const garbage: readonly [string, unknown][] = [['null', null], ['nothing', undefined], ['a number', 7], ['a flag', true], ['an object', {}], ['a list', []], ['a symbol', Symbol('x')], ['a function', () => ''], ['bytes', Buffer.from('x')], ['blanks', '  ']];
  test.each(garbage)('%s is no PEM', (_, value) => {
    const names = value === undefined ? (['rootCert', 'caCert'] as const) : (['rootCert', 'caCert', 'certChain', 'caKey'] as const);
    for (const name of names) {
      const { findings } = caught(() => pluginCa({ ...withKey, [name]: value }));
      expect(findings.map(({ code }) => code)).toContain('bad-pem');
    }
  });

  test.each([null, 7, 'cacerts', []])('%p is no props', (value) => {
    const chart = platform();
    caught(() => new PluginCa(chart, 'ca', value as never));
  });

  const key = ca.key.pem;
  test.each<[string, () => unknown]>([
    ['where it belongs', () => pluginCa({ ...given, caKey: key })],
    ['for a certificate', () => pluginCa({ rootCert: key, caCert: key, certChain: key })],
    ['for a flag', () => pluginCa({ ...given, allowPlainTextKey: key })],
    ['for a time', () => pluginCa({ ...given, warnBefore: key })],
    ['for a date', () => pluginCa({ ...given, now: key })],
    ['for an issuer', () => pluginCa({ certManager: { issuer: key } })],
    ['for what cert-manager is asked', () => pluginCa({ certManager: key })],
    ['for all props', () => new PluginCa(platform(), 'ca', key as never)],
    ["for a mesh's", () => new Mesh(platform(), 'mesh', { pluginCa: key as never })],
    ["within a mesh's", () => new Mesh(platform(), 'mesh', { pluginCa: { ...given, caKey: key } })],
  ])('a key is never shown: %s', (_, body) => {
    const error = caught(body);
    const said = `${error.message}${error.stack ?? ''}${JSON.stringify(error.findings)}`;
    for (const line of key.split('\n').filter((each) => each !== '' && !each.startsWith('-----'))) expect(said).not.toContain(line.slice(0, 12));
  });
});

describe('clusters of one mesh', () => {
  const stranger = makeCertificate('stranger');
  const program = (meshId: string | undefined, east: object, other: object): Chart => {
    const app = new MeshApp();
    const charts = Object.entries({ east, west: other }).map(([name, pluginCaProps]) => {
      const chart = new Chart(new Cluster(app, name), 'platform');
      new Mesh(chart, 'mesh', { clusterName: name, ...(meshId !== undefined && { meshId }), pluginCa: pluginCaProps as never });
      return chart;
    });
    return charts[0] as Chart;
  };

  test.each(authorityPairs().map((each) => [each.what, each] as const))('%s', (_, { east, west: other, refused }) => {
    const [one, two] = [east, other].map((files) => ({ ...files, allowPlainTextKey: true }));
    const synthesize = (): unknown => synthTo(program('shop', one ?? {}, two ?? {})).warnings;
    if (refused === undefined) expect(synthesize()).toEqual([]);
    else expect(finding(synthesize)).toMatchObject({ code: refused.code, construct: `${refused.cluster}/platform/mesh/plugin-ca`, property: 'rootCert' });
  });

  test('have intermediates of their own', () => {
    expect(synthTo(program('shop', given, given)).warnings).toMatchObject([{ code: 'shared-intermediate', construct: 'west/platform/mesh/plugin-ca', property: 'caCert' }]);
  });

  test('are told by the id of the mesh: others may be staging and production', () => {
    expect(synthTo(program(undefined, given, { rootCert: stranger.pem, caCert: stranger.pem })).warnings).toEqual([]);
  });
});

describe('a mesh with one', () => {
  test('has it as a prop, so that istiod waits', () => {
    const chart = platform();
    const mesh = new Mesh(chart, 'mesh');
    expect(finding(() => new PluginCa(chart, 'ca', { mesh, ...given }))).toMatchObject({ code: 'istiod-does-not-wait', construct: 'platform/ca', property: 'mesh' });
    const waiting = platform();
    new PluginCa(waiting, 'ca', { mesh: new Mesh(waiting, 'mesh', { istiod: { certificatesFrom: 'cacerts' } }), ...withKey });
    expect(synthTo(waiting).many(Secret)).toHaveLength(1);
  });

  test.each<[string, (chart: Chart) => MeshReference]>([
    ['of a profile', (chart) => Mesh.fromProfile(chart, 'mesh', 'minimal')],
    ['of Helm', (chart) => Mesh.fromHelmValues(chart, 'mesh', { base: {}, istiod: {} })],
  ])('one %s does not wait, which is a warning where the Secret comes from elsewhere', (_, make) => {
    const warned = (props: object): readonly unknown[] => {
      const chart = platform();
      new PluginCa(chart, 'ca', { mesh: make(chart), ...props } as PluginCaProps);
      return synthTo(chart).warnings.filter(({ code }) => code === 'istiod-does-not-wait').map(({ construct, property }) => [construct, property]);
    };
    expect(warned(given)).toEqual([['platform/ca', 'mesh']]);
    expect(warned({ certManager: { issuer: 'mesh-root' } })).toEqual([['platform/ca', 'mesh']]);
    expect(warned(withKey)).toEqual([]);
  });

  test('may ask an istiod of another cluster', () => {
    const chart = platform();
    new Mesh(chart, 'mesh', { clusterName: 'west', primary: { address: '10.0.0.1', clusterName: 'east' }, pluginCa: withKey });
    expect(synthTo(chart).many(Secret)).toHaveLength(1);
  });

  test('hears of its end before certificates would hold longer', () => {
    const until = new Date(Date.now() + 60 * 86_400_000);
    const ending = makeCertificate('ca', { issuer: root, until });
    const warned = (workloadTtl: string): readonly string[] => {
      const chart = platform();
      new Mesh(chart, 'mesh', { pluginCa: { rootCert: root.pem, caCert: ending.pem }, certificates: { workloadTtl } });
      return synthTo(chart).warnings.map(({ code }) => code);
    };
    expect([warned('24h'), warned('1500h')]).toEqual([[], ['ca-expires-soon']]);
  });

  const volumesOf = (objects: readonly unknown[]): Record<string, { optional: boolean }>[] =>
    (objects as { kind: string; metadata: { name: string }; spec: { template: { spec: { volumes: { name: string; secret: { optional: boolean } }[] } } } }[])
      .filter(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'istiod')
      .map(({ spec }) => Object.fromEntries(spec.template.spec.volumes.map(({ name, secret }) => [name, secret])));

  test('waits for the Secret, which comes before istiod', () => {
    const chart = platform();
    new Mesh(chart, 'mesh', { pluginCa: withKey });
    const objects = chart.toJson();
    expect(volumesOf(objects)[0]?.['cacerts']?.optional).toBe(false);
    const written = (chart.node.root as MeshApp).synthYaml();
    expect(written.indexOf('name: cacerts\n')).toBeGreaterThan(0);
    expect(written.indexOf('name: cacerts\n')).toBeLessThan(written.search(/kind: Deployment\nmetadata:\n(.*\n){0,12}?  name: istiod\n/));
  });

  test('without, istiod makes do with what is there', () => {
    const chart = platform();
    new Mesh(chart, 'mesh');
    expect(volumesOf(chart.toJson())[0]?.['cacerts']?.optional).toBe(true);
  });

  test('of each cluster its own, whatever the order', () => {
    const program = (order: readonly string[]): string => {
      const app = new MeshApp();
      const charts = order.map((name) => {
        const chart = new Chart(new Cluster(app, name), 'platform');
        new PluginCa(chart, 'ca', { mesh: Mesh.fromName(chart, 'mesh'), ...withKey });
        return [name, chart] as const;
      });
      return JSON.stringify(charts.sort().map(([, chart]) => chart.toJson()));
    };
    expect(program(['b', 'a'])).toBe(program(['a', 'b']));
  });

  test('is one for all revisions', () => {
    const both = (second: object): Chart => {
      const chart = platform();
      new Mesh(chart, 'one', { revision: 'a', pluginCa: withKey });
      new Mesh(chart, 'two', { revision: 'b', pluginCa: second as never });
      return chart;
    };
    expect(synthTo(both(withKey)).many(Secret)).toHaveLength(1);
    expect(finding(() => synthTo(both({ rootCert: root.pem, caCert: root.pem })))).toMatchObject({ code: 'several-authorities', construct: 'platform/two/plugin-ca', property: 'caCert' });
  });

  test.each<[string, object, string]>([
    ['pluginCa', { pluginCa: withKey }, 'pluginCa'],
    ['an istiod that waits for the Secret', { istiod: { certificatesFrom: 'cacerts' } }, 'pluginCa'],
    ['istioCsr', { istioCsr: { issuer: 'mesh-root' } }, 'istioCsr'],
  ])('is one for a revision beside %s, which would make up a root', (_, told, property) => {
    const beside = (first: object, second: object, namespace?: string): Chart => {
      const chart = platform();
      new Mesh(chart, 'one', { revision: 'a', ...first });
      new Mesh(chart, 'two', { revision: 'b', ...second, ...(namespace !== undefined && { namespace }) });
      return chart;
    };
    for (const [first, second, construct] of [[told, {}, 'platform/two'], [{}, told, 'platform/one']] as const) {
      expect(finding(() => synthTo(beside(first, second)))).toMatchObject({ code: 'signer-of-one-revision', construct, property });
    }
    // nobody signs for another mesh, and in the other clusters it is the others' matter
    expect(synthTo(beside(told, {}, 'other-system')).warnings).toEqual([]);
    expect(synthTo(beside({}, {})).warnings).toEqual([]);
  });

  test.each(['ENABLE_CA_SERVER', 'EXTERNAL_CA', 'K8S_SIGNER', 'PILOT_CERT_PROVIDER', 'ROOT_CA_DIR'])('is not what istiod is told by %s', (name) => {
    for (const told of [{ pluginCa: withKey }, { istioCsr: { issuer: 'mesh-root' } }]) {
      expect(finding(() => new Mesh(platform(), 'mesh', { ...told, istiod: { env: { [name]: 'true' } } }))).toMatchObject({ code: 'said-twice', construct: 'platform/mesh', property: `istiod.env.${name}` });
    }
    expect(synthTo(chartOf({ istiod: { env: { [name]: 'true' } } })).warnings).toEqual([]);
  });

  test('is one that cert-manager keeps, too', () => {
    const chart = platform();
    for (const revision of ['a', 'b']) new Mesh(chart, revision, { revision, pluginCa: { certManager: { issuer: 'mesh-root' } } });
    expect((chart.toJson() as { kind: string }[]).filter(({ kind }) => kind === 'Certificate')).toHaveLength(1);
    const mixed = platform();
    new Mesh(mixed, 'a', { revision: 'a', pluginCa: given });
    new Mesh(mixed, 'b', { revision: 'b', pluginCa: { certManager: { issuer: 'mesh-root' } } });
    expect(finding(() => synthTo(mixed))).toMatchObject({ code: 'several-authorities', construct: 'platform/b/plugin-ca', property: 'certManager' });
  });
});
