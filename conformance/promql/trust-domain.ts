import { TrustDomainMigration } from '../../src';
import { Cases } from '../api/cases';
import type { JudgeRow } from '../runner/judge';
import { ask } from './promtool';
import type { Series } from './promtool';

const [OLD, NEW, UNKNOWN] = ['spiffe://old.example/ns/shop/sa', 'spiffe://new.example/ns/shop/sa', 'unknown'];
/** In promtool's notation, one value each ten minutes: all the time; one call within the last hour; a day ago. */
const [ALWAYS, ONCE, ENDED] = ['1+5x300', '_x291 1x9', '0+5x150 750x150'];

interface DomainCase {
  readonly what: string;
  /** Identities of caller and called, as proxies report them. */
  readonly calls: readonly { readonly from: string; readonly to: string; readonly values?: string; readonly metric?: string; readonly reporter?: string }[];
  /** Labels that are shown. */
  readonly shows: readonly string[];
}

const caller = (name: string): string => `{source_principal="${OLD}/${name}"}`;
const called = (name: string): string => `{destination_principal="${OLD}/${name}"}`;
const TCP = 'istio_tcp_connections_opened_total';

const CASES: readonly DomainCase[] = [
  { what: 'both of the new one', calls: [{ from: `${NEW}/web`, to: `${NEW}/orders` }], shows: [] },
  { what: 'a caller of the old one', calls: [{ from: `${OLD}/web`, to: `${NEW}/orders` }], shows: [caller('web')] },
  { what: 'one of the old one that is called', calls: [{ from: `${NEW}/web`, to: `${OLD}/orders` }], shows: [called('orders')] },
  { what: 'both of the old one', calls: [{ from: `${OLD}/web`, to: `${OLD}/orders` }], shows: [caller('web'), called('orders')] },
  { what: 'connections that are no HTTP', calls: [{ from: `${OLD}/web`, to: `${NEW}/orders`, metric: TCP }], shows: [caller('web')] },
  { what: 'requests and connections, as both ends report them', calls: ['source', 'destination'].flatMap((reporter) => [{ from: `${OLD}/web`, to: `${NEW}/orders`, reporter }, { from: `${OLD}/web`, to: `${NEW}/orders`, metric: TCP, reporter }]), shows: [caller('web')] },
  { what: 'one call, of a counter that begins with it', calls: [{ from: `${OLD}/cron`, to: `${NEW}/orders`, values: ONCE }], shows: [caller('cron')] },
  { what: 'a caller that was renewed before the last hour', calls: [{ from: `${OLD}/web`, to: `${NEW}/orders`, values: ENDED }], shows: [] },
  { what: 'plain text', calls: [{ from: UNKNOWN, to: UNKNOWN }], shows: [] },
  { what: 'a trust domain that is almost the old one', calls: [{ from: 'spiffe://oldxexample/ns/shop/sa/web', to: 'spiffe://old.example.org/ns/shop/sa/orders' }], shows: [] },
  { what: 'a trust domain that ends in the old one', calls: [{ from: 'spiffe://very.old.example/ns/shop/sa/web', to: `${NEW}/orders` }], shows: [] },
];

/** The query of a TrustDomainMigration shows whose certificates are of the old trust domain, and nobody else. */
export async function trustDomainRow(promtool: string, signal: AbortSignal): Promise<JudgeRow> {
  const query = TrustDomainMigration.of({ from: 'old.example', to: 'new.example', stage: 'issue-new' }).remainingQuery;
  const cases = new Cases('TrustDomainMigration: query and controls');
  for (const { what, calls, shows } of CASES) {
    signal.throwIfAborted();
    const series = calls.map(({ from, to, values = ALWAYS, metric = 'istio_requests_total', reporter = 'destination' }): Series => ({ series: `${metric}{reporter="${reporter}", source_principal="${from}", destination_principal="${to}"}`, values }));
    cases.judge(what, await ask(promtool, series, query, shows));
    if (shows.length === 0) continue;
    const renewed = series.map((each): Series => ({ ...each, series: each.series.replaceAll(OLD, NEW) }));
    cases.judge(`${what}, renewed`, await ask(promtool, renewed, query, []));
    cases.judge(`${what}, and nothing expected`, (await ask(promtool, series, query, [])) === undefined ? 'promtool takes what is shown for nothing' : undefined);
  }
  return cases.row();
}
