import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { SynthSession } from '../../core/synth-session';
import type { Finding } from '../../errors/finding';
import { isJsonObject } from '../../rules/json';
import type { JsonObject } from '../../rules/json';
import type { Grant } from '../access/grants';

const DATA_PLANE = 'istio.io/dataplane-mode';

/**
 * Rules for pods in ambient mode. ztunnel knows no external authorizers, and leaves such a policy out: what it is about comes in
 * without being asked about.
 *
 * @see https://istio.io/latest/docs/ambient/usage/l4-policy/
 */
export function neverAsked(root: IConstruct, grants: readonly Grant[]): Finding[] {
  const inside = grants.filter(({ target }) => target.of !== 'gateway');
  if (inside.length === 0) return [];
  const ambient = ambientNamespaces(root);
  return inside.filter((grant) => isAmbient(grant, ambient)).map(({ target }) => ({
    construct: target.scope.node.path,
    property: 'custom',
    code: 'never-asked',
    got: target.of === 'mesh' ? 'a mesh in ambient mode, whose ztunnels ask no authorizer' : `the namespace ${target.namespace} in ambient mode, where ztunnel asks no authorizer`,
    expected: 'pods with a proxy of their own, or a gateway',
    fix: "ask at the gateway, or give the namespace sidecars: dataPlane: 'sidecar'",
  }));
}

function isAmbient({ target }: Grant, namespaces: ReadonlySet<string>): boolean {
  if (target.of !== 'mesh') return namespaces.has(`${Cluster.pathOf(target.scope)}\n${target.namespace}`);
  const { injectionLabels } = target.scope as IConstruct as { readonly injectionLabels?: Readonly<Record<string, string>> };
  return injectionLabels?.[DATA_PLANE] === 'ambient';
}

/** As their objects say it, whoever makes them. */
function ambientNamespaces(root: IConstruct): ReadonlySet<string> {
  const found = SynthSession.of(root).constructs().filter((construct): construct is ApiObject => ApiObject.isApiObject(construct) && construct.kind === 'Namespace' && construct.apiVersion === 'v1');
  return new Set(found.filter((namespace) => labelsOf(namespace)[DATA_PLANE] === 'ambient').map((namespace) => `${Cluster.pathOf(namespace)}\n${namespace.name}`));
}

/** What cannot be rendered is a finding already, of whoever renders it. */
function labelsOf(namespace: ApiObject): JsonObject {
  try {
    const { metadata } = namespace.toJson() as { readonly metadata?: { readonly labels?: unknown } };
    return isJsonObject(metadata?.labels as JsonObject) ? (metadata?.labels as JsonObject) : {};
  } catch {
    return {};
  }
}
