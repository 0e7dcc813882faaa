import * as pulumi from '@pulumi/pulumi';
import { getMonitor } from '@pulumi/pulumi/runtime/settings';

/** A resource as the engine is asked for it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly urn: string;
  readonly dependencies: readonly string[];
  readonly parent: string;
  readonly provider: string;
  readonly aliases: readonly string[];
  readonly ignoreChanges: readonly string[];
  readonly isRetained: boolean;
  readonly isProtected: boolean;
  readonly secretOutputs: readonly string[];
  readonly version: string;
}

interface Request {
  getType(): string;
  getName(): string;
  getCustom(): boolean;
  getObject(): { toJavaScript(): Readonly<Record<string, unknown>> };
  getDependenciesList(): string[];
  getParent(): string;
  getProvider(): string;
  getVersion(): string;
  getProtect(): boolean;
  getIgnorechangesList(): string[];
  getRetainondelete(): boolean;
  getAdditionalsecretoutputsList(): string[];
  getAliasesList(): { getSpec(): { getType(): string } | undefined }[];
}

interface Monitor {
  registerResource(request: Request, callback: unknown): unknown;
}

/** How Pulumi marks a secret on its way to the engine. */
const SECRET_KEY = '4dabf18193072939515e22adb298388d';

/** Stands in for Pulumi's engine, and keeps what it is asked for. */
export class Recorder {
  public readonly registered: Registered[] = [];

  /** @param states what the cluster adds to the objects of a type, such as the status of a Service */
  public constructor(states: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {}, isPreview = false) {
    const newResource = ({ type, name, inputs }: pulumi.runtime.MockResourceArgs): pulumi.runtime.MockResourceResult => {
      return { id: isPreview ? undefined : `${name}-id`, state: { ...(inputs as object), ...states[type] } };
    };
    void pulumi.runtime.setMocks({ newResource, call: ({ inputs }) => inputs as Record<string, unknown> }, 'project', 'stack', isPreview);
    const monitor = getMonitor() as unknown as Monitor;
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, callback): unknown => {
      if (request.getCustom()) this.keep(request);
      return register(request, callback);
    };
  }

  /** Kubernetes objects only. */
  public get objects(): readonly Registered[] {
    return this.registered.filter(({ type }) => type.startsWith('kubernetes:') && !type.startsWith('kubernetes:index'));
  }

  public of(kind: string, name: string): Registered {
    const found = this.objects.find((each) => each.type.endsWith(`:${kind}`) && each.name.endsWith(`/${name}`));
    if (found === undefined) throw new Error(`${kind} ${name} was not registered, but ${this.objects.map((each) => each.name).join(', ')}`);
    return found;
  }

  private keep(request: Request): void {
    const type = request.getType();
    const qualified = request.getParent() === '' ? type : `${request.getParent().split('::')[2]?.split('$').pop() ?? ''}$${type}`;
    this.registered.push({
      type,
      name: request.getName(),
      inputs: request.getObject().toJavaScript(),
      urn: ['urn:pulumi:stack', 'project', qualified, request.getName()].join('::'),
      dependencies: request.getDependenciesList(),
      parent: request.getParent(),
      provider: request.getProvider(),
      version: request.getVersion(),
      isProtected: request.getProtect(),
      ignoreChanges: request.getIgnorechangesList(),
      isRetained: request.getRetainondelete(),
      secretOutputs: request.getAdditionalsecretoutputsList(),
      aliases: request.getAliasesList().map((alias) => alias.getSpec()?.getType() ?? ''),
    });
  }
}

/** A value that Pulumi knows to be secret. */
export function isSecret(value: unknown): boolean {
  return typeof value === 'object' && value !== null && SECRET_KEY in value;
}

/** The inputs as the provider gets them, secrets too. */
export function revealed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== 'object' || value === null) return value;
  if (isSecret(value)) return revealed((value as { readonly value: unknown }).value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revealed(item)]));
}

/** Waits until all that was started is registered. */
export async function settled(): Promise<void> {
  await pulumi.runtime.disconnect();
}

/** The value of an Output. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply((value) => {
      resolve(value);
    });
  });
}
