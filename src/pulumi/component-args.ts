import type { CustomResourceOptions, ProviderResource } from '@pulumi/pulumi';
import { describeValue, refusal } from '../core/refusal';
import type { MeshProgram, ProgramPlace } from './deployed-program';

/** What an object is, as options are chosen by. */
export interface ObjectIdentity {
  /** Path of its cluster's construct; empty for the implied one. */
  readonly cluster: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for an object of the cluster. */
  readonly namespace: string;
  readonly name: string;
}

/** What a {@link MeshComponent} takes. */
export interface MeshComponentArgs<Result> extends ProgramPlace {
  /** The program: the same constructs as for `cdk8s synth`. What it returns is the component's `result`. */
  readonly program: MeshProgram<Result>;
  /**
   * Providers by the id of the `Cluster` that the program makes, where it makes several.
   * @default - the component's own `provider`
   */
  readonly providers?: Readonly<Record<string, ProviderResource>> | undefined;
  /**
   * Whether CustomResourceDefinitions stay when they are taken out of the program or the stack is destroyed: with one goes
   * every object of its kind, whoever made it.
   * @default true
   */
  readonly retainCrds?: boolean | undefined;
  /**
   * Whether objects are done as soon as the API server has them, whether or not pods run and load balancers have addresses:
   * for a cluster that has no nodes yet, or where others watch the rollout.
   * @default false
   */
  readonly skipAwait?: boolean | undefined;
  /**
   * Options for single objects, added to those that follow from what the object is: `ignoreChanges` for what another
   * controller writes, `protect`, `import`, …
   * @default - none
   */
  readonly resourceOptions?: ((object: ObjectIdentity) => CustomResourceOptions | undefined) | undefined;
}

interface Shape {
  readonly fits: (value: unknown) => boolean;
  readonly expected: string;
  readonly fix: string;
}

const A_FLAG: Shape = { fits: (value) => typeof value === 'boolean', expected: 'true or false', fix: 'give a boolean, not a text or an Output' };
const A_MAP: Shape = { fits: isTree, expected: 'an object', fix: 'give an object, or leave it out' };
const FUNCTION = (value: unknown): boolean => typeof value === 'function';

const SHAPES: Readonly<Record<string, Shape>> = {
  program: { fits: FUNCTION, expected: 'a function that makes constructs', fix: "{ program: (scope) => new Mesh(scope, 'mesh') }" },
  cluster: A_MAP,
  namespace: { fits: (value) => typeof value === 'string' && value !== '', expected: 'the name of a namespace', fix: 'give a plain text: it decides which objects there are' },
  providers: A_MAP,
  retainCrds: A_FLAG,
  skipAwait: A_FLAG,
  resourceOptions: { fits: FUNCTION, expected: 'a function from an object to options', fix: "resourceOptions: ({ kind }) => (kind === 'Namespace' ? { protect: true } : undefined)" },
};

/** @throws MeshError when an argument is none of ours, or not what it has to be. */
export function requireArgs(name: unknown, args: unknown): void {
  const construct = typeof name === 'string' ? name : '';
  if (construct === '') throw refused(construct, 'name', describeValue(name), 'the name of the component', "new MeshComponent('mesh', { program })");
  if (!isTree(args)) throw refused(construct, 'program', describeValue(args), 'an object with a program', "{ program: (scope) => new Mesh(scope, 'mesh') }");
  const unknownKey = Object.keys(args).find((key) => !Object.hasOwn(SHAPES, key));
  if (unknownKey !== undefined) throw refused(construct, unknownKey, `the key "${unknownKey}"`, `one of ${Object.keys(SHAPES).join(', ')}`, 'take it out, or mend its spelling');
  for (const [key, { fits, expected, fix }] of Object.entries(SHAPES)) {
    const value = args[key];
    if (value === undefined ? key === 'program' : !fits(value)) throw refused(construct, key, describeValue(value), expected, fix);
  }
}

/** What `resourceOptions` said of an object. */
export function requireOptions(name: string, options: unknown, { kind, namespace, name: object }: ObjectIdentity): CustomResourceOptions {
  if (options === undefined) return {};
  if (isTree(options)) return options as CustomResourceOptions;
  const of = `${kind} ${namespace === '' ? '' : `${namespace}/`}${object}`;
  throw refused(name, 'resourceOptions', `${describeValue(options)} for ${of}`, 'an object with options, or undefined', 'return the options themselves, not a promise or an Output of them');
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(construct: string, property: string, got: string, expected: string, fix: string): Error {
  return refusal({ construct }, property, { code: 'bad-props', got, expected, fix });
}
