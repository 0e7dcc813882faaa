import { MeshValidation } from '../../src/validation/mesh-validation';
import type { Violation } from '../../src/validation/mesh-validation';
import { caught } from '../support/caught';

/** As cdk8s hands on what stands in cdk8s.yaml, which nobody has checked. */
function refused(properties: unknown): string[] {
  const { findings } = caught(() => new MeshValidation(properties as never));
  expect(findings.every(({ fix }) => fix !== undefined)).toBe(true);
  return findings.map(({ code, property, got }) => `${code} ${property}: ${got}`);
}

describe('properties', () => {
  test.each<[string, unknown, string[]]>([
    ['a version that YAML reads as a number', { istio: 1.31 }, ['bad-version istio: 1.31']],
    ['a version that is null', { kubernetes: null }, ['bad-version kubernetes: null']],
    ['a list without a version', { gatewayApi: [] }, ['bad-version gatewayApi: an empty list']],
    ['one of a list', { istio: ['1.31.1', 'latest'] }, ['bad-version istio: "latest"']],
    ['an Istio whose minor release is not known', { istio: '1.20.0' }, ['unknown-version istio: "1.20.0"']],
    ['a channel that is none', { gatewayApiChannel: 'beta' }, ['bad-channel gatewayApiChannel: "beta"']],
    ['all of it at once', { version: '1', istio: 1.31, gatewayApiChannel: 1 }, ['bad-channel gatewayApiChannel: 1', 'bad-version istio: 1.31', 'unknown-prop version: the prop "version"']],
    ['a text', '1.31.1', ['bad-props properties: "1.31.1"']],
    ['null', null, ['bad-props properties: null']],
  ])('%s', (_name, properties, findings) => {
    expect(refused(properties)).toEqual(findings);
  });

  test('a misspelled one: says which is meant', () => {
    const [finding] = caught(() => new MeshValidation({ Kubernetes: '1.36' } as never)).findings;
    expect(finding).toMatchObject({ code: 'unknown-prop', property: 'Kubernetes', fix: 'did you mean "kubernetes"?' });
  });

  test('a number for a version: says how YAML reads a text', () => {
    expect(caught(() => new MeshValidation({ istio: 1.3 } as never)).findings[0]?.fix).toMatch(/^put it in quotes/);
  });

  test.each<[object | undefined]>([[undefined], [{}], [{ istio: ['1.30.7', '1.31.1'], kubernetes: '1.36', gatewayApi: '1.6.1', gatewayApiChannel: 'experimental' }]])('%p are right', (properties) => {
    expect(() => new MeshValidation(properties)).not.toThrow();
  });
});

test('every finding becomes a violation with its fix, and an error fails the synthesis', async () => {
  const violations: Violation[] = [];
  const submitted: string[] = [];
  await new MeshValidation({ istio: '1.31.1' }).validate({
    manifests: ['dist/shop.k8s.yaml'],
    parseManifest: () => [null, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'My Map', namespace: 'shop' } }],
    report: { addViolation: (violation) => violations.push(violation), submit: (status) => submitted.push(status) },
  });
  expect(violations).toMatchObject([{ ruleName: 'bad-name', fix: 'such as "my-map"', violatingResources: [{ resourceName: 'My Map', manifestPath: 'dist/shop.k8s.yaml' }] }]);
  expect(submitted).toEqual(['failure']);
});
