import type { Construct } from 'constructs';
import { isDnsLabel } from '../core/kubernetes-names';
import { chartNamespace, namespaceName } from '../core/references';
import { refusal } from '../core/refusal';
import type { MeshError } from '../errors/mesh-error';
import { dnsLabel, flag, oneOf, props, text, texts } from './prop-shape';
import type { Shape } from './prop-shape';

/** What every component takes; see `ComponentProps`. */
export const COMPONENT_SHAPE: Shape = {
  istio: text,
  namespace: dnsLabel,
  revision: {
    expected: 'a revision: 1 to 63 of a-z, 0-9 and dashes within, such as "1-31-3"',
    holds: isDnsLabel,
  },
  image: props({
    name: text,
    hub: text,
    tag: text,
    variant: text,
    pullPolicy: oneOf('Always', 'IfNotPresent', 'Never'),
    pullSecrets: texts,
  }),
  logging: props({ level: text, json: flag }),
  networkPolicy: flag,
  resourceScope: oneOf('all', 'cluster', 'namespace'),
};

/** A refusal of a prop that contradicts another one. */
export function contradiction(construct: Construct, property: string, got: string, expected: string, fix: string): MeshError {
  return refusal({ construct: construct.node.path }, property, { code: 'contradiction', got, expected, fix });
}

/** Namespace of a component: what was given, else the chart's, else Istio's own. */
export function componentNamespace(construct: Construct, given: string | undefined): string {
  return namespaceName(construct, given ?? chartNamespace(construct) ?? 'istio-system');
}

/** The props that are there: one that is undefined has its default. */
export function definedProps<T extends object>(given: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as { [Key in keyof T]: Exclude<T[Key], undefined> };
}
