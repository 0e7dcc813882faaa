import { chartNamespace } from '../../core/references';
import type { HttpContribution, TcpContribution } from '../ingress-plan';

/** Where the routes of a host are: with the chart of the first construct that adds to it, else with the gateway. */
export function routesNamespace({ owner, gateway }: HttpContribution | TcpContribution): string {
  return chartNamespace(owner) ?? gateway.namespace;
}
