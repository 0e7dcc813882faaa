import type { IstiodProps } from '../../src/control-plane/istiod/istiod-props';
import { renderInstallation } from '../../src/migrate/render';
import { asRecord, text } from '../kubernetes/status';
import type { KubeObject } from './cluster';
import type { InjectorFiles } from './inject';

/** What a control plane of these props writes for its injector. */
export function injectorFiles(istio: string, props: IstiodProps): InjectorFiles {
  const objects = renderInstallation({ istio, components: [{ construct: 'Istiod', id: 'istiod', props: { istio, ...props } }] });
  const files = injectorIn(objects);
  if (files === undefined) throw new Error('the control plane writes no injector');
  return files;
}

/** What the injector among some objects has; undefined where there is none. */
export function injectorIn(objects: readonly KubeObject[]): InjectorFiles | undefined {
  const dataOf = (pattern: RegExp): KubeObject | undefined => {
    const map = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && pattern.test(text(asRecord(metadata)['name'])));
    return map === undefined ? undefined : asRecord(map['data']);
  };
  const injector = dataOf(/^istio-sidecar-injector(-|$)/);
  if (injector === undefined) return undefined;
  const meshConfig = text(dataOf(/^istio(-(?!sidecar-injector)|$)/)?.['mesh']);
  return { config: text(injector['config']), values: text(injector['values']), meshConfig };
}

/** The image of the proxies that an injector adds. */
export function proxyImageOf({ values }: InjectorFiles): string {
  const { hub, tag } = asRecord(asRecord(JSON.parse(values))['global']);
  return `${text(hub)}/proxyv2:${text(tag)}`;
}
