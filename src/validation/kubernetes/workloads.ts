/**
 * Workloads that keep pods running.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/
 */
import { dns1123Label } from '../names';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { checkSetClaim } from './claims';
import { failOneOf, form, notNegative, refused, required, setOneOf } from './checks';
import { always, each, isEmpty, isSet, itemsIn, NO_FIELDS, numberIn, objectIn, textIn, within } from './fields';
import { checkLastingPods, checkPodTemplate } from './pod';
import { checkShare, shareOf } from './shares';
import { isBareSelector, selector, selects } from './selectors';

export function checkDeployment(object: Data, report: Report): void {
  always(object, 'spec', report, (spec) => {
    checkCommon(spec, 'Deployment', report);
    checkPodTemplate(spec, report);
    within(spec, 'strategy', report, (strategy) => {
      const type = strategyType(strategy, ['Recreate', 'RollingUpdate'], report);
      if (type === 'Recreate') refused(strategy, 'rollingUpdate', 'the pods are made anew', report);
      if (type === 'RollingUpdate') within(strategy, 'rollingUpdate', report, deploymentUpdate);
    });
    notNegative(spec, 'progressDeadlineSeconds', report);
    const deadline = numberIn(spec, 'progressDeadlineSeconds', 600);
    const ready = numberIn(spec, 'minReadySeconds', 0);
    if (deadline !== undefined && ready !== undefined && deadline <= ready) {
      report.fail('below-minimum', deadline, `more than minReadySeconds, ${ready}`, { below: '.progressDeadlineSeconds' });
    }
  });
}

function deploymentUpdate(update: Data, report: Report): void {
  checkShare(update, 'maxUnavailable', report);
  checkShare(update, 'maxSurge', report, Number.POSITIVE_INFINITY);
  const [unavailable, surge] = [shareOf(update['maxUnavailable'] ?? '25%'), shareOf(update['maxSurge'] ?? '25%')];
  if (unavailable === 0 && surge === 0) report.fail('kubernetes-rule', update['maxUnavailable'], 'more than 0, where maxSurge is 0', { below: '.maxUnavailable' });
}

export function checkReplicaSet(object: Data, report: Report): void {
  always(object, 'spec', report, (spec) => {
    checkCommon(spec, 'ReplicaSet', report);
    checkPodTemplate(spec, report);
  });
}

export function checkDaemonSet(object: Data, report: Report): void {
  always(object, 'spec', report, (spec) => {
    checkCommon(spec, 'DaemonSet', report);
    checkPodTemplate(spec, report);
    within(spec, 'updateStrategy', report, (strategy) => {
      if (strategyType(strategy, ['OnDelete', 'RollingUpdate'], report) === 'RollingUpdate') within(strategy, 'rollingUpdate', report, daemonUpdate);
    });
  });
}

function daemonUpdate(update: Data, report: Report): void {
  checkShare(update, 'maxUnavailable', report);
  checkShare(update, 'maxSurge', report);
  const [unavailable, surge] = [shareOf(update['maxUnavailable'] ?? 1), shareOf(update['maxSurge'] ?? 0)];
  if (unavailable === undefined || surge === undefined) return;
  if (unavailable !== 0 && surge !== 0) report.fail('kubernetes-rule', update['maxSurge'], 'no maxSurge beside maxUnavailable', { below: '.maxSurge' });
  if (unavailable === 0 && surge === 0) report.fail('kubernetes-rule', update['maxUnavailable'], 'more than 0, where maxSurge is 0', { below: '.maxUnavailable' });
}

export function checkStatefulSet(object: Data, report: Report): void {
  always(object, 'spec', report, (spec) => {
    checkCommon(spec, 'StatefulSet', report);
    checkPodTemplate(withClaims(spec), report);
    setOneOf(spec, 'podManagementPolicy', ['OrderedReady', 'Parallel', ''], report);
    within(spec, 'updateStrategy', report, (strategy) => {
      const type = strategyType(strategy, ['OnDelete', 'RollingUpdate'], report);
      if (type === 'OnDelete') refused(strategy, 'rollingUpdate', 'the pods are not updated', report);
      if (type === 'RollingUpdate') within(strategy, 'rollingUpdate', report, (update) => notNegative(update, 'partition', report));
    });
    within(spec, 'persistentVolumeClaimRetentionPolicy', report, (policy) => {
      for (const field of ['whenDeleted', 'whenScaled']) setOneOf(policy, field, ['Retain', 'Delete', ''], report);
    });
    each(spec, 'volumeClaimTemplates', report, checkSetClaim);
    within(spec, 'ordinals', report, (ordinals) => notNegative(ordinals, 'start', report));
    form(spec, 'serviceName', dns1123Label, report);
  });
}

/** The template as the pods have it: with the volumes of the claims, and names that the set gives. */
function withClaims(spec: Data): Data {
  const claims = itemsIn(spec, 'volumeClaimTemplates');
  const template = objectIn(spec, 'template');
  const pod = objectIn(template ?? NO_FIELDS, 'spec');
  if (template === undefined || pod === undefined || (claims.length === 0 && isEmpty(pod, 'hostname') && isEmpty(pod, 'subdomain'))) return spec;
  const names = new Set(claims.map((claim) => objectIn(claim, 'metadata')?.['name'] ?? ''));
  const own = itemsIn(pod, 'volumes');
  // what the pod has keeps its place, so that findings name it rightly
  const volumes = own.map((volume) => (names.has(volume['name'] ?? '') ? { name: volume['name'], persistentVolumeClaim: { claimName: volume['name'] } } : volume));
  const added = [...names].filter((name) => !own.some((volume) => (volume['name'] ?? '') === name)).map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  return { ...spec, template: { ...template, spec: { ...pod, hostname: undefined, subdomain: undefined, volumes: [...volumes, ...added] } } };
}

/** What all of these have: a selector that finds the pods of the template, and numbers. */
function checkCommon(spec: Data, kind: string, report: Report): void {
  notNegative(spec, 'replicas', report);
  notNegative(spec, 'minReadySeconds', report);
  // of a StatefulSet no server looks at it
  if (kind !== 'StatefulSet') notNegative(spec, 'revisionHistoryLimit', report);
  if (!isSet(spec, 'selector')) required(spec, 'selector', report);
  const before = report.findings.length;
  within(spec, 'selector', report, (given) => {
    selector(given, report);
    if (isBareSelector(given)) report.fail('missing-field', given, 'labels that the pods have, in matchLabels or matchExpressions');
  });
  if (report.findings.length === before) checkSelection(spec, report);
  checkLastingPods(spec, kind, report);
}

/** The selector finds the pods that are made of the template. */
function checkSelection(spec: Data, report: Report): void {
  const given = objectIn(spec, 'selector');
  const template = objectIn(spec, 'template');
  if (given === undefined || isBareSelector(given) || (isSet(spec, 'template') && template === undefined)) return;
  const metadata = template?.['metadata'] ?? {};
  const labels = objectIn(metadata as Data, 'labels') ?? NO_FIELDS;
  if (selects(given, labels) === false) {
    report.fail('kubernetes-rule', labels, 'labels that spec.selector finds', { below: '.template.metadata.labels' });
  }
}

/** The type of a strategy, which the server fills in where there is none. */
function strategyType(strategy: Data, allowed: readonly string[], report: Report): string | undefined {
  const type = textIn(strategy, 'type');
  if (type === undefined) return undefined;
  if (type === '') return 'RollingUpdate';
  if (!allowed.includes(type)) failOneOf(type, allowed, report, '.type');
  return type;
}
