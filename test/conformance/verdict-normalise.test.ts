import { compare } from '../../conformance/verdict/compare';
import { normaliseOurs, normalisePath, normaliseServer } from '../../conformance/verdict/normalise';
import type { OurVerdict } from '../../conformance/verdict/ours';
import { locate, occurrences, pathOf, withValue } from '../../conformance/verdict/places';
import { textFor } from '../../conformance/verdict/patterns';
import { Random } from '../../conformance/verdict/random';
import { shrink } from '../../conformance/verdict/shrink';
import { subjectsOf } from '../../conformance/verdict/subjects';
import { UNMODELLED } from '../../conformance/verdict/unmodelled';
import type { Cause } from '../../conformance/kubernetes/status';
import type { Finding } from '../../src/errors/finding';

describe('what is compared of two refusals', () => {
  test.each([
    ['spec.map[key].name', 'spec.map.key.name'],
    ['spec.http[0].route', 'spec.http.0.route'],
    ['metadata.labels[a/b]', 'metadata.labels'],
    ['spec.template.metadata.annotations[a]', 'spec.template.metadata.annotations'],
    ['metadata.ownerReferences[1].uid', 'metadata.ownerReferences.uid'],
  ])('%s counts as %s', (path, expected) => {
    expect(normalisePath(path)).toBe(expected);
  });

  test('unknown fields hide everything else the server might say', () => {
    const causes = [{ reason: 'UnknownField', field: 'spec.a', message: '' }, { reason: 'FieldValueInvalid', field: 'spec.b', message: '' }];
    expect(normaliseServer(refusal(causes))).toMatchObject({ stage: 'unknown fields', paths: new Set(['spec.a']) });
  });

  test('the place of a oneOf and of a number out of its format is read from the message', () => {
    const causes = [
      { reason: 'FieldValueInvalid', field: '<nil>', message: 'Invalid value: "": "spec.tls" must validate one and only one schema (oneOf). Found none valid' },
      { reason: 'FieldValueInvalid', field: '<nil>', message: 'Invalid value: "": Checked value must be of type integer with format int32 in spec.ports[0].port' },
      { reason: 'FieldValueInvalid', field: '<nil>', message: 'Invalid value: null: some validation rules were not checked because the object was invalid' },
    ];
    const { paths, unions } = normaliseServer(refusal(causes));
    expect([...paths]).toEqual(['spec.tls', 'spec.ports.0.port']);
    expect([...unions]).toEqual(['spec.tls']);
  });

  test('of three equal items the second alone counts', () => {
    const findings = [1, 2].map((index) => finding('duplicate-item', `spec.hosts[${index}]`, '"a", as item 0 has'));
    expect([...normaliseOurs(verdict(findings), 'validation').paths]).toEqual(['spec.hosts.1']);
  });

  test('a refusal of one side only is a disagreement, and a field that one side names only is another', () => {
    expect(compare({}, verdict([]), refusal([{ reason: 'FieldValueRequired', field: 'spec', message: '' }]), false).outcome).toBe('disagree');
    expect(compare({}, verdict([finding('missing-field', 'spec')]), accepted, false).outcome).toBe('disagree');
    const server = refusal([{ reason: 'FieldValueRequired', field: 'spec', message: '' }]);
    expect(compare({}, verdict([finding('missing-field', 'spec'), finding('wrong-type', 'spec.a')]), server, false).why).toBe('fields differ: ours only spec.a');
    expect(compare({}, verdict([finding('missing-field', 'spec')]), server, false).outcome).toBe('agree');
  });

  test('a missing namespace is an exception only where nothing else is wrong', () => {
    expect(compare({}, verdict([finding('missing-namespace', 'metadata.namespace')]), accepted, false).outcome).toBe('exception');
    const both = [finding('missing-namespace', 'metadata.namespace'), finding('missing-field', 'spec')];
    expect(compare({}, verdict(both), accepted, false).outcome).toBe('disagree');
  });
});

describe("of Kubernetes' own kinds", () => {
  const cause = (field: string, message = ''): Cause => ({ reason: 'FieldValueInvalid', field, message });
  const judged = (kind: string, findings: readonly Finding[], causes: readonly Cause[]): unknown => {
    const { outcome, why } = compare({ kind }, verdict(findings), refusal(causes), true);
    return `${outcome} ${why}`;
  };

  test('what the server alone refuses is a disagreement', () => {
    expect(judged('Pod', [], [cause('spec.dnsPolicy')])).toBe('disagree the server refuses: spec.dnsPolicy');
  });

  test('what is left to the server is skipped by name, and only where nothing else is wrong', () => {
    const cost = cause('spec.validation.openAPIV3Schema', 'Forbidden: estimated rule cost exceeds budget by factor of 2x');
    expect(judged('CustomResourceDefinition', [], [cost])).toBe('skipped cost of CEL rules');
    expect(judged('CustomResourceDefinition', [], [cost, cause('spec.scope')])).toMatch(/^disagree/);
    expect(judged('Pod', [], [cost])).toMatch(/^disagree/);
  });

  test('a refusal by other objects of the cluster is skipped, another by admission is not', () => {
    const forbidden = (message: string): string => compare({ kind: 'Pod' }, verdict([]), { accepted: false, causes: [], message }, true).outcome;
    expect(forbidden('pods "a" is forbidden: no PriorityClass with name b was found')).toBe('skipped');
    expect(forbidden('pods "a" is forbidden: not today')).toBe('disagree');
  });

  test('each check that is left to the server says why', () => {
    expect(UNMODELLED.filter(({ check, reason }) => check === '' || reason === '')).toEqual([]);
    expect(UNMODELLED.length).toBeLessThan(6);
  });

  test('a field counts as named by what leads to it, and by the name that the server has for it', () => {
    const found = (property: string): readonly Finding[] => [finding('kubernetes-rule', property)];
    expect(judged('Pod', found('spec.volumes[0].projected.sources'), [cause('spec.volumes[0].projected')])).toBe('agree ');
    expect(judged('Pod', found('spec.volumes[0].gcePersistentDisk.pdName'), [cause('spec.volumes[0].persistentDisk.pdName')])).toBe('agree ');
    expect(judged('CustomResourceDefinition', found('spec.versions[0].schema.openAPIV3Schema.type'), [cause('spec.validation.openAPIV3Schema.type')])).toBe('agree ');
    expect(judged('Pod', found('spec.nodeName'), [cause('spec.hostname')])).toBe('disagree fields differ: ours only spec.nodeName');
  });

  test('of a missing field only the refusal is compared', () => {
    expect(judged('Pod', [finding('missing-field', 'spec.containers')], [cause('spec.volumes')])).toBe('agree ');
  });
});

describe('making objects', () => {
  test.each(['^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', '^([0-9]{1,5}(h|m|s|ms)){1,4}$', '(^$|^[a-f0-9]{64}$)', '^[!-~]+([\\t ]?[!-~]+)*$'])('texts for %s match it', (pattern) => {
    const random = new Random(7);
    const texts = Array.from({ length: 50 }, () => textFor(pattern, random));
    expect(texts.filter((text) => !new RegExp(pattern).test(text))).toEqual([]);
  });

  test('a path leads to its place, also through keys with dots', () => {
    const object = { spec: { ports: { 'a.b': [{ x: 1 }] } } };
    expect(locate(object, 'spec.ports[a.b][0].x')).toEqual(['spec', 'ports', 'a.b', 0, 'x']);
    expect(locate(object, 'spec.missing')).toEqual(['spec']);
    expect(pathOf(['spec', 'http', 0, 'name'])).toBe('spec.http[0].name');
  });

  test('each value is found with its node, and changed without touching the original', () => {
    const [subject] = subjectsOf({ istio: '1.31.1', gatewayApi: '1.6.1', channel: 'experimental', kubernetes: '1.36.3' }, (name) => name === 'istio Sidecar v1');
    const object = { spec: { ingress: [{ port: { number: 1 } }] } };
    const paths = occurrences((subject as NonNullable<typeof subject>).tree, object).map(({ node }) => node.path);
    expect(paths).toContain('.spec.ingress[].port.number');
    expect(withValue(object, ['spec', 'ingress', 0, 'port', 'number'], 2)).toEqual({ spec: { ingress: [{ port: { number: 2 } }] } });
    expect(object.spec.ingress[0]?.port.number).toBe(1);
  });

  test('shrinking keeps what the question is about', async () => {
    const object = { apiVersion: 'v1', kind: 'A', metadata: {}, spec: { keep: { bad: true, other: 1 }, list: [1, 2, 3] } };
    const small = await shrink(object, (smaller) => Promise.resolve(JSON.stringify(smaller).includes('"bad":true')));
    expect(small).toEqual({ apiVersion: 'v1', kind: 'A', metadata: {}, spec: { keep: { bad: true } } });
  });
});

const accepted = { accepted: true, causes: [], message: '' };

function refusal(causes: readonly { reason: string; field: string; message: string }[]): { accepted: boolean; causes: typeof causes; message: string } {
  return { accepted: false, causes, message: 'refused' };
}

function verdict(findings: OurVerdict['findings']): OurVerdict {
  return { accepted: findings.length === 0, known: true, findings };
}

function finding(code: string, property: string, got = 'x'): OurVerdict['findings'][number] {
  return { code, property, got, expected: 'y' };
}
