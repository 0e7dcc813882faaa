import { readFileSync } from 'node:fs';
import { CHARTS, OPERATOR_GATEWAYS } from '../../src/migrate/values/charts';
import { readValues, VALUES_PAGE, valuesPage } from '../../tools/values-page';

const page = readFileSync(VALUES_PAGE, 'utf8');

/** The rows of a section, by the value that each is for. */
function rowsOf(title: string): ReadonlyMap<string, string> {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? '';
  return new Map([...section.matchAll(/^\| `([^`]+)` \| (.*)$/gm)].map(([, path = '', rest = '']) => [path, rest]));
}

test('the page of values is what the rules make: run `npm run values-page` after a change of them', () => {
  expect(page).toBe(valuesPage());
});

test.each([...CHARTS, ...OPERATOR_GATEWAYS].map((chart) => [chart.name, chart] as const))('every value that the chart %s reads is on the page', (name, chart) => {
  const rows = rowsOf(OPERATOR_GATEWAYS.includes(chart) ? 'Gateways of istioctl' : `Chart ${name}`);
  const read = readValues(chart).map(({ path }) => path.replace('istio-egressgateway', 'istio-ingressgateway'));
  expect(read.length).toBeGreaterThan(0);
  // the chart of egress gateways names the ports of the other one as its own
  expect(read.filter((path) => !rows.has(path) && !path.endsWith('.egressPorts'))).toEqual([]);
});

test('a row says the prop, what speaks against one, and the releases', () => {
  const rows = rowsOf('Chart istiod');
  expect(rows.get('autoscaleBehavior')).toBe('`autoscaling.behavior` |  |  |');
  expect(rows.get('global.tracer.stackdriver.debug')).toMatch(/^\*not supported\* \| \S/);
  expect(rows.get('global.proxy.enableCoreDump')).toMatch(/^\*nothing\* \| no chart reads it/);
  expect(rowsOf('Chart ztunnel').get('dnsPolicy')).toBe('`dnsPolicy` |  | 1.30, 1.31 |');
});
