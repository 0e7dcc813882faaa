import { inspect } from 'node:util';
import { compareFindings, formatFinding } from '../../src/errors/finding';
import type { Finding } from '../../src/errors/finding';
import { closest } from '../../src/errors/closest';
import { MeshError, meshError } from '../../src/errors/mesh-error';

const FINDING: Finding = {
  code: 'wrong-type',
  construct: 'prod/shop/web',
  object: { kind: 'VirtualService', namespace: 'shop', name: 'web' },
  property: 'spec.http[0].timeout',
  got: '5',
  expected: 'a string',
  fix: 'write "5s"',
};

test('a finding is one line: where, what was got, what was expected, the fix, the code', () => {
  expect(formatFinding(FINDING)).toBe(
    'prod/shop/web: VirtualService shop/web: spec.http[0].timeout: got 5, expected a string; write "5s" [wrong-type]',
  );
  const placed = { ...FINDING, construct: 'x', severity: 'warning', source: { file: 'a.yaml', line: 3, column: 5 } } as const;
  expect(formatFinding(placed)).toMatch(/^a\.yaml:3:5: x: .*\[warning wrong-type\]$/);
  expect(formatFinding({ ...placed, severity: 'note' })).toMatch(/\[note wrong-type\]$/);
});

test('an error prints its lines, and no stack', () => {
  const error = meshError(FINDING);
  const lines = `MeshError: 1 problem found\n  ${formatFinding(FINDING)}`;
  expect(inspect(error)).toBe(lines);
  expect(error.stack).toBe(lines);
  expect(String(error)).toBe(lines);
});

test('findings are sorted, whatever the order they were found in', () => {
  const findings = ['b', 'a', 'c'].map((construct) => ({ ...FINDING, construct }));
  expect(new MeshError(findings).findings.map(({ construct }) => construct)).toEqual(['a', 'b', 'c']);
  expect([...findings].sort(compareFindings)).toEqual([...findings].reverse().sort(compareFindings));
});

test('an error is known by its brand, so that two copies of the library know each other', () => {
  const foreign: unknown = Object.defineProperty(new Error('x'), Symbol.for('mesh-constructs.MeshError'), { value: true });
  expect(MeshError.isMeshError(foreign)).toBe(true);
  expect([new Error('x'), null, 'x', {}].map((value) => MeshError.isMeshError(value))).toEqual([false, false, false, false]);
});

describe('did you mean', () => {
  test.each([
    ['subset', ['subsets', 'host'], 'subsets'],
    ['Timeout', ['timeout'], 'timeout'],
    ['hsot', ['host', 'hosts'], 'host'],
    ['wieght', ['weight', 'height'], 'weight'],
    ['x', ['y'], undefined],
    ['anything', [], undefined],
    ['entirelyOther', ['host'], undefined],
  ])('%s among %p: %s', (name, candidates, expected) => {
    expect(closest(name, candidates)).toBe(expected);
  });
});
