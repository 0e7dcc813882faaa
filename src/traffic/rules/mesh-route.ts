import { Construct } from 'constructs';
import { requirePlace } from '../../core/place';
import { requireSameCluster } from '../../core/references';
import { requireProps } from '../../core/required-props';
import type { MeshService } from '../mesh-service';
import type { RouteContext } from './checked-route';
import { placeOf } from './refuse';
import { servicesFor } from './services';
import type { ServiceReader } from './services';

/**
 * A rule for some of the requests or connections to a service, made by `MeshService.route`, `tcpRoute` or `tlsRoute`. All rules for
 * a service become its one VirtualService in the mesh.
 */
export class MeshRoute extends Construct {}

/**
 * Makes the construct of a rule of a service.
 *
 * @param reader the class `MeshService`
 * @throws MeshError when the place is taken, the props are no object, or the service is in another cluster.
 */
export function routeOfService(service: MeshService, reader: ServiceReader, scope: Construct, id: string, props: unknown): RouteContext & { readonly owner: MeshRoute } {
  requireProps(requirePlace(scope, id), props);
  requireSameCluster(scope, service, 'service');
  const owner = new MeshRoute(scope, id);
  return { owner, place: placeOf(owner), name: id, of: 'service', services: servicesFor(owner, reader) };
}
