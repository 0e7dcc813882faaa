import { Validator } from '../../src/validation/validator';
import { METADATA_CASES } from './cases/metadata-cases';
import { crdOfSpec, found, validatorOf } from './custom-kind';

describe('metadata', () => {
  const validator = validatorOf(crdOfSpec({ type: 'object' }));

  test.each(METADATA_CASES)('$name', ({ metadata, finds }) => {
    expect(found(validator.validate({ apiVersion: 'example.com/v1', kind: 'Thing', metadata }).findings)).toEqual(finds);
  });
});

describe('names by kind', () => {
  /** Names that are good for one kind and bad for another. */
  const cases: readonly [string, string, string, string | undefined, boolean][] = [
    ['v1', 'Service', 'a.b', 'shop', false],
    ['v1', 'Service', 'a-1', 'shop', true],
    ['v1', 'ConfigMap', 'a.b', 'shop', true],
    ['v1', 'Namespace', 'a.b', undefined, false],
    ['apps/v1', 'StatefulSet', 'a.b', 'shop', false],
    ['apps/v1', 'Deployment', 'a.b', 'shop', true],
    ['batch/v1', 'CronJob', 'a'.repeat(53), 'shop', false],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole', 'system:Any_Name', undefined, true],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole', 'a/b', undefined, false],
    ['networking.istio.io/v1', 'VirtualService', 'a.b', 'shop', true],
  ];
  const validator = new Validator();

  test.each(cases)('%s %s %s', (apiVersion, kind, name, namespace, isGood) => {
    const metadata = namespace === undefined ? { name } : { name, namespace };
    const names = validator.validate({ apiVersion, kind, metadata }).findings.filter(({ code }) => code === 'bad-name');
    expect(names.length === 0).toBe(isGood);
  });

  test('a Service may begin with a digit since Kubernetes 1.36', () => {
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: '1a', namespace: 'shop' }, spec: { ports: [{ port: 80 }] } };
    const by = (kubernetes: string) => found(new Validator({ target: { kubernetes } }).validate(service).findings);
    expect(by('1.36.3')).toEqual([]);
    expect(by('1.32.10')).toEqual(['bad-name metadata.name']);
  });

  test('an object for the whole cluster is in no namespace', () => {
    const metadata = { name: 'a', namespace: 'shop' };
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata };
    expect(found(validator.validate(role).findings)).toEqual(['unexpected-namespace metadata.namespace']);
  });

  test('a definition is called by its plural and group', () => {
    const crd = crdOfSpec({ type: 'object' });
    expect(found(validator.validate(crd).findings)).toEqual([]);
    expect(found(validator.validate({ ...crd, metadata: { name: 'thing.example.com' } }).findings)).toEqual(['bad-name metadata.name']);
  });
});
