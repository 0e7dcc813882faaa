import * as pulumi from '@pulumi/pulumi';
import type { Chart } from 'cdk8s';
import { CanaryRelease, Mesh, StrictMtlsNamespace } from '../../src';
import type { MeshProps, MeshService } from '../../src';
import type { Recorder } from './recorder';

export interface Shop {
  readonly mesh: Mesh;
  readonly reviews: MeshService;
}

/** Without the CRDs, which are most of what is to be sent. */
export function shop(scope: Chart): Shop {
  return shopOf(scope, { crds: false });
}

export function shopOf(scope: Chart, props: MeshProps): Shop {
  const mesh = new Mesh(scope, 'mesh', props);
  const namespace = new StrictMtlsNamespace(scope, 'shop', { mesh });
  const reviews = namespace.addService('reviews', { port: 8080, portName: 'http', versions: ['v1', 'v2'] });
  new CanaryRelease(scope, 'canary', { service: reviews, stable: 'v1', canary: 'v2', weight: 10 });
  return { mesh, reviews };
}

/** What an object waits for, such as `Namespace/shop`. */
export function needsOf(recorder: Recorder, kind: string, name: string): string[] {
  return recorder.of(kind, name).dependencies.map((urn) => {
    const [, type = '', own = ''] = /\$kubernetes:.*:(\w+)::.*?([^/]+)$/.exec(urn) ?? [];
    return `${type}/${own}`;
  });
}

/** What an object says to the provider. */
export function annotationsOf(recorder: Recorder, kind: string, name: string): Readonly<Record<string, string>> {
  return (recorder.of(kind, name).inputs['metadata'] as { annotations?: Record<string, string> }).annotations ?? {};
}

class KubernetesProvider extends pulumi.ProviderResource {
  public constructor(name: string) {
    super('kubernetes', name, {});
  }
}

export function kubernetesProvider(name: string): pulumi.ProviderResource {
  return new KubernetesProvider(name);
}
