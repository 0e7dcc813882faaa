import type { IConstruct } from 'constructs';
import { Duration } from '../../core/duration';
import { addCheck } from '../../core/planner';
import { rootState } from '../../core/root-state';
import { severityOf } from '../../errors/finding';
import type { Finding } from '../../errors/finding';
import { placeOf, within } from '../../traffic/rules/refuse';
import type { Place } from '../../traffic/rules/refuse';
import type { Way } from './ca-chain';
import { findingAt } from './ca-files';

const DAY = 86_400_000;
/** Thirty days: without a word, a warning comes that long before the end. */
export const WARN_BEFORE = Duration.hours(720);

/** When the certificates of an authority are looked at, and from when on it is time to renew them. */
export interface Clock {
  /** @default - the time of the synthesis */
  readonly now?: Date;
  readonly warnBefore: Duration;
}

interface Watched extends Clock {
  readonly construct: IConstruct;
  readonly ways: readonly Way[];
}

/** Has each synthesis look whether the certificates of one of these ways hold at that time. */
export function watchValidity(construct: IConstruct, ways: readonly Way[], clock: Clock): void {
  const watched = rootState<Watched[]>(construct, 'certificateTimes', () => []);
  watched.push({ construct, ways, ...clock });
  addCheck(construct, 'certificate-times', () => watched.flatMap(leastFindings));
}

/** Of several ways, the best counts: a root that has ended may stand beside the one that took its place. */
function leastFindings({ construct, ways, now = new Date(), warnBefore }: Watched): Finding[] {
  const badness = (findings: readonly Finding[]): number => findings.reduce((sum, each) => sum + (severityOf(each) === 'error' ? 1_000 : 1), 0);
  const all = ways.map((way) => validityFindings(placeOf(construct), way, { now, warnBefore }));
  return all.sort((one, other) => badness(one) - badness(other))[0] ?? [];
}

/** Certificates of the way to the root that do not hold, or soon will not. What is written does not depend on the clock. */
function validityFindings(place: Place, way: Way, { now, warnBefore }: Required<Clock>): Finding[] {
  return way.flatMap(({ certificate: { subject, from, until }, property }): Finding[] => {
    const at = within(place, property);
    if (until.getTime() <= now.getTime()) {
      return [findingAt(at, 'ca-expired', `${subject}, which ended on ${dayOf(until)}`, 'a certificate that holds: istiod does not start with this one', 'renew it')];
    }
    if (from.getTime() > now.getTime()) {
      return [findingAt(at, 'ca-not-yet-valid', `${subject}, which begins on ${dayOf(from)}`, 'a certificate that holds already', 'wait until then, or look at the clock of whoever signed it')];
    }
    const left = until.getTime() - now.getTime();
    if (left > warnBefore.toMillis()) return [];
    const days = Math.floor(left / DAY);
    return [
      {
        ...findingAt(at, 'ca-expires-soon', `${subject}, which ends on ${dayOf(until)}, in ${days} ${days === 1 ? 'day' : 'days'}`, `more than ${warnBefore.value} left: with it end all certificates of the mesh`, property === 'rootCert' ? 'put a new root beside it first, and take this one away when nothing is signed by it any more' : 'renew it under the same root'),
        severity: 'warning',
      },
    ];
  });
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
