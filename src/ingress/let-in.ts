import type { CheckedDestination } from '../traffic/rules/checked-destination';
import type { CheckedRoute } from '../traffic/rules/checked-route';
import type { IngressGateway } from './ingress-gateway';

/** Lets the gateway call all services that it leads to or sends copies to, where they let in nobody without a grant. */
export function letIn(gateway: IngressGateway, routes: readonly CheckedRoute[], connections: readonly CheckedDestination[] = []): void {
  const destinations = [...connections, ...routes.flatMap(led)];
  for (const service of new Set(destinations.map((each) => each.service))) service?.implyAccessFrom(gateway);
}

function led({ to, mirrors, delegate }: CheckedRoute): CheckedDestination[] {
  return [...(to ?? []), ...mirrors.map((mirror) => mirror.to), ...(delegate?.routes ?? []).flatMap(led)];
}
