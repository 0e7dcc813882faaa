import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '../../src/validation/validator';

/** What a real API server (1.36.3, with the CRDs of Istio 1.31.1 and Gateway API 1.6.1) said of generated objects. */
interface Verdict {
  readonly accepted: boolean;
  /** Fields that the server named in its refusal; empty where it stopped before looking at values. */
  readonly fields?: readonly string[];
  readonly object: { readonly apiVersion: string; readonly kind: string; readonly metadata: { readonly name: string } };
}

const verdicts = readFileSync(join(__dirname, 'verdicts/objects.ndjson'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Verdict);
const validator = new Validator({ target: { istio: '1.31.1', gatewayApi: '1.6.1', gatewayApiChannel: 'experimental' } });
const byKind = new Map<string, Verdict[]>();
for (const verdict of verdicts) byKind.set(verdict.object.kind, [...(byKind.get(verdict.object.kind) ?? []), verdict]);

test('there are verdicts of both kinds, on many kinds', () => {
  expect(byKind.size).toBeGreaterThan(20);
  expect(verdicts.filter(({ accepted }) => accepted).length).toBeGreaterThan(60);
  expect(verdicts.filter(({ accepted }) => !accepted).length).toBeGreaterThan(60);
});

describe('the verdict is that of a real server', () => {
  test.each([...byKind])('%s', (_kind, cases) => {
    const disagreed = cases.filter(({ object, accepted }) => (validator.validate(object).findings.length === 0) !== accepted);
    expect(disagreed).toEqual([]);
  });
});

test('the fields that a server names are named here too', () => {
  const missed = verdicts.flatMap(({ object, fields }) => {
    const named = validator.validate(object).findings.map(({ property }) => normal(property));
    return (fields ?? []).map(normal).filter((field) => !named.some((own) => own.startsWith(field) || field.startsWith(own)));
  });
  expect(missed).toEqual([]);
});

/** The server writes keys of maps as `labels.a` in one message and as `labels[a]` in the next. */
function normal(path: string): string {
  const dotted = path.replaceAll(/\["?([^\]"]*)"?\]/g, '.$1');
  // of owners it names no index
  return dotted.replace(/(ownerReferences)\.\d+/, '$1');
}
