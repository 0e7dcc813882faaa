import type { IstiodProps } from '../../src/control-plane/istiod/istiod-props';
import { renderInstallation } from '../../src/migrate/render';
import { asRecord, text } from '../kubernetes/status';
import type { InjectorFiles } from './inject';

/** What a control plane of these props writes for its injector. */
export function injectorFiles(istio: string, props: IstiodProps): InjectorFiles {
  const objects = renderInstallation({ istio, components: [{ construct: 'Istiod', id: 'istiod', props: { istio, ...props } }] });
  const dataOf = (name: RegExp): Readonly<Record<string, unknown>> => {
    const map = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && name.test(text(asRecord(metadata)['name'])));
    return asRecord(map?.['data']);
  };
  const injector = dataOf(/^istio-sidecar-injector/);
  return { config: text(injector['config']), values: text(injector['values']), meshConfig: text(dataOf(/^istio(-|$)/)['mesh']) };
}
