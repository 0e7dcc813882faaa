import { Cases } from '../api/cases';
import type { JudgeRow } from '../runner/judge';
import type { IstioBinaries } from './binaries';
import { runInjection } from './inject';
import type { InjectorFiles } from './inject';
import { INTENT_CASES } from './injected-cases';
import { injectorFiles } from './injector-files';

/** One release of each template: what differs between them is in the text. */
const RELEASES = ['1.29.10', '1.30.7', '1.31.3'];

/** Istio's own code injects with our templates what we mean by them. */
export async function injectionRows({ inject }: IstioBinaries, keep: (row: JudgeRow) => void): Promise<void> {
  for (const istio of RELEASES) {
    const cases = new Cases(`injection: templates of ${istio}`);
    const injectors: Record<string, InjectorFiles> = {};
    for (const { name, props } of INTENT_CASES) injectors[name] = injectorFiles(istio, props ?? {});
    const injected = await runInjection(inject, {
      injectors,
      cases: INTENT_CASES.map(({ name, given }) => ({ name, injector: name, ...given })),
    });
    for (const { name, wrong } of INTENT_CASES) {
      const { objects, error } = injected.get(name) ?? { objects: [], error: 'istio-inject did not answer' };
      const said = error === undefined ? wrong(objects).filter((each) => each !== undefined) : [error];
      cases.judge(name, said.length === 0 ? undefined : said.join('; '));
    }
    keep(cases.row());
  }
}
