import { catalog } from '../../imports/catalog';
import { Validator } from '../../src/validation/validator';
import { found } from './custom-kind';

const virtualService = (spec: Record<string, unknown>) => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name: 'reviews', namespace: 'shop' },
  spec,
});
const trafficExtension = {
  apiVersion: 'extensions.istio.io/v1alpha1',
  kind: 'TrafficExtension',
  metadata: { name: 'a', namespace: 'shop' },
  spec: { lua: { inlineCode: 'x' } },
};

describe('what is said of an object', () => {
  test('nothing where it is valid', () => {
    const result = new Validator({ target: { istio: '1.31.1' } }).validate(
      virtualService({ hosts: ['reviews'], http: [{ route: [{ destination: { host: 'reviews' }, weight: 100 }], timeout: '5s' }] }),
    );
    expect(result).toEqual({ known: true, findings: [], judgedBy: [{ source: 'istio', release: '1.31.1', version: 'v1' }], unknowns: [] });
  });

  test('where, what was got, what was expected, and the fix', () => {
    const [finding] = new Validator().validate(virtualService({ http: [{ route: [{ destination: { host: 'a' }, weigth: 1 }] }] })).findings;
    expect(finding).toEqual({
      code: 'unknown-field',
      property: 'spec.http[0].route[0].weigth',
      got: 'the field "weigth"',
      expected: 'one of destination, headers, weight',
      fix: 'did you mean "weight"?',
      object: { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', namespace: 'shop', name: 'reviews' },
    });
  });

  test('two ways to match exclude each other', () => {
    const findings = new Validator().validate(
      virtualService({ http: [{ match: [{ uri: { exact: '/a', prefix: '/b' } }], route: [{ destination: { host: 'a' } }] }] }),
    ).findings;
    expect(findings).toMatchObject([
      { code: 'not-exactly-one', property: 'spec.http[0].match[0].uri', got: 'exact and prefix', expected: 'at most one of exact, prefix or regex' },
    ]);
  });

  test('the message of the rule that refuses it', () => {
    const findings = new Validator().validate(virtualService({ http: [{ route: [{ destination: { host: 'a' } }], timeout: '0.5ms' }] })).findings;
    expect(findings).toMatchObject([
      { code: 'cel-rule', property: 'spec.http[0].timeout', got: '"0.5ms"', expected: 'must be a valid duration greater than 1ms' },
    ]);
  });

  test('rules do not run on what is not even of the right shape', () => {
    const findings = new Validator().validate(virtualService({ hosts: 'reviews', http: [{ timeout: '0.5ms' }] })).findings;
    expect(found(findings)).toEqual(['wrong-type spec.hosts']);
  });

  test('rules do run where only a value is wrong', () => {
    const findings = new Validator().validate(
      virtualService({ hosts: [], http: [{ timeout: '0.5ms', retries: { retryOn: 'x', perTryTimeout: '0s', attempts: -1 } }] }),
    ).findings;
    expect(found(findings)).toContain('cel-rule spec.http[0].timeout');
  });
});

describe('kinds and versions', () => {
  test.each([
    ['no object', 'text', ['not-an-object ']],
    ['null', null, ['not-an-object ']],
    ['nothing in it', {}, ['missing-api-version apiVersion', 'missing-kind kind']],
    ['an unknown kind', { apiVersion: 'a.b/v1', kind: 'Foo', metadata: { name: 'x' } }, []],
    ['an unknown kind with wrong metadata', { apiVersion: 'a.b/v1', kind: 'Foo', metadata: { labels: 1 } }, ['wrong-type metadata.labels', 'missing-name metadata.name']],
    ['no version at all', { apiVersion: 'a/b/c', kind: 'Foo', metadata: { name: 'x' } }, ['bad-api-version apiVersion']],
    ['a version that is not served', { ...virtualService({}), apiVersion: 'networking.istio.io/v2' }, ['unserved-version apiVersion']],
  ] as const)('%s', (_name, manifest, finds) => {
    expect(found(new Validator().validate(manifest).findings)).toEqual(finds);
  });

  test('a kind that a release does not have yet', () => {
    const validator = new Validator({ target: { istio: '1.29.6' } });
    expect(validator.validate(trafficExtension).findings).toMatchObject([
      { code: 'kind-not-in-release', property: 'kind', expected: 'a kind that Istio 1.29.6 has', fix: 'releases that have it: 1.30.3 and 1.31.1' },
    ]);
  });

  test('a kind of the other channel', () => {
    const mesh = { apiVersion: 'gateway.networking.x-k8s.io/v1alpha1', kind: 'XMesh', metadata: { name: 'a' }, spec: { controllerName: 'example.com/a' } };
    expect(new Validator().validate(mesh).findings).toMatchObject([{ code: 'kind-not-in-release', fix: 'it is in the experimental channel' }]);
    expect(new Validator({ target: { gatewayApiChannel: 'experimental' } }).validate(mesh).findings).toEqual([]);
  });

  test('a field that came later says since when', () => {
    const findings = new Validator({ target: { istio: '1.29.6' } }).validate(newer).findings;
    expect(findings).toMatchObject([
      {
        code: 'unknown-field',
        property: newField,
        expected: expect.stringMatching(/^a field of Istio 1\.29\.6: "budgetInterval" is there since 1\.3\d\.\d$/) as string,
      },
    ]);
  });

  test('an object must suit every declared version, and the finding says which it does not', () => {
    const result = new Validator({ target: { istio: ['1.29.6', '1.31.1'] } }).validate(newer);
    expect(result.judgedBy.map(({ release }) => release)).toEqual(['1.29.6', '1.31.1']);
    expect(found(result.findings)).toEqual([`unknown-field ${newField}`]);
    expect(result.findings[0]?.expected).toMatch(/\(for Istio 1\.29\.6\)$/);
  });

  test.each([
    ['1.31.3', '1.31.1', 'Istio 1.31.3 is judged by the rules of 1.31.1'],
    ['1.30', '1.30.3', 'Istio 1.30 is judged by the rules of 1.30.3'],
    ['1.32.0', '1.31.1', 'Istio 1.32.0 is judged by the rules of 1.31.1'],
    ['1.28.0', '1.29.6', 'Istio 1.28.0 is judged by the rules of 1.29.6'],
  ])('%s is judged by %s', (istio, release, note) => {
    const validator = new Validator({ target: { istio } });
    expect(validator.validate(virtualService({})).judgedBy).toMatchObject([{ release }]);
    expect(validator.notes).toEqual([note]);
  });

  test.each<[unknown, string]>([
    ['latest', '"latest"'],
    [1.31, '1.31'],
    [null, 'null'],
    [['1.31.1', 7], '7'],
  ])('the version %p, which is none, is refused at once', (istio, got) => {
    expect(() => new Validator({ target: { istio: istio as never } })).toThrow(
      expect.objectContaining({ findings: [expect.objectContaining({ code: 'bad-version', property: 'target.istio', got })] }) as Error,
    );
  });

  test('only the kinds that are met are loaded, or their source for its versions', () => {
    const loaded: string[] = [];
    const spied = catalog.map((entry) => ({ ...entry, load: () => (loaded.push(entry.source), entry.load()) }));
    new Validator({ catalog: spied }).validate(virtualService({}));
    expect(new Set(loaded)).toEqual(new Set(['istio']));
  });
});

/** Uses a field that came with a later release than 1.29.6. */
const newer = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'DestinationRule',
  metadata: { name: 'a', namespace: 'b' },
  spec: { host: 'a', trafficPolicy: { retryBudget: { budgetInterval: '5s' } } },
};
const newField = 'spec.trafficPolicy.retryBudget.budgetInterval';

describe('kinds of a group that is wholly known', () => {
  const object = (apiVersion: string, kind: string): object => ({ apiVersion, kind, metadata: { name: 'a', namespace: 'b' } });

  test.each([
    ['networking.istio.io/v1', 'VirtualServce', 'did you mean "VirtualService"?'],
    ['gateway.networking.k8s.io/v1', 'HttpRoute', 'did you mean "HTTPRoute"?'],
  ])('%s %s is refused', (apiVersion, kind, fix) => {
    const { findings } = new Validator().validate(object(apiVersion, kind));
    expect(findings).toMatchObject([{ code: 'unknown-kind', property: 'kind', fix }]);
  });

  test.each([
    ['v1', 'Node'],
    ['apps/v1', 'ControllerRevision'],
    ['cert-manager.io/v1', 'Certificate'],
  ])('%s %s is let through: not all kinds of its group are known here', (apiVersion, kind) => {
    expect(new Validator().validate(object(apiVersion, kind)).findings).toEqual([]);
  });
});
