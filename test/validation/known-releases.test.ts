import { isCovered, knownReleases, minorOf, NEWEST_ISTIO } from '../../src/validation/known-releases';
import { compareVersions } from '../../src/validation/versions';

test('each minor release of Istio whose rules are known has a newest patch, which is no older than the rules', () => {
  const rules = knownReleases('istio');
  expect(Object.keys(NEWEST_ISTIO)).toEqual([...new Set(rules.map(minorOf))]);
  for (const release of rules) {
    const newest = NEWEST_ISTIO[minorOf(release) as keyof typeof NEWEST_ISTIO];
    expect(compareVersions(release, newest)).toBeLessThanOrEqual(0);
  }
});

test.each([
  ['istio', '1.31', true],
  ['istio', '1.31.0', true],
  ['istio', 'v1.31.3', true],
  ['istio', '1.31.4', false],
  ['istio', '1.29.10', true],
  ['istio', '1.32.0', false],
  ['kubernetes', '1.31.9', false],
  ['kubernetes', '1.32', true],
  ['kubernetes', '1.34.2', true],
  ['kubernetes', '1.36.99', true],
  ['kubernetes', '1.37', false],
  ['gateway-api', '1.4.1', false],
  ['gateway-api', '1.5.0', true],
  ['gateway-api', 'v1.6.1', true],
  ['gateway-api', '1.6.2', false],
])('%s %s: %p', (source, version, expected) => {
  expect(isCovered(source, version)).toBe(expected);
});
