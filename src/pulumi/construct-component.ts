import type { ComponentResourceOptions } from '@pulumi/pulumi';
import type { Chart } from 'cdk8s';
import { describeValue, refusal } from '../core/refusal';
import type { MeshComponentArgs } from './component-args';
import { MeshComponent } from './mesh-component';

/** A class of constructs, such as `Mesh`. */
export type ConstructClass<Props, Made> = new (scope: Chart, id: string, props: Props) => Made;

/**
 * One construct by itself, deployed with Pulumi. Its id is the component's name.
 *
 * @throws MeshError with every finding, before anything is registered.
 * @example
 * const mesh = deploy('mesh', Mesh, { revision: 'stable' }, {}, { provider });
 */
export function deploy<Props, Made>(
  name: string,
  construct: ConstructClass<Props, Made>,
  props: Props,
  args: Omit<MeshComponentArgs<Made>, 'program'> = {},
  options: ComponentResourceOptions = {},
): MeshComponent<Made> {
  if (typeof construct !== 'function') {
    throw refusal({ construct: name }, 'construct', { code: 'bad-props', got: describeValue(construct), expected: 'a class of constructs', fix: "deploy('mesh', Mesh, { … })" });
  }
  return new MeshComponent(name, { ...args, program: (scope) => new construct(scope, name, props) }, options);
}
