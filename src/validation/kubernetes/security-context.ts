/**
 * What containers may do on their machine.
 * Source: https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
 */
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { failForms, failOneOf, failRange, range, refused, required, setForm, setOneOf } from './checks';
import { each, isSet, listIn, textIn, within } from './fields';
import { descendingPath } from './forms';
import { checkWindowsOptions } from './windows';

const LARGEST_ID = 2 ** 31 - 1;
const PROFILES = ['Localhost', 'RuntimeDefault', 'Unconfined'];

/** The security of a pod, without what only containers have. */
export function checkPodSecurity(spec: Data, report: Report): void {
  within(spec, 'securityContext', report, (context) => {
    for (const field of ['fsGroup', 'runAsUser', 'runAsGroup']) range(context, field, 0, LARGEST_ID, report);
    for (const [index, group] of listIn(context, 'supplementalGroups').entries()) {
      if (typeof group === 'number') failRange(group, 0, LARGEST_ID, report, `.supplementalGroups[${index}]`);
    }
    checkSysctls(context, spec, report);
    setOneOf(context, 'fsGroupChangePolicy', ['OnRootMismatch', 'Always'], report);
    setOneOf(context, 'supplementalGroupsPolicy', ['Merge', 'Strict'], report);
    // what a volume is mounted with as a whole needs a feature that is off where nobody turned it on
    setOneOf(context, 'seLinuxChangePolicy', ['Recursive'], report);
    checkProfiles(context, report);
  });
  if (spec['shareProcessNamespace'] === true && spec['hostPID'] === true) {
    report.fail('kubernetes-rule', true, 'no shareProcessNamespace beside hostPID', { below: '.shareProcessNamespace' });
  }
}

/** The security of one container; `hasHostUsers` is false where the pod has users of its own. */
export function checkSecurity(container: Data, hasHostUsers: boolean, report: Report): void {
  within(container, 'securityContext', report, (context) => {
    range(context, 'runAsUser', 0, LARGEST_ID, report);
    range(context, 'runAsGroup', 0, LARGEST_ID, report);
    setOneOf(context, 'procMount', ['Default', 'Unmasked'], report);
    if (hasHostUsers && context['procMount'] === 'Unmasked') {
      report.fail('kubernetes-rule', 'Unmasked', 'hostUsers: false in the pod, or Default here', { below: '.procMount' });
    }
    checkEscalation(context, report);
    checkProfiles(context, report);
  });
}

function checkEscalation(context: Data, report: Report): void {
  if (context['allowPrivilegeEscalation'] !== false) return;
  const why = (what: string): void => report.fail('kubernetes-rule', context, `no ${what} beside allowPrivilegeEscalation: false`, { saidGot: what });
  if (context['privileged'] === true) why('privileged: true');
  within(context, 'capabilities', report, (capabilities) => {
    if (listIn(capabilities, 'add').includes('CAP_SYS_ADMIN')) why('CAP_SYS_ADMIN');
  });
}

function checkProfiles(context: Data, report: Report): void {
  within(context, 'seccompProfile', report, (profile) => {
    requireProfile(profile, report);
    if (textIn(profile, 'type') === 'Localhost') {
      if (isSet(profile, 'localhostProfile')) setForm(profile, 'localhostProfile', descendingPath, report);
      else required(profile, 'localhostProfile', report);
    } else if (textIn(profile, 'type') !== undefined) refused(profile, 'localhostProfile', 'it is for type Localhost', report);
  });
  within(context, 'appArmorProfile', report, (profile) => {
    requireProfile(profile, report);
    const type = textIn(profile, 'type');
    if (type === 'Localhost') {
      required(profile, 'localhostProfile', report);
      const name = textIn(profile, 'localhostProfile');
      if (name === undefined || name === '') return;
      if (name.trim() !== name) report.fail('kubernetes-rule', name, 'a name without spaces around it', { below: '.localhostProfile' });
      if (Buffer.byteLength(name) > 4095) report.fail('too-long', name, 'at most 4095 characters', { below: '.localhostProfile' });
    } else if (type === 'RuntimeDefault' || type === 'Unconfined') refused(profile, 'localhostProfile', 'it is for type Localhost', report);
  });
  within(context, 'windowsOptions', report, checkWindowsOptions);
}

function requireProfile(profile: Data, report: Report): void {
  required(profile, 'type', report);
  const type = textIn(profile, 'type');
  if (type !== undefined && type !== '' && !PROFILES.includes(type)) failOneOf(type, PROFILES, report, '.type');
}

const SYSCTL = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/;
const OF_THE_NETWORK = /^net[./]/;
const OF_PROCESSES = /^(?:kernel[./](?:shm|msg|sem)|fs[./]mqueue[./])/;

function checkSysctls(context: Data, spec: Data, report: Report): void {
  const names = new Set<string>();
  each(context, 'sysctls', report, (item) => {
    required(item, 'name', report);
    const name = textIn(item, 'name');
    if (name === undefined || name === '') return;
    failForms(name, (text) => (text.length <= 253 && SYSCTL.test(text) ? [] : ['the name of a kernel parameter, such as net.core.somaxconn']), report, '.name');
    if (names.has(name)) report.fail('duplicate-item', name, 'each parameter once', { below: '.name' });
    names.add(name);
    if (spec['hostNetwork'] === true && OF_THE_NETWORK.test(name)) report.fail('kubernetes-rule', name, 'no parameter of the network beside hostNetwork', { below: '.name' });
    if (spec['hostIPC'] === true && OF_PROCESSES.test(name)) report.fail('kubernetes-rule', name, 'no parameter of IPC beside hostIPC', { below: '.name' });
  });
}
