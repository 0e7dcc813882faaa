import { Cases } from '../api/cases';
import type { Judge } from '../runner/judge';
import { CONTROL, queryCases, shownAs } from './cases';
import { ask, promtoolBinary } from './promtool';
import type { Series } from './promtool';
import { trustDomainRow } from './trust-domain';

/** Mutual TLS in place of plain text: what a query showed has to be gone. */
const MENDED = /connection_security_policy="(none|unknown)"/;

export const judge: Judge = {
  name: 'promql',
  what: 'the queries of a MtlsMigration show who sends plain text, and nobody else, in Prometheus itself',

  async run({ log, row, signal }) {
    const promtool = await promtoolBinary(log, signal);
    const cases = new Cases('MtlsMigration: queries');
    const controls = new Cases('MtlsMigration: controls');
    for (const { what, query, series, shows } of queryCases()) {
      signal.throwIfAborted();
      cases.judge(what, await ask(promtool, series, query, shows.map(shownAs)));
      if (shows.length === 0) continue;
      const mended = series.map((each): Series => ({ ...each, series: each.series.replace(MENDED, 'connection_security_policy="mutual_tls"') }));
      controls.judge(`${what}, in mutual TLS`, await ask(promtool, mended, query, []));
      // a judge that says yes to anything would say so here
      controls.judge(`${what}, and nothing expected`, (await ask(promtool, series, query, [])) === undefined ? 'promtool takes what is shown for nothing' : undefined);
    }
    controls.judge(CONTROL.what, await ask(promtool, CONTROL.series, CONTROL.query, []));
    row(cases.row());
    row(controls.row());
    row(await trustDomainRow(promtool, signal));
    return { rows: [] };
  },
};
