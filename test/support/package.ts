/** What a user's own imports take from `mesh-constructs`. */
export { MeshObject } from '../../src/core/mesh-object';
export type { KindEntry, KindRules, SharedRules } from '../../src/rules/kind-rules';
export type { ObjectMeta } from '../../imports/kubernetes/meta-v1';
