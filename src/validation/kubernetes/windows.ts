/**
 * Pods that say which operating system they are for.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/#pod-os
 */
import { dns1123Subdomain } from '../names';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { failOneOf, refused, required, setForm } from './checks';
import { each, isEmpty, itemsIn, NO_FIELDS, objectIn, textIn, within } from './fields';

const CONTAINERS = ['initContainers', 'containers', 'ephemeralContainers'];
const NOT_IN_WINDOWS_PODS = ['hostPID', 'hostIPC', 'hostUsers', 'shareProcessNamespace'];
const NOT_IN_WINDOWS_POD_SECURITY = [
  'appArmorProfile', 'seLinuxOptions', 'seccompProfile', 'fsGroup', 'fsGroupChangePolicy', 'sysctls', 'runAsUser', 'runAsGroup', 'supplementalGroups',
  'supplementalGroupsPolicy', 'seLinuxChangePolicy',
];
const NOT_IN_WINDOWS_SECURITY = [
  'appArmorProfile', 'seLinuxOptions', 'seccompProfile', 'capabilities', 'readOnlyRootFilesystem', 'privileged', 'allowPrivilegeEscalation', 'procMount',
  'runAsUser', 'runAsGroup',
];
const WHY = 'Windows knows nothing of it';

export function checkOperatingSystem(spec: Data, report: Report): void {
  within(spec, 'os', report, (os) => {
    required(os, 'name', report);
    const name = textIn(os, 'name');
    if (name !== undefined && name !== '' && name !== 'linux' && name !== 'windows') failOneOf(name, ['linux', 'windows'], report, '.name');
  });
  const name = textIn(objectIn(spec, 'os') ?? NO_FIELDS, 'name');
  if (name === 'windows') checkWindows(spec, report);
  else if (name === 'linux') eachSecurity(spec, report, (security) => refused(security, 'windowsOptions', 'the pod is for Linux', report));
}

function checkWindows(spec: Data, report: Report): void {
  for (const field of NOT_IN_WINDOWS_PODS) {
    // without a pointer, false is as good as nothing
    const isNothing = spec[field] === false && (field === 'hostPID' || field === 'hostIPC');
    if (!isNothing) refused(spec, field, WHY, report);
  }
  within(spec, 'securityContext', report, (security) => {
    for (const field of NOT_IN_WINDOWS_POD_SECURITY) if (!Array.isArray(security[field]) || !isEmpty(security, field)) refused(security, field, WHY, report);
  });
  for (const list of CONTAINERS) {
    each(spec, list, report, (container) =>
      within(container, 'securityContext', report, (security) => {
        for (const field of NOT_IN_WINDOWS_SECURITY) refused(security, field, WHY, report);
      }),
    );
  }
}

function eachSecurity(spec: Data, report: Report, check: (security: Data) => void): void {
  within(spec, 'securityContext', report, check);
  for (const list of CONTAINERS) each(spec, list, report, (container) => within(container, 'securityContext', report, check));
}

/** Containers of processes of the host itself: all of a pod or none, and on the network of the host. */
export function checkHostProcesses(spec: Data, report: Report): void {
  const ofPod = hostProcessOf(spec);
  let some = false;
  let all = true;
  for (const list of CONTAINERS) {
    for (const container of itemsIn(spec, list)) {
      const own = hostProcessOf(container);
      const isOfHost = (own ?? ofPod) === true;
      some ||= isOfHost;
      all &&= isOfHost;
      if (typeof own === 'boolean' && typeof ofPod === 'boolean' && own !== ofPod) {
        report.fail('kubernetes-rule', own, 'the hostProcess of the pod, where both are given', { below: `.${list}` });
      }
    }
  }
  if (!some) return;
  if (!all) report.fail('kubernetes-rule', spec, 'hostProcess in all containers or in none', { saidGot: 'some of each' });
  if (spec['hostNetwork'] !== true) report.fail('kubernetes-rule', spec['hostNetwork'], 'hostNetwork: true, where containers are processes of the host', { below: '.hostNetwork' });
}

function hostProcessOf(owner: Data): unknown {
  const options = objectIn(objectIn(owner, 'securityContext') ?? NO_FIELDS, 'windowsOptions');
  return options?.['hostProcess'] ?? undefined;
}

const LONGEST_SPEC = 64 * 1024;
const NET_BIOS = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const DNS_DOMAIN = /^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?)*$/;

/** Options of containers on Windows. */
export function checkWindowsOptions(options: Data, report: Report): void {
  setForm(options, 'gmsaCredentialSpecName', dns1123Subdomain, report);
  setForm(options, 'gmsaCredentialSpec', (text) => (text !== '' && Buffer.byteLength(text) <= LONGEST_SPEC ? [] : ['a text that is not empty, of at most 64 KiB']), report);
  setForm(options, 'runAsUserName', userName, report);
}

/** `USER` or `DOMAIN\USER`. */
function userName(text: string): readonly string[] {
  const parts = text.split('\\');
  const user = parts.at(-1) ?? '';
  const domain = parts.length > 1 ? parts[0] : undefined;
  const isUser = user !== '' && user.length <= 104 && !/^[. ]+$/.test(user) && !/["/\\:;|=,+*?<>@[\]]/.test(user);
  const isDomain = domain === undefined || (domain.length < 256 && (NET_BIOS.test(domain) || DNS_DOMAIN.test(domain)));
  return parts.length <= 2 && isUser && isDomain && !/\p{Cc}/u.test(text) ? [] : ['the name of a user, or DOMAIN\\USER'];
}
