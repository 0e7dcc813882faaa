import type { MeshError } from '../../errors/mesh-error';
import { refuse } from '../rules/refuse';
import type { Place } from '../rules/refuse';

/** The refusal of what a rule says and the Gateway API cannot: with what there is instead. */
export function noForm(place: Place, got: string, expected: string, fix = "take it out, or give the service api: 'istio'"): MeshError {
  return refuse(place, 'no-gateway-api-form', got, expected, fix);
}
