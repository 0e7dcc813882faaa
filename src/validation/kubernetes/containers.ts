/**
 * The containers of a pod: those that run, those that run before, and those that look on.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Container
 */
import { dns1123Label } from '../names';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { failOneOf, failRange, failRefused, form, oneOf, once, refused, required, requiredForm, setOneOf } from './checks';
import { each, isEmpty, isSet, itemsIn, listIn, numberIn, textIn, within } from './fields';
import { checkEnvironment } from './environment';
import { portName } from './forms';
import { checkLifecycle, checkProbes } from './probes';
import { checkContainerResource, checkRequirements } from './resources';
import { checkSecurity } from './security-context';
import { checkDevices, checkMounts } from './volumes';
import type { Volumes } from './volumes';

/** What containers depend on of the pod that they are in. */
export interface PodFacts {
  readonly spec: Data;
  /** The volumes that are right, and all of them. */
  readonly volumes: Volumes;
  readonly allVolumes: Volumes;
  /** Names of resource claims; undefined where one cannot be told. */
  readonly claims: ReadonlySet<string> | undefined;
  readonly gracePeriod: number | undefined;
  /** True for a pod that is made at once; a template may still be filled in. */
  readonly isPod: boolean;
}

export function checkContainers(facts: PodFacts, report: Report): void {
  const { spec } = facts;
  const names = new Set<string>();
  required(spec, 'containers', report, 'at least one container');
  each(spec, 'containers', report, (container) => {
    checkContainer(container, facts, report);
    checkName(container, names, report);
    checkLifecycle(container, facts.gracePeriod, report);
    checkProbes(container, facts.gracePeriod, report);
    checkRestarts(container, report);
  });
  checkHostPorts(spec, report);
  checkInitContainers(facts, names, report);
  checkEphemeralContainers(facts, names, report);
}

function checkName(container: Data, names: Set<string>, report: Report): void {
  const name = textIn(container, 'name');
  if (name !== undefined && name !== '') once(names, name, report, '.name');
}

const ONLY_FOR_SIDECARS = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'];

function checkInitContainers(facts: PodFacts, names: Set<string>, report: Report): void {
  each(facts.spec, 'initContainers', report, (container) => {
    checkContainer(container, facts, report);
    checkName(container, names, report);
    checkRestarts(container, report);
    const policy = textIn(container, 'restartPolicy');
    if (policy === 'Always') {
      checkLifecycle(container, facts.gracePeriod, report);
      checkProbes(container, facts.gracePeriod, report);
    } else if (policy !== undefined) {
      for (const field of ONLY_FOR_SIDECARS) refused(container, field, 'an init container has it with restartPolicy: Always only', report);
      each(container, 'resizePolicy', report, (item) => {
        if (item['restartPolicy'] === 'RestartContainer') report.fail('kubernetes-rule', 'RestartContainer', 'NotRequired, in a container that ends', { below: '.restartPolicy' });
      });
    }
  });
}

const NOT_WHILE_RUNNING = ['ports', 'resources', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle', 'resizePolicy', 'restartPolicy', 'restartPolicyRules'];

function checkEphemeralContainers(facts: PodFacts, names: Set<string>, report: Report): void {
  const { spec } = facts;
  if (listIn(spec, 'ephemeralContainers').length === 0) return;
  failRefused(spec, 'ephemeralContainers', 'they are put into a pod that runs', report);
  const others = new Set(names);
  each(spec, 'ephemeralContainers', report, (container) => {
    checkContainer(container, facts, report);
    checkName(container, names, report);
    const target = textIn(container, 'targetContainerName');
    if (target !== undefined && target !== '' && !others.has(target)) {
      report.fail('kubernetes-rule', target, 'the name of a container of the pod', { below: '.targetContainerName' });
    }
    for (const field of NOT_WHILE_RUNNING) if (isSet(container, field) && !(field === 'resources' && isEmpty(container, field))) failRefused(container, field, 'the container joins a pod that runs', report);
    each(container, 'volumeMounts', report, (mount) => {
      for (const field of ['subPath', 'subPathExpr']) if (!isEmpty(mount, field)) failRefused(mount, field, 'the container joins a pod that runs', report);
    });
  });
}

function checkContainer(container: Data, facts: PodFacts, report: Report): void {
  const { spec } = facts;
  requiredForm(container, 'name', dns1123Label, report);
  required(container, 'image', report);
  const image = textIn(container, 'image') ?? '';
  if (facts.isPod && image.trim() !== image) report.fail('kubernetes-rule', image, 'an image without spaces around it', { below: '.image' });
  oneOf(container, 'terminationMessagePolicy', ['File', 'FallbackToLogsOnError'], report);
  oneOf(container, 'imagePullPolicy', ['Always', 'IfNotPresent', 'Never'], report);
  checkPorts(container, spec, report);
  checkEnvironment(container, facts.allVolumes, report);
  checkMounts(container, facts.volumes, report);
  checkDevices(container, facts.volumes, report);
  within(container, 'resources', report, (resources) => checkRequirements(resources, checkContainerResource, facts.claims, report));
  checkResizing(container, spec, report);
  checkSecurity(container, spec['hostUsers'] !== false, report);
}

function checkPorts(container: Data, spec: Data, report: Report): void {
  const names = new Set<string>();
  each(container, 'ports', report, (port) => {
    form(port, 'name', portName, report);
    const name = textIn(port, 'name');
    if (name !== undefined && name !== '' && portName(name).length === 0) once(names, name, report, '.name');
    const number = numberIn(port, 'containerPort', 0);
    if (number === 0) report.fail('missing-field', port['containerPort'] ?? undefined, 'the number of the port', { below: '.containerPort' });
    else if (number !== undefined) failRange(number, 1, 65_535, report, '.containerPort');
    const host = numberIn(port, 'hostPort', 0);
    if (host !== undefined && host !== 0) failRange(host, 1, 65_535, report, '.hostPort');
    oneOf(port, 'protocol', ['TCP', 'UDP', 'SCTP'], report);
    // left out, it is the port of the container
    if (spec['hostNetwork'] === true && host !== undefined && number !== undefined && host !== 0 && host !== number) {
      report.fail('kubernetes-rule', host, `${number}, the port of the container, on the network of the host`, { below: '.hostPort' });
    }
  });
}

/** No two containers take the same port of the host. */
function checkHostPorts(spec: Data, report: Report): void {
  const lists = [['containers', itemsIn(spec, 'containers')] as const, ...itemsIn(spec, 'initContainers').map((container) => ['initContainers', [container]] as const)];
  for (const [field, containers] of lists) {
    let seen: Set<string> | undefined;
    for (const container of containers) {
      for (const port of itemsIn(container, 'ports')) {
        const number = numberIn(port, 'hostPort', spec['hostNetwork'] === true ? numberIn(port, 'containerPort', 0) : 0);
        if (number === undefined || number === 0) continue;
        seen ??= new Set();
        const key = `${String(port['protocol'] ?? 'TCP')}/${String(port['hostIP'] ?? '')}/${number}`;
        if (seen.has(key)) report.fail('duplicate-item', number, 'a port of the host that no other container has', { below: `.${field}` });
        seen.add(key);
      }
    }
  }
}

function checkResizing(container: Data, spec: Data, report: Report): void {
  const resources = new Set<string>();
  each(container, 'resizePolicy', report, (item) => {
    required(item, 'resourceName', report);
    required(item, 'restartPolicy', report);
    oneOf(item, 'resourceName', ['cpu', 'memory'], report);
    oneOf(item, 'restartPolicy', ['NotRequired', 'RestartContainer'], report);
    const name = textIn(item, 'resourceName');
    if (name !== undefined) once(resources, name, report);
    if (spec['restartPolicy'] === 'Never' && item['restartPolicy'] === 'RestartContainer') {
      report.fail('kubernetes-rule', 'RestartContainer', 'NotRequired, in a pod that is never restarted', { below: '.restartPolicy' });
    }
  });
}

/** When a container is restarted that says so itself. */
function checkRestarts(container: Data, report: Report): void {
  const rules = listIn(container, 'restartPolicyRules');
  setOneOf(container, 'restartPolicy', ['Always', 'Never', 'OnFailure'], report);
  if (rules.length > 0 && !isSet(container, 'restartPolicy')) required(container, 'restartPolicy', report, 'restartPolicy beside restartPolicyRules');
  if (rules.length > 20) report.fail('too-many-items', container['restartPolicyRules'], 'at most 20 rules', { below: '.restartPolicyRules' });
  each(container, 'restartPolicyRules', report, (rule) => {
    const action = textIn(rule, 'action');
    const allowed = ['Restart', 'RestartAllContainers'];
    if (action !== undefined && !allowed.includes(action)) failOneOf(action, allowed, report, '.action');
    if (!isSet(rule, 'exitCodes')) required(rule, 'exitCodes', report);
    within(rule, 'exitCodes', report, (codes) => {
      const operator = textIn(codes, 'operator');
      if (operator !== undefined && operator !== 'In' && operator !== 'NotIn') failOneOf(operator, ['In', 'NotIn'], report, '.operator');
      if (listIn(codes, 'values').length > 255) report.fail('too-many-items', codes['values'], 'at most 255 codes', { below: '.values' });
    });
  });
}
