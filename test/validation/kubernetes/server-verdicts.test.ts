import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compare } from '../../../conformance/verdict/compare';
import { Ours } from '../../../conformance/verdict/ours';
import type { Json } from '../../../src/rules/json';

/** What a real API server (1.36.3) said of an object of a kind of its own, and which fields it named. */
interface Verdict {
  readonly accepted: boolean;
  readonly causes?: readonly { readonly reason: string; readonly field: string }[];
  readonly object: Json & { readonly kind: string };
}

const verdicts = readFileSync(join(__dirname, 'verdicts.ndjson'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Verdict);
const ours = new Ours({ istio: '1.31.1', gatewayApi: '1.6.1', channel: 'experimental', kubernetes: '1.36.3' });
const byKind = new Map<string, Verdict[]>();
for (const verdict of verdicts) byKind.set(verdict.object.kind, [...(byKind.get(verdict.object.kind) ?? []), verdict]);

test('there are verdicts of both sorts, on every kind of Kubernetes', () => {
  expect(byKind.size).toBe(31);
  expect(verdicts.filter(({ accepted }) => accepted).length).toBeGreaterThan(80);
  expect(verdicts.filter(({ accepted }) => !accepted).length).toBeGreaterThan(400);
});

test.each([...byKind])('of a %s a real server says the same, of the same fields', (_kind, cases) => {
  const different = cases.flatMap(({ object, accepted, causes = [] }) => {
    const server = { accepted, message: '', causes: causes.map((cause) => ({ ...cause, message: '' })) };
    const { outcome, why } = compare(object, ours.judge(object), server, true);
    return outcome === 'agree' ? [] : [{ outcome, why, object, causes }];
  });
  expect(different).toEqual([]);
});
