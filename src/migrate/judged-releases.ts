import { MINORS, NEWEST } from '../control-plane/release';
import type { Minor } from '../control-plane/release';

/** A minor release whose control plane is known. */
export interface JudgedRelease {
  readonly minor: Minor;
  /** The newest patch release: what is made where none is asked for. */
  readonly newest: string;
  /** The version that was compared with Istio's own tools. */
  readonly judged: string;
  readonly by: readonly string[];
}

const JUDGED: Readonly<Record<Minor, string>> = { '1.29': '1.29.6', '1.30': '1.30.3', '1.31': '1.31.0-rc.0' };
const BY = ["helm template of Istio's charts", 'istioctl manifest generate'];

/** Oldest first. */
export const JUDGED_RELEASES: readonly JudgedRelease[] = MINORS.map((minor) => ({ minor, newest: NEWEST[minor], judged: JUDGED[minor], by: BY }));
