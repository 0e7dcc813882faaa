/**
 * Configuration of the mesh, as istiod reads it.
 *
 * @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/
 */
export type MeshConfig = Readonly<Record<string, unknown>>;
