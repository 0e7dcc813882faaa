/**
 * Disruption budgets and priority classes.
 * Sources: https://kubernetes.io/docs/tasks/run-application/configure-pdb/ and
 * https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
 */
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { setOneOf } from './checks';
import { isSet, NO_FIELDS, numberIn, objectIn, textIn, within } from './fields';
import { selector } from './selectors';
import { checkShare } from './shares';

export function checkDisruptionBudget(object: Data, report: Report): void {
  within(object, 'spec', report, (spec) => {
    if (isSet(spec, 'minAvailable') && isSet(spec, 'maxUnavailable')) report.fail('kubernetes-rule', spec, 'either minAvailable or maxUnavailable', { saidGot: 'both' });
    checkShare(spec, 'minAvailable', report);
    checkShare(spec, 'maxUnavailable', report);
    within(spec, 'selector', report, selector);
    setOneOf(spec, 'unhealthyPodEvictionPolicy', ['IfHealthyBudget', 'AlwaysAllow'], report);
  });
}

const HIGHEST_OF_USERS = 1_000_000_000;
const OF_THE_SYSTEM: Readonly<Record<string, number>> = { 'system-node-critical': 2_000_001_000, 'system-cluster-critical': 2_000_000_000 };

export function checkPriorityClass(object: Data, report: Report): void {
  setOneOf(object, 'preemptionPolicy', ['PreemptLowerPriority', 'Never'], report);
  const name = textIn(objectIn(object, 'metadata') ?? NO_FIELDS, 'name');
  const value = numberIn(object, 'value', 0);
  if (name === undefined || value === undefined) return;
  if (!name.startsWith('system-')) {
    if (value > HIGHEST_OF_USERS) report.fail('above-maximum', value, `at most ${HIGHEST_OF_USERS}`, { below: '.value' });
  } else if (OF_THE_SYSTEM[name] !== value || object['globalDefault'] === true) {
    report.fail('kubernetes-rule', name, 'a name that does not begin with system-, which Kubernetes keeps for itself', { below: '.metadata.name' });
  }
}
