/** Annotations of a pod that mean something to Kubernetes, most of them from before there were fields. */
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { namesIn, NO_FIELDS, objectIn, textIn, textOf } from './fields';
import { descendingPath } from './forms';

const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';
const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
const MIRROR = 'kubernetes.io/config.mirror';

/** Checks the annotations in `metadata` of a pod or of a template. */
export function checkPodAnnotations(object: Data, report: Report): void {
  const annotations = objectIn(objectIn(object, 'metadata') ?? NO_FIELDS, 'annotations');
  if (annotations === undefined) return;
  const spec = objectIn(object, 'spec') ?? NO_FIELDS;
  report.enter('metadata');
  report.enter('annotations');
  for (const key in annotations) {
    const value = textOf(annotations[key]);
    if (value === undefined) continue;
    report.enterKey(key);
    checkAnnotation(key, value, spec, report);
    report.leave();
  }
  report.leave();
  report.leave();
}

function checkAnnotation(key: string, value: string, spec: Data, report: Report): void {
  if (key === MIRROR && textIn(spec, 'nodeName') === '') report.fail('kubernetes-rule', value, 'spec.nodeName beside it');
  if (key === DELETION_COST && !isCost(value)) report.fail('kubernetes-rule', value, 'an integer of 32 bits');
  if ((key === SECCOMP_POD || key.startsWith(SECCOMP_CONTAINER)) && !isSeccomp(value)) report.fail('kubernetes-rule', value, 'the name of a seccomp profile');
  if (!key.startsWith(APP_ARMOR)) return;
  const container = key.slice(APP_ARMOR.length);
  if (namesIn(spec, 'initContainers', 'containers', 'ephemeralContainers')?.has(container) === false) report.fail('kubernetes-rule', key, 'the name of a container of the pod', { saidGot: container });
  if (value !== '' && value !== 'runtime/default' && value !== 'unconfined' && !value.startsWith('localhost/')) {
    report.fail('kubernetes-rule', value, 'the name of an AppArmor profile');
  }
}

function isCost(value: string): boolean {
  return /^(?:0|-?[1-9]\d*)$/.test(value) && Number(value) >= -(2 ** 31) && Number(value) < 2 ** 31;
}

function isSeccomp(value: string): boolean {
  if (value === 'runtime/default' || value === 'docker/default' || value === 'unconfined') return true;
  return value.startsWith('localhost/') && descendingPath(value.slice('localhost/'.length)).length === 0;
}
