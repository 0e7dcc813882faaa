import { Construct } from 'constructs';

/**
 * A rule for some of the requests to a service, made by `MeshService.route`. All rules for a service become its one
 * VirtualService in the mesh.
 */
export class MeshRoute extends Construct {}
