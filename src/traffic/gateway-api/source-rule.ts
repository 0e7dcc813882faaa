import type { VirtualServiceHttp } from '../../../imports/istio/virtual-service';
import type { Conditions } from '../rules/conditions';
import type { PlannedMirror } from '../rules/planned-rules';
import type { Place } from '../rules/refuse';
import type { Destination } from '../versioned-traffic';

/** What a rule does with requests, in Istio's form. */
export type SourceActions = Pick<
  VirtualServiceHttp,
  'headers' | 'corsPolicy' | 'redirect' | 'directResponse' | 'rewrite' | 'fault' | 'timeout' | 'retries'
>;

/** One way to fit a rule. */
export interface SourceMatch {
  /** Where it was said. */
  readonly place: Place;
  /** One of them is enough; more than one only for a path by segment, which Istio says by two. */
  readonly conditions: readonly Conditions[];
  /** A path by whole segments: `/api` and what is below `/api/`; it stands for the `uri` of the conditions. */
  readonly segment?: string;
}

/** A rule of a host, whatever API says it, on its way to a route of the Gateway API. */
export interface SourceRule {
  /** Where it was given. */
  readonly place: Place;
  /** Empty for any request. */
  readonly matches: readonly SourceMatch[];
  readonly actions: SourceActions;
  /** What takes the place of a match's segment; `actions.rewrite` then says nothing of the path. */
  readonly segmentRewrite?: string;
  /** Undefined where the proxy answers itself, or a delegate says it. */
  readonly route: readonly Destination[] | undefined;
  readonly mirrors: readonly PlannedMirror[];
  readonly hasDelegate?: boolean;
}
