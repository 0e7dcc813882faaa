import type { KubeObject } from '../kubernetes/client';
import type { ApiServer } from '../kubernetes/server';
import { asList, asRecord, readStatus, text } from '../kubernetes/status';
import { labelOf } from './document';

const CONFIGURATIONS = '/apis/admissionregistration.k8s.io/v1';
const TAG = 'istio.io/tag';

/** Webhooks that ask a Service which is not there, so that nothing could come up behind them; one line each. */
export async function dangling(server: ApiServer): Promise<string[]> {
  const found: string[] = [];
  for (const kind of ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']) {
    for (const configuration of await configurations(server, kind)) {
      for (const { name, namespace } of targetsOf(configuration)) {
        const service = { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace } };
        if ((await server.get(service)) === undefined) found.push(`${labelOf(configuration)} asks ${labelOf(service)}, which is not there`);
      }
    }
  }
  return found;
}

/** The Services that the injecting webhooks of each tag ask, by tag. */
export async function servicesOfTags(server: ApiServer): Promise<Map<string, string[]>> {
  const tags = new Map<string, string[]>();
  for (const configuration of await configurations(server, 'MutatingWebhookConfiguration')) {
    const tag = text(asRecord(asRecord(configuration['metadata'])['labels'])[TAG]);
    if (tag !== '') tags.set(tag, targetsOf(configuration).map(({ name }) => name));
  }
  return tags;
}

/** An item of a list does not say its kind. */
async function configurations(server: ApiServer, kind: string): Promise<KubeObject[]> {
  const path = `${CONFIGURATIONS}/${kind.toLowerCase()}s`;
  const { status, body } = await server.request('GET', path);
  if (status !== 200) throw new Error(`GET ${path}: the API server answered ${status}: ${readStatus(body).message}`);
  return asList(asRecord(body)['items']).map((item) => ({ ...asRecord(item), kind }));
}

/** Each Service once; a webhook that is asked by its URL has none. */
function targetsOf(configuration: KubeObject): { readonly name: string; readonly namespace: string }[] {
  const services = asList(configuration['webhooks']).flatMap((webhook) => {
    const { service } = asRecord(asRecord(webhook)['clientConfig']);
    const { name, namespace } = asRecord(service);
    return service === undefined ? [] : [{ name: text(name), namespace: text(namespace) }];
  });
  return [...new Map(services.map((service) => [`${service.namespace}/${service.name}`, service])).values()];
}
