import * as forms from '../../../src/validation/kubernetes/forms';
import { timeZone } from '../../../src/validation/kubernetes/schedules';
import { shareOf } from '../../../src/validation/kubernetes/shares';

describe.each<readonly [string, (text: string) => readonly string[], readonly string[], readonly string[]]>([
  ['names of ports', forms.portName, ['http', 'a1', '1a', 'http-web-2', 'abcdefghijklmno'], ['', '80', 'HTTP', 'a--b', '-a', 'a-', 'abcdefghijklmnop']],
  ['percentages', forms.percentage, ['0%', '25%', '150%'], ['', '25', '-1%', '2.5%']],
  ['names of variables', forms.environmentName, ['A', 'a b', '1', 'my.name'], ['', 'a=b', 'Ä', 'a\n']],
  ['keys of a ConfigMap', forms.configKey, ['a', '.a', 'tls.crt', 'a'.repeat(253)], ['', '.', '..', '..a', 'a/b', 'a'.repeat(254)]],
  ['wildcards', forms.wildcardSubdomain, ['*.a', '*.example.com'], ['*', '*a.b', 'a.b', 'a.*.b', '*.']],
  ['names of webhooks', forms.fullyQualifiedName, ['a.example.com'], ['', 'example.com', 'a.Example.com']],
  ['names of endpoints', forms.fullyQualifiedDomain, ['a.b', 'a.b.'], ['a', 'a.', '.', 'a..b', `${'a'.repeat(64)}.b`]],
  ['relative paths', forms.descendingPath, ['a', 'a/b', '..a', './a'], ['/a', '../a', 'a/../b']],
  ['local paths', forms.localPath, ['a/b', '.a'], ['..a', '../a', '/a']],
  ['addresses', forms.ipAddress, ['10.0.0.1', '::1'], ['', '010.0.0.1', '10.0.0', '::ffff:10.0.0.1', 'fe80::1%eth0']],
  ['networks', forms.network, ['10.0.0.0/8', '0.0.0.0/0', '2001:db8::/32'], ['10.0.0.1/8', '10.0.0.0', '10.0.0.0/33', '010.0.0.0/8']],
  ['addresses of endpoints', forms.endpointAddress, ['10.0.0.1', '2001:db8::1', '224.0.1.1'], ['127.0.0.1', '::1', '169.254.1.1', 'fe80::1', '0.0.0.0', '224.0.0.5', 'a']],
  ['paths with a domain', forms.domainPath, ['example.com/a', 'a/b/c'], ['', 'a', '/a', 'a/', 'A/b']],
  ['time zones', timeZone, ['UTC', 'Europe/Berlin', 'Etc/GMT+1'], ['Local', '/', 'Europe/', '../UTC', 'Nowhere/City']],
])('%s', (_what, check, right, wrong) => {
  test.each(right)('%j is one', (text) => expect(check(text)).toEqual([]));
  test.each(wrong)('%j is none', (text) => expect(check(text)).not.toEqual([]));
});

test.each([
  [5, 5],
  ['25%', 25],
  ['many', 0],
  [true, undefined],
] as const)('the share %j counts as %j', (value, expected) => expect(shareOf(value)).toBe(expected));
