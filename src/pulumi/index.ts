export type { MeshComponentArgs, ObjectIdentity } from './component-args';
export { deploy } from './construct-component';
export type { ConstructClass } from './construct-component';
export type { MeshProgram, ProgramPlace } from './deployed-program';
export { fromInput } from './inputs';
export type { FromInput } from './inputs';
export { KubernetesObject } from './kubernetes-object';
export { MeshComponent } from './mesh-component';
export type { GatewayLike, ResourceQuery } from './mesh-component';
