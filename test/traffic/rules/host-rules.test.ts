import { Construct } from 'constructs';
import { MeshService, StringMatch } from '../../../src';
import type { RouteProps } from '../../../src';
import { checkRoute } from '../../../src/traffic/rules/checked-route';
import { httpRules } from '../../../src/traffic/rules/http-rules';
import { placeOf, within } from '../../../src/traffic/rules/refuse';
import { MATCH_KEYS } from '../../../src/traffic/rules/route-match';
import { servicesFor } from '../../../src/traffic/rules/services';
import { caught } from '../../support/caught';
import { program } from '../../support/program';

/** Rules of a host that no service is: those of one construct, as a list of its props. All lead to `web` that say nothing else. */
function rulesOf(...given: readonly object[]) {
  const { chart, shop } = program();
  const web = shop.addService('web', { port: 8080, versions: ['v1', 'v2'] });
  const owner = new Construct(chart, 'route');
  const rules = given.map((props, index) => {
    const place = within(placeOf(owner), `routes[${index}]`);
    return checkRoute({ owner, place, name: `rule-${index}`, of: 'host', services: servicesFor(owner, MeshService), matchKeys: MATCH_KEYS.filter((key) => key !== 'source') }, { to: web, ...props } as RouteProps);
  });
  return httpRules({ host: 'shop.example.com' }, rules);
}

test('rules are ordered, and what no rule is for has no route', () => {
  const { http, findings } = rulesOf({ match: { uri: StringMatch.prefix('/a/') } }, { match: { uri: '/a/b' } });
  expect(findings).toEqual([]);
  expect(http.map(({ name, route }) => [name, route?.[0]?.destination.port?.number])).toEqual([['rule-1', 8080], ['rule-0', 8080]]);
});

test('a rule without a match is for all others, once', () => {
  expect(rulesOf({}, { match: { uri: '/a' } }).http.map(({ name }) => name)).toEqual(['rule-1', 'rule-0']);
  expect(rulesOf({}, {}).findings).toMatchObject([{ code: 'second-owner', property: 'routes[1]', got: 'all other requests for shop.example.com, which routes[0] of shop/route has, too' }]);
});

test('findings name the rule within its construct', () => {
  const { findings } = rulesOf({ match: [{ uri: '/a' }, { uri: '/c' }] }, { match: { uri: '/b' } }, { match: { uri: '/c' } });
  expect(findings).toMatchObject([{ code: 'rule-overlap', property: expect.stringMatching(/^routes\[(0|2)\]\.match/) as string, got: expect.stringMatching(/fit routes\[(0|2)\] of shop\/route/) as string }]);
});

test.each<[string, object, string, string]>([
  ['no destination', { to: undefined, timeout: '5s' }, 'no-destination', 'routes[0].to'],
  ['a version of no service', { to: { version: 'v1' } }, 'no-destination', 'routes[0].to.service'],
  ['a share of no service', { to: [{ weight: 100 }] }, 'no-destination', 'routes[0].to[0].service'],
  ['a copy for no service', { mirror: { version: 'v2' } }, 'no-destination', 'routes[0].mirror.service'],
  ['a condition that the host has not', { match: { source: 'web' } }, 'unknown-prop', 'routes[0].match.source'],
  ['a bad value', { match: { uri: 'a' } }, 'bad-path', 'routes[0].match.uri'],
])('%s: refused', (_name, props, code, property) => {
  expect(caught(() => rulesOf(props)).findings).toMatchObject([{ code, construct: 'shop/route', property }]);
});
