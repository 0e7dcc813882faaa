import type { IConstruct } from 'constructs';
import { badReference, requireSameCluster } from '../../core/references';
import type { CheckedRoute } from './checked-route';
import type { Place } from './refuse';
import type { RouteDelegate } from './route-delegate';

/** Tells a RouteDelegate of any copy of this library. */
export const DELEGATE_BRAND = Symbol.for('mesh-constructs.RouteDelegate');

/** A VirtualService that has no host of its own, as rules refer to it. */
export interface DelegateReference {
  readonly name: string;
  readonly namespace: string;
  /** Its routes; undefined for one of another program. @internal */
  readonly routes: readonly CheckedRoute[] | undefined;
}

/** The delegate of a rule. @throws MeshError when it is none, or of another cluster. */
export function checkedDelegate(owner: IConstruct, given: RouteDelegate, place: Place): DelegateReference {
  const expected = 'a RouteDelegate';
  requireSameCluster(owner, given, place.property, expected);
  if (typeof given === 'object' && DELEGATE_BRAND in given) return given;
  throw badReference(owner, given, place.property, expected);
}
