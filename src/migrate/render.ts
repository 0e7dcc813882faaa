import { App, Chart } from 'cdk8s';
import { Cluster } from '../core/cluster';
import { isObjectItem, ObjectGraph } from '../core/object-graph';
import type { GraphItem } from '../core/object-graph';
import { inOrder } from '../core/order';
import { settle } from '../core/settle';
import { renderTree } from '../core/synthesis';
import type { SynthObject } from '../core/synthesis';
import { validateRendering } from '../core/validate-tree';
import type { JsonObject } from '../rules/json';
import type { Installation } from './installation';
import { placeInstallation } from './place';

/**
 * The manifests of an installation, in the order in which they are applied. Every object is validated, but for the CRDs: those
 * are made of the rules that would be asked, and asking takes longer than all the rest.
 *
 * @throws MeshError as the constructs do, and with what an API server would say of their objects.
 */
export function renderInstallation(installation: Installation): readonly JsonObject[] {
  const app = new App();
  const chart = new Chart(new Cluster(app, 'cluster', { istio: installation.istio }), 'istio');
  placeInstallation(chart, installation);
  return renderApp(app);
}

/** The manifests of a program, as {@link renderInstallation} makes them. */
export function renderApp(app: App): readonly JsonObject[] {
  const refused = settle(app);
  const { objects, findings } = renderTree(app.node.findAll());
  validateRendering({ objects: objects.filter((object) => !isCrd(object)), findings: [...refused, ...findings] });
  const graph = new ObjectGraph(objects);
  const before = (item: GraphItem): readonly GraphItem[] => graph.before(item);
  return inOrder<GraphItem>(graph.items, { before }).filter(isObjectItem).map(({ object }) => object.manifest);
}

function isCrd({ identity }: SynthObject): boolean {
  return identity.kind === 'CustomResourceDefinition';
}
