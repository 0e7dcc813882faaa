import type { ServiceFacts } from './kubernetes-service';
import { oneOf } from './rules/refuse';
import type { ServicePolicy } from './resilience/service-policy';
import type { ServiceRules, ServiceShares } from './rules/service-rules';
import type { VersionedService } from './versioned-traffic';

/** The API that routes are written in. */
export type TrafficApi = 'istio' | 'gateway';

/** The API that a prop asks for. @throws MeshError when there is no such API. */
export function checkedApi(given: TrafficApi | undefined, construct: string): TrafficApi {
  return given === undefined ? 'istio' : oneOf({ construct, property: 'api' }, given, ['istio', 'gateway']);
}

/** What is to be done with the traffic of a service; all of it may change until synthesis. */
export interface TrafficModel {
  /** The construct that stands for the service. */
  readonly service: VersionedService;
  readonly rules: ServiceRules;
  readonly hasVersions: boolean;
  /** How callers treat the service's pods. */
  readonly policy: ServicePolicy | undefined;
  /** What the manifest of the service says; undefined where another program makes it. */
  manifest(): ServiceFacts | undefined;
  shares(): ServiceShares;
}

/** The objects that do so, in one of the APIs. */
export interface TrafficObjects {
  /** Asked for when there are versions or a policy. */
  needDestinationRule(): void;
  /** Asked for when there are shares or rules. */
  needRoute(): void;
  /** Takes all of them away: another construct stands for the service, or another API is asked for. */
  remove(): void;
}
