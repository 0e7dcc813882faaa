import { listIn, numberIn, objectIn, textIn } from '../../traffic/scope/reading';
import type { JsonObject } from '../../rules/json';
import type { Manifest } from '../../traffic/scope/program-manifests';
import type { MigrationView } from './migration-view';
import { keepOpen } from './mtls-risk';
import type { MtlsRisk } from './mtls-risk';
import { isReached } from './outside-risks';

/** A Service that the API server calls, and where that is said. */
interface Called {
  readonly manifest: Manifest;
  readonly service: JsonObject;
  readonly property: string;
}

/**
 * Services that the API server calls itself: webhooks of admission and of conversion, and APIs that it hands on. It speaks TLS, with no
 * certificate of the mesh; cut off, it refuses objects of the whole cluster.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#service-reference
 */
export function apiServerRisks(view: MigrationView, namespace: string): MtlsRisk[] {
  return calledServices(view).flatMap(({ manifest: { construct }, service, property }): MtlsRisk[] => {
    const name = textIn(service, 'name');
    const found = textIn(service, 'namespace') === namespace ? view.servicesIn(namespace).find((each) => each.name === name) : undefined;
    if (found === undefined || !isReached(view, found)) return [];
    const called = numberIn(service, 'port') ?? 443;
    const pod = found.ports.find(({ port }) => port === called)?.pod;
    if (!view.isStrictBehind(found, pod)) return [];
    const target = `${namespace}/${found.name}`;
    return [{
      code: 'called-by-api-server',
      construct: construct.node.path,
      property,
      got: `${target}, whose port ${called} the API server calls`,
      expected: 'a caller with a certificate of the mesh: cut off, the API server would refuse objects, or not serve them',
      fix: `keep the port open: ${keepOpen(target, pod)}`,
    }];
  });
}

function calledServices({ view: { manifests } }: MigrationView): readonly Called[] {
  const webhooks = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'].flatMap((kind) => manifests.of(`admissionregistration.k8s.io/${kind}`));
  return [
    ...webhooks.flatMap((manifest) => listIn(manifest.whole, 'webhooks').map((webhook, index): Called => ({ manifest, service: serviceOf(webhook), property: `webhooks[${index}].clientConfig.service` }))),
    ...manifests.of('apiregistration.k8s.io/APIService').map((manifest): Called => ({ manifest, service: objectIn(manifest.spec, 'service'), property: 'spec.service' })),
    ...manifests.of('apiextensions.k8s.io/CustomResourceDefinition').map((manifest): Called => ({ manifest, service: serviceOf(objectIn(objectIn(manifest.spec, 'conversion'), 'webhook')), property: 'spec.conversion.webhook.clientConfig.service' })),
  ];
}

function serviceOf(webhook: JsonObject): JsonObject {
  return objectIn(objectIn(webhook, 'clientConfig'), 'service');
}
