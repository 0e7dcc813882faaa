/**
 * Jobs, and jobs at set times.
 * Sources: https://kubernetes.io/docs/concepts/workloads/controllers/job/ and
 * https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
 */
import { dns1123Label, labelValue, qualifiedName } from '../names';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { failForms, failRange, notNegative, oneOf, once, refused, required, requiredOneOf, setForm, setOneOf } from './checks';
import { always, each, isSet, listIn, namesIn, NO_FIELDS, numberIn, objectIn, textIn, within } from './fields';
import { domainPath } from './forms';
import { checkPodTemplate } from './pod';
import { checkSchedule, timeZone } from './schedules';
import { selector, selects } from './selectors';

export function checkCronJob(object: Data, report: Report): void {
  always(object, 'spec', report, (spec) => {
    checkSchedule(spec, report);
    setForm(spec, 'timeZone', timeZone, report);
    oneOf(spec, 'concurrencyPolicy', ['Allow', 'Forbid', 'Replace'], report);
    for (const field of ['startingDeadlineSeconds', 'successfulJobsHistoryLimit', 'failedJobsHistoryLimit']) notNegative(spec, field, report);
    always(spec, 'jobTemplate', report, (template) =>
      always(template, 'spec', report, (job) => {
        checkJobSpec(job, report);
        refused(job, 'selector', 'each job has one of its own', report);
        if (job['manualSelector'] === true) report.fail('kubernetes-rule', true, 'no manualSelector: each job has a selector of its own', { below: '.manualSelector' });
      }),
    );
  });
}

const JOB_LABELS = ['controller-uid', 'batch.kubernetes.io/controller-uid'];
const NAME_LABELS = ['job-name', 'batch.kubernetes.io/job-name'];

export function checkJob(object: Data, report: Report): void {
  const name = textIn(objectIn(object, 'metadata') ?? NO_FIELDS, 'name');
  always(object, 'spec', report, (spec) => {
    checkJobSpec(spec, report);
    const before = report.findings.length;
    within(spec, 'selector', report, selector);
    const isRight = report.findings.length === before;
    if (spec['manualSelector'] === true) checkManualSelector(spec, isRight, report);
    else if (spec['manualSelector'] === false || !isSet(spec, 'manualSelector')) checkGeneratedSelector(spec, name, report);
  });
  const spec = objectIn(object, 'spec') ?? NO_FIELDS;
  // the server writes the name into labels of the pods
  if (spec['manualSelector'] !== true) failForms(name ?? '', labelValue, report, 'metadata.name');
  const completions = numberIn(spec, 'completions', 0) ?? 0;
  if (spec['completionMode'] === 'Indexed' && completions > 0 && name !== undefined && name !== '' && dns1123Label(`${name}-${completions - 1}`).length > 0) {
    report.fail('kubernetes-rule', name, 'a DNS label, of at most 63 characters together with the index of a pod', { below: 'metadata.name' });
  }
}

function checkManualSelector(spec: Data, isRight: boolean, report: Report): void {
  if (!isSet(spec, 'selector')) required(spec, 'selector', report, 'a selector, where manualSelector is true');
  const given = objectIn(spec, 'selector');
  if (isRight && given !== undefined && selects(given, templateLabels(spec)) === false) {
    report.fail('kubernetes-rule', templateLabels(spec), 'labels that spec.selector finds', { below: '.template.metadata.labels' });
  }
}

/** The server adds labels that name the job to its pods, and selects by them. */
function checkGeneratedSelector(spec: Data, name: string | undefined, report: Report): void {
  const labels = templateLabels(spec);
  for (const label of JOB_LABELS) {
    if (Object.hasOwn(labels, label)) report.fail('kubernetes-rule', labels[label], 'no such label: the server gives it', { below: `.template.metadata.labels[${label}]` });
  }
  for (const label of NAME_LABELS) {
    if (Object.hasOwn(labels, label) && typeof labels[label] === 'string' && name !== undefined && name !== '' && labels[label] !== name) {
      report.fail('kubernetes-rule', labels[label], 'the name of the job', { below: `.template.metadata.labels[${label}]` });
    }
  }
  const given = objectIn(spec, 'selector');
  if (given === undefined || name === undefined) return;
  const generated = Object.fromEntries(NAME_LABELS.map((label) => [label, name]));
  const isOwn = selects(given, generated) !== false && selects(given, { ...labels, ...generated }) !== false;
  if (!isOwn) report.fail('kubernetes-rule', given, 'no selector: the server gives one; or manualSelector: true', { below: '.selector', fix: 'leave out selector' });
}

function templateLabels(spec: Data): Data {
  return objectIn(objectIn(objectIn(spec, 'template') ?? NO_FIELDS, 'metadata') ?? NO_FIELDS, 'labels') ?? NO_FIELDS;
}

const NUMBERS = ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished', 'backoffLimitPerIndex', 'maxFailedIndexes'];
const MANY = 100_000;
const FEW = 10_000;

function checkJobSpec(spec: Data, report: Report): void {
  for (const field of NUMBERS) notNegative(spec, field, report);
  if (isSet(spec, 'maxFailedIndexes') && !isSet(spec, 'backoffLimitPerIndex')) required(spec, 'backoffLimitPerIndex', report, 'backoffLimitPerIndex beside maxFailedIndexes');
  setForm(spec, 'managedBy', (text) => [...domainPath(text), ...(text.length > 63 ? ['at most 63 characters'] : [])], report);
  setOneOf(spec, 'completionMode', ['NonIndexed', 'Indexed'], report);
  const mode = isSet(spec, 'completionMode') ? textIn(spec, 'completionMode') : 'NonIndexed';
  if (mode === 'Indexed') checkIndexed(spec, report);
  else if (mode === 'NonIndexed') {
    for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes']) refused(spec, field, 'it is for completionMode: Indexed', report);
  }
  within(spec, 'podFailurePolicy', report, (policy) => checkFailurePolicy(policy, spec, report));
  if (isSet(spec, 'successPolicy') && mode !== undefined && mode !== 'Indexed') refused(spec, 'successPolicy', 'it is for completionMode: Indexed', report);
  if (mode === 'Indexed') within(spec, 'successPolicy', report, (policy) => checkSuccessPolicy(policy, numberIn(spec, 'completions'), report));
  setOneOf(spec, 'podReplacementPolicy', isSet(spec, 'podFailurePolicy') ? ['Failed'] : ['Failed', 'TerminatingOrFailed'], report);
  checkPodTemplate(spec, report);
  checkRestartPolicy(spec, report);
}

function checkRestartPolicy(spec: Data, report: Report): void {
  const pod = objectIn(objectIn(spec, 'template') ?? NO_FIELDS, 'spec') ?? NO_FIELDS;
  const policy = textIn(pod, 'restartPolicy');
  const below = '.template.spec.restartPolicy';
  if (policy === '' || policy === 'Always') report.fail('missing-field', pod['restartPolicy'], '"OnFailure" or "Never": pods of a job end', { below });
  else if (policy === 'OnFailure' && isSet(spec, 'podFailurePolicy')) report.fail('kubernetes-rule', policy, '"Never", where there is a podFailurePolicy', { below });
}

function checkIndexed(spec: Data, report: Report): void {
  const completions = numberIn(spec, 'completions', isSet(spec, 'parallelism') ? undefined : 1);
  if (completions === undefined && !isSet(spec, 'completions')) required(spec, 'completions', report, 'completions, where completionMode is Indexed');
  const parallelism = numberIn(spec, 'parallelism') ?? 1;
  const failed = numberIn(spec, 'maxFailedIndexes');
  const isLarge = completions !== undefined && completions > MANY && isSet(spec, 'backoffLimitPerIndex');
  const most = isLarge ? FEW : MANY;
  if (parallelism > most) failRange(parallelism, 0, most, report, '.parallelism');
  if (failed !== undefined && failed > most) failRange(failed, 0, most, report, '.maxFailedIndexes');
  if (failed !== undefined && completions !== undefined && failed > completions) failRange(failed, 0, completions, report, '.maxFailedIndexes');
  if (isLarge && !isSet(spec, 'maxFailedIndexes')) required(spec, 'maxFailedIndexes', report, `maxFailedIndexes, where there are more than ${MANY} completions`);
}

const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];

function checkFailurePolicy(policy: Data, spec: Data, report: Report): void {
  const pod = objectIn(objectIn(spec, 'template') ?? NO_FIELDS, 'spec') ?? NO_FIELDS;
  const containers = namesIn(pod, 'containers', 'initContainers');
  if (listIn(policy, 'rules').length > 20) report.fail('too-many-items', policy['rules'], 'at most 20 rules', { below: '.rules' });
  each(policy, 'rules', report, (rule) => {
    requiredOneOf(rule, 'action', ACTIONS, report);
    if (rule['action'] === 'FailIndex' && !isSet(spec, 'backoffLimitPerIndex')) report.fail('kubernetes-rule', 'FailIndex', 'backoffLimitPerIndex in the job', { below: '.action' });
    within(rule, 'onExitCodes', report, (codes) => checkExitCodes(codes, containers, report));
    checkConditions(rule, report);
    const [hasCodes, hasConditions] = [isSet(rule, 'onExitCodes'), listIn(rule, 'onPodConditions').length > 0];
    if (hasCodes && hasConditions) report.fail('kubernetes-rule', rule, 'either onExitCodes or onPodConditions', { saidGot: 'both' });
    if (!hasCodes && !hasConditions) report.fail('missing-field', undefined, 'onExitCodes or onPodConditions');
  });
}

function checkConditions(rule: Data, report: Report): void {
  if (listIn(rule, 'onPodConditions').length > 20) report.fail('too-many-items', rule['onPodConditions'], 'at most 20 conditions', { below: '.onPodConditions' });
  each(rule, 'onPodConditions', report, (pattern) => {
    const type = textIn(pattern, 'type');
    if (type !== undefined) failForms(type, qualifiedName, report, '.type');
    oneOf(pattern, 'status', ['True', 'False', 'Unknown'], report);
  });
}

function checkExitCodes(codes: Data, containers: ReadonlySet<string> | undefined, report: Report): void {
  requiredOneOf(codes, 'operator', ['In', 'NotIn'], report);
  const container = isSet(codes, 'containerName') ? textIn(codes, 'containerName') : undefined;
  if (container !== undefined && containers?.has(container) === false) report.fail('kubernetes-rule', container, 'the name of a container of the pod', { below: '.containerName' });
  const values = listIn(codes, 'values').map((value) => value ?? 0);
  required(codes, 'values', report);
  if (values.length > 255) report.fail('too-many-items', codes['values'], 'at most 255 codes', { below: '.values' });
  const seen = new Set<string>();
  for (const [index, value] of values.entries()) {
    if (typeof value !== 'number') continue;
    if (codes['operator'] === 'In' && value === 0) report.fail('kubernetes-rule', value, 'no 0, which is no failure', { below: `.values[${index}]` });
    once(seen, String(value), report, `.values[${index}]`);
    const before = values[index - 1];
    if (typeof before === 'number' && before > value) report.fail('kubernetes-rule', codes['values'], 'codes in ascending order', { below: '.values' });
  }
}

function checkSuccessPolicy(policy: Data, completions: number | undefined, report: Report): void {
  required(policy, 'rules', report, 'at least one rule');
  if (listIn(policy, 'rules').length > 20) report.fail('too-many-items', policy['rules'], 'at most 20 rules', { below: '.rules' });
  each(policy, 'rules', report, (rule) => {
    const indexes = isSet(rule, 'succeededIndexes') ? textIn(rule, 'succeededIndexes') : undefined;
    if (!isSet(rule, 'succeededCount') && !isSet(rule, 'succeededIndexes')) report.fail('missing-field', undefined, 'succeededCount or succeededIndexes');
    notNegative(rule, 'succeededCount', report);
    const count = numberIn(rule, 'succeededCount');
    if (completions === undefined) return;
    const found = indexes === undefined ? undefined : countIndexes(indexes, completions);
    if (indexes !== undefined && found === undefined) {
      report.fail('kubernetes-rule', indexes, `indexes below ${completions}, in ascending order, such as 0,2-4`, { below: '.succeededIndexes' });
    }
    const most = indexes === undefined ? completions : Math.min(completions, found ?? 0);
    if (count !== undefined && count > most) failRange(count, 0, most, report, '.succeededCount');
  });
}

/** How many indexes `0,2-4` names; undefined where it is not of this form. */
function countIndexes(text: string, completions: number): number | undefined {
  if (text === '') return 0;
  let last = Number.NEGATIVE_INFINITY;
  let total = 0;
  for (const part of text.split(',')) {
    const [, first = '', second = first] = /^([+-]?\d+)(?:-(\d+))?$/.exec(part) ?? [];
    const [from, to] = [Number(first), Number(second)];
    if (first === '' || from <= last || to >= completions || (second !== first && from >= to)) return undefined;
    total += to - from + 1;
    last = to;
  }
  return total;
}
