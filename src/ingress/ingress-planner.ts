import type { ApiObject } from 'cdk8s';
import { compareConstructs } from '../core/construct-path';
import { PlannedChildren } from '../core/planned-children';
import type { Wanted } from '../core/planned-children';
import { addPlanner } from '../core/planner';
import { rootState } from '../core/root-state';
import { formatFinding } from '../errors/finding';
import { MeshError } from '../errors/mesh-error';
import { certificateFindings, certificates } from './certificates';
import { gatewayFindings } from './gateway-findings';
import { gatewayKey } from './gateway-references';
import { hostFindings } from './host-findings';
import type { FormObject } from './ingress-form';
import { ingressForms } from './ingress-forms';
import { HostPlan } from './ingress-plan';
import type { GatewayPlan, HttpContribution, TcpContribution } from './ingress-plan';
import { refuseOtherRoutes } from './other-routes';
import { redirectLoops } from './redirect-loops';
import { secretFindings } from './secret-findings';

type Contribution = HttpContribution | TcpContribution;

interface Ingress {
  readonly contributions: Contribution[];
  readonly planned: PlannedChildren;
  /** Objects that are made, to be patched. */
  readonly made: Map<string, ApiObject>;
  /** Each gateway as of the last plan: objects that are made already read what is theirs here. */
  plans: ReadonlyMap<string, GatewayPlan>;
}

/** Adds what a route says to the objects of its gateway. */
export function addToIngress(contribution: Contribution): void {
  const { owner } = contribution;
  const ingress = rootState<Ingress>(owner, 'ingress', (root) => {
    const state: Ingress = { contributions: [], planned: new PlannedChildren(), made: new Map(), plans: new Map() };
    // as a validation, for then everything is rendered, once
    root.node.addValidation({ validate: () => refuseOtherRoutes(root, [...state.plans.values()], new Set(state.made.values())) });
    return state;
  });
  ingress.contributions.push(contribution);
  addPlanner(owner, { key: 'ingress', plan: () => plan(ingress) });
}

function plan(ingress: Ingress): void {
  ingress.contributions.sort((a, b) => compareConstructs(a.owner, b.owner));
  ingress.plans = plansOf(ingress.contributions);
  const plans = [...ingress.plans.values()];
  const found = [
    ...plans.flatMap(({ hosts }) => hosts.flatMap(hostFindings)),
    ...plans.flatMap(gatewayFindings),
    ...redirectLoops(plans),
    ...certificateFindings(plans),
    ...secretFindings(plans),
    ...plans.flatMap((each) => ingressForms[each.gateway.api].findings(each)),
  ];
  // a route of several gateways may be wrong at each of them alike
  const findings = [...new Map(found.map((finding) => [formatFinding(finding), finding])).values()];
  const errors = findings.filter(({ severity }) => severity !== 'warning');
  if (errors.length > 0) throw new MeshError(errors);
  for (const { tcp } of plans) for (const { gateway, port } of tcp) gateway.open(port);
  bring(ingress);
  // warnings stand in the way of nothing
  if (findings.length > 0) throw new MeshError(findings);
}

function bring(ingress: Ingress): void {
  const objects = new Map<string, FormObject>();
  for (const [key, each] of ingress.plans) {
    const current = (): GatewayPlan => ingress.plans.get(key) ?? each;
    for (const [id, object] of ingressForms[each.gateway.api].objects(each, current)) objects.set(`${key}\n${id}`, object);
  }
  for (const [key, object] of certificates(() => [...ingress.plans.values()])) objects.set(`certificate\n${key}`, object);
  const wanted = new Map<string, Wanted>();
  for (const [key, { owner, make }] of objects) {
    const kept = (): ApiObject => {
      const object = make();
      ingress.made.set(key, object);
      return object;
    };
    wanted.set(key, { owner, make: kept });
  }
  ingress.planned.bring(wanted);
  for (const [key, { patchedBy }] of objects) {
    const object = ingress.made.get(key);
    if (object !== undefined) for (const each of patchedBy) each.become(object);
  }
}

function plansOf(contributions: readonly Contribution[]): ReadonlyMap<string, GatewayPlan> {
  const byGateway = groupBy(contributions, ({ gateway }) => gatewayKey(gateway));
  return new Map(
    [...byGateway].map(([key, all]) => {
      const first = all[0] as Contribution;
      const groups = groupBy(all.filter((each) => 'host' in each), ({ host }) => host);
      const hostsByName = new Map([...groups].map(([host, group]) => [host, new HostPlan(group)]));
      const tcp = all.filter((each) => 'port' in each).sort((a, b) => a.port - b.port);
      return [key, { gateway: first.gateway, hosts: [...hostsByName.values()], hostsByName, tcp }];
    }),
  );
}

/** Groups in the order of their first members. */
function groupBy<T>(all: readonly T[], keyOf: (each: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const each of all) {
    const key = keyOf(each);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return groups;
}
