import { ApiObject, Chart } from 'cdk8s';
import { catalog } from '../../imports/catalog';
import { HTTPRoute } from '../../imports/gateway-api';
import { VirtualService } from '../../imports/istio';
import { ConfigMap, CustomResourceDefinition, NetworkPolicy } from '../../imports/kubernetes';
import { argocdHealthChecks, argocdIgnoreDifferences } from '../../src/core/argocd-settings';
import { MeshApp } from '../../src/core/mesh-app';
import { parseAllDocuments } from 'yaml';

const SYNC_OPTIONS = 'argocd.argoproj.io/sync-options';
const SYNC_WAVE = 'argocd.argoproj.io/sync-wave';

type Annotations = Readonly<Record<string, string>>;

/** The annotations that the objects get that `fill` makes, by kind. */
function annotationsOf(fill: (chart: Chart) => void): Readonly<Record<string, Annotations>> {
  const app = new MeshApp({ layout: 'argocd' });
  fill(new Chart(app, 'shop', { namespace: 'shop' }));
  const documents = parseAllDocuments(app.synthYaml()).map((document) => document.toJS() as { kind: string; metadata: { annotations: Annotations } });
  return Object.fromEntries(documents.map(({ kind, metadata }) => [kind, metadata.annotations]));
}

function addCrd(chart: Chart, annotations?: Annotations): void {
  new CustomResourceDefinition(chart, 'crd', {
    metadata: { name: 'widgets.example.com', ...(annotations !== undefined && { annotations }) },
    spec: {
      group: 'example.com',
      names: { kind: 'Widget', plural: 'widgets' },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  });
}

describe('sync options', () => {
  test.each([
    [undefined, 'Prune=false,Delete=false,ServerSideApply=true'],
    ['Validate=false', 'Validate=false,Prune=false,Delete=false,ServerSideApply=true'],
    ['ServerSideApply=true, Validate=false', 'ServerSideApply=true,Validate=false,Prune=false,Delete=false'],
    ['Prune=confirm,Delete=confirm,', 'Prune=confirm,Delete=confirm,ServerSideApply=true'],
  ])('a CRD outlives a prune and its Application; what the program says itself, here %j, holds', (own, expected) => {
    const annotations = annotationsOf((chart) => addCrd(chart, own === undefined ? undefined : { [SYNC_OPTIONS]: own }));
    expect(annotations['CustomResourceDefinition']?.[SYNC_OPTIONS]).toBe(expected);
  });

  test('custom resources wait for their CRD, which another Application may bring; built-in kinds need nothing', () => {
    const annotations = annotationsOf((chart) => {
      new VirtualService(chart, 'web', { spec: { hosts: ['web'], http: [{ route: [{ destination: { host: 'web' } }] }] } });
      new HTTPRoute(chart, 'web-route', { spec: { parentRefs: [{ name: 'web' }] } });
      new ApiObject(chart, 'widget', { apiVersion: 'example.com/v1', kind: 'Widget' });
      new NetworkPolicy(chart, 'policy', { spec: { podSelector: {} } });
      new ConfigMap(chart, 'map');
    });
    const options = Object.entries(annotations).map(([kind, of]) => [kind, of[SYNC_OPTIONS]]);
    expect(Object.fromEntries(options)).toEqual({
      VirtualService: 'SkipDryRunOnMissingResource=true',
      HTTPRoute: 'SkipDryRunOnMissingResource=true',
      Widget: 'SkipDryRunOnMissingResource=true',
      NetworkPolicy: undefined,
      ConfigMap: undefined,
    });
  });

  test('a wave that the program sets itself holds', () => {
    expect(annotationsOf((chart) => addCrd(chart, { [SYNC_WAVE]: '-5' }))['CustomResourceDefinition']?.[SYNC_WAVE]).toBe('-5');
  });
});

describe('health checks', () => {
  const checks = argocdHealthChecks();
  const PREFIX = 'resource.customizations.health.';

  test('every one is of a kind that there is: a misspelled key would be without effect', () => {
    const known = new Set(catalog.map(({ group, kind }) => `${group}_${kind}`));
    for (const key of Object.keys(checks)) {
      expect(key.startsWith(PREFIX)).toBe(true);
      expect(known).toContain(key.slice(PREFIX.length));
    }
  });

  test('there is one for every kind of the Gateway API that a controller accepts', () => {
    const accepted = catalog.filter(({ group, kind }) => group === 'gateway.networking.k8s.io' && kind !== 'ReferenceGrant');
    const missing = accepted.filter(({ group, kind }) => checks[`${PREFIX}${group}_${kind}`] === undefined);
    expect(missing.map(({ kind }) => kind)).toEqual([]);
  });

  test('routes look at their parents, Istio kinds at conditions that nobody waits for', () => {
    const route = checks[`${PREFIX}gateway.networking.k8s.io_HTTPRoute`] ?? '';
    expect(route).toContain('ipairs(status.parents or {})');
    expect(route).toContain('local awaited = { "Accepted" }');
    const policy = checks[`${PREFIX}security.istio.io_AuthorizationPolicy`] ?? '';
    expect(policy).toContain('["ZtunnelAccepted"] = true');
    expect(policy).toContain('local awaited = {  }');
  });

  test('as data of argocd-cm they make a ConfigMap that a server takes', () => {
    const made = annotationsOf((chart) => {
      new ConfigMap(chart, 'argocd-cm', { metadata: { namespace: 'argocd', labels: { 'app.kubernetes.io/part-of': 'argocd' } }, data: { ...checks } });
    });
    expect(Object.keys(made)).toEqual(['ConfigMap']);
  });
});

test('what is ignored is what istiod writes, in webhooks of Istio only', () => {
  const differences = argocdIgnoreDifferences();
  expect(differences.map(({ group, kind }) => `${group} ${kind}`)).toEqual([
    'admissionregistration.k8s.io MutatingWebhookConfiguration',
    'admissionregistration.k8s.io ValidatingWebhookConfiguration',
  ]);
  const fields = differences.map(({ jqPathExpressions }) => jqPathExpressions.map((path) => path.split(' | ').at(-1)));
  expect(fields).toEqual([['.clientConfig.caBundle'], ['.clientConfig.caBundle', '.failurePolicy']]);
  for (const path of differences.flatMap(({ jqPathExpressions }) => jqPathExpressions)) expect(path).toContain('select(.name | endswith(".istio.io"))');
});
