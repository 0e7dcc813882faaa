/**
 * Pods, and the templates that workloads make pods of.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
 */
import { dns1123Label, dns1123Subdomain, qualifiedName } from '../names';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { checkAffinity, checkSpreading, checkTolerations } from './affinity';
import { failForms, failRange, form, oneOf, once, required, setForm, setOneOf } from './checks';
import { checkContainers } from './containers';
import { checkNames } from './dns';
import { always, each, isSet, itemsIn, namesIn, NO_FIELDS, numberIn, objectIn, textIn, within } from './fields';
import { checkPodAnnotations } from './pod-annotations';
import { checkPodResources } from './pod-resources';
import { checkPodSecurity } from './security-context';
import { labels } from './selectors';
import { checkVolumes } from './volumes';
import { checkHostProcesses, checkOperatingSystem } from './windows';

/** A pod. */
export function checkPod(object: Data, report: Report): void {
  checkPodAnnotations(object, report);
  const name = textIn(objectIn(object, 'metadata') ?? NO_FIELDS, 'name');
  always(object, 'spec', report, (spec) => {
    checkPodSpec(spec, name ?? '', report);
    if (textIn(spec, 'nodeName') !== '' && itemsIn(spec, 'schedulingGates').length > 0) {
      report.fail('kubernetes-rule', spec['nodeName'], 'no nodeName as long as there are schedulingGates', { below: '.nodeName' });
    }
  });
}

/** The template in a field of a workload. */
export function checkPodTemplate(owner: Data, report: Report): void {
  always(owner, 'template', report, (template) => {
    checkPodAnnotations(template, report);
    always(template, 'spec', report, (spec) => checkPodSpec(spec, undefined, report));
  });
}

/** Pods of a workload that keeps them running; `what` is the workload, for messages. */
export function checkLastingPods(owner: Data, what: string, report: Report): void {
  within(owner, 'template', report, (template) =>
    within(template, 'spec', report, (spec) => {
      const policy = textIn(spec, 'restartPolicy');
      if (policy === 'OnFailure' || policy === 'Never') report.fail('not-in-enum', policy, `"Always", as in all pods of a ${what}`, { below: '.restartPolicy' });
      if (isSet(spec, 'activeDeadlineSeconds')) {
        report.fail('kubernetes-rule', spec['activeDeadlineSeconds'], `no activeDeadlineSeconds in the pods of a ${what}`, { below: '.activeDeadlineSeconds' });
      }
    }),
  );
}

/** `podName` is absent in a template. */
function checkPodSpec(spec: Data, podName: string | undefined, report: Report): void {
  const gracePeriod = numberIn(spec, 'terminationGracePeriodSeconds', 30);
  const volumes = checkVolumes(spec, podName, report);
  const allVolumes = volumes === undefined ? undefined : new Map(itemsIn(spec, 'volumes').map((volume) => [textIn(volume, 'name') ?? '', volume] as const));
  const claims = checkResourceClaims(spec, report);
  checkContainers({ spec, volumes, allVolumes, claims, gracePeriod, isPod: podName !== undefined }, report);
  checkPodResources(spec, report);
  oneOf(spec, 'restartPolicy', ['Always', 'OnFailure', 'Never'], report);
  labels(spec, 'nodeSelector', report);
  checkPodSecurity(spec, report);
  checkAffinity(spec, report);
  checkNames(spec, report);
  each(spec, 'readinessGates', report, (gate) => failForms(textIn(gate, 'conditionType') ?? 'a', qualifiedName, report, '.conditionType'));
  checkGates(spec, report);
  checkSpreading(spec, report);
  checkHostProcesses(spec, report);
  checkHostUsers(spec, report);
  for (const field of ['serviceAccountName', 'nodeName', 'priorityClassName']) form(spec, field, dns1123Subdomain, report);
  setForm(spec, 'runtimeClassName', dns1123Subdomain, report);
  const deadline = numberIn(spec, 'activeDeadlineSeconds');
  if (deadline !== undefined) failRange(deadline, 1, 2 ** 31 - 1, report, '.activeDeadlineSeconds');
  checkTolerations(spec, report);
  setOneOf(spec, 'preemptionPolicy', ['PreemptLowerPriority', 'Never'], report);
  checkOperatingSystem(spec, report);
}

function checkResourceClaims(spec: Data, report: Report): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  each(spec, 'resourceClaims', report, (claim) => {
    required(claim, 'name', report);
    form(claim, 'name', dns1123Label, report);
    const name = textIn(claim, 'name');
    if (name !== undefined && name !== '') once(names, name, report, '.name');
    const [hasClaim, hasTemplate] = [isSet(claim, 'resourceClaimName'), isSet(claim, 'resourceClaimTemplateName')];
    if (hasClaim && hasTemplate) report.fail('kubernetes-rule', claim, 'either resourceClaimName or resourceClaimTemplateName', { saidGot: 'both' });
    if (!hasClaim && !hasTemplate) report.fail('missing-field', undefined, 'resourceClaimName or resourceClaimTemplateName');
    setForm(claim, 'resourceClaimName', dns1123Subdomain, report);
    setForm(claim, 'resourceClaimTemplateName', dns1123Subdomain, report);
  });
  return namesIn(spec, 'resourceClaims');
}

function checkGates(spec: Data, report: Report): void {
  const names = new Set<string>();
  each(spec, 'schedulingGates', report, (gate) => {
    const name = textIn(gate, 'name');
    if (name === undefined) return;
    failForms(name, qualifiedName, report, '.name');
    once(names, name, report, '.name');
  });
}

/** A pod with users of its own shares nothing with the host. */
function checkHostUsers(spec: Data, report: Report): void {
  if (spec['hostUsers'] !== false) return;
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) {
    if (spec[field] === true) report.fail('kubernetes-rule', true, `no ${field} beside hostUsers: false`, { below: `.${field}` });
  }
  for (const list of ['initContainers', 'containers', 'ephemeralContainers']) {
    each(spec, list, report, (container) => {
      if (itemsIn(container, 'volumeDevices').length > 0) report.fail('kubernetes-rule', container['volumeDevices'], 'no volumeDevices beside hostUsers: false', { below: '.volumeDevices' });
    });
  }
}
