/**
 * Volumes whose drivers are part of Kubernetes, most of them deprecated, and those of CSI drivers.
 * Source: https://kubernetes.io/docs/concepts/storage/volumes/#types-of-volumes
 */
import { dns1123Label, dns1123Subdomain } from '../names';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { form, noteOthers, range, required, requiredForm, setForm, setOneOf } from './checks';
import { eachEntry, isEmpty, isSet, isTrue, textIn, within } from './fields';
import type { Rule } from './fields';

type Driver =
  | 'awsElasticBlockStore' | 'azureDisk' | 'azureFile' | 'cephfs' | 'cinder' | 'csi' | 'fc' | 'flexVolume' | 'flocker' | 'gcePersistentDisk' | 'glusterfs'
  | 'iscsi' | 'nfs' | 'photonPersistentDisk' | 'portworxVolume' | 'quobyte' | 'rbd' | 'scaleIO' | 'storageos' | 'vsphereVolume';

export const IN_TREE_DRIVERS: Readonly<Record<Driver, Rule>> = {
  awsElasticBlockStore: (value, report) => {
    required(value, 'volumeID', report);
    range(value, 'partition', 0, 255, report);
  },
  azureDisk: (value, report) => {
    required(value, 'diskName', report);
    required(value, 'diskURI', report);
    setOneOf(value, 'cachingMode', ['None', 'ReadOnly', 'ReadWrite'], report);
    setOneOf(value, 'kind', ['Shared', 'Dedicated', 'Managed'], report);
    const start = textIn(value, 'kind') === 'Managed' ? '/subscriptions/' : 'https://';
    const uri = textIn(value, 'diskURI');
    // without a kind the server takes Shared
    if (uri === undefined || textIn(value, 'kind') === undefined || uri.startsWith(start)) return;
    report.fail('kubernetes-rule', uri, `a URI of such a disk, which begins with ${start}`, { below: '.diskURI' });
  },
  azureFile: allOf('secretName', 'shareName'),
  cephfs: allOf('monitors'),
  cinder: (value, report) => {
    required(value, 'volumeID', report);
    within(value, 'secretRef', report, named);
  },
  csi: (value, report) => {
    required(value, 'driver', report);
    form(value, 'driver', (text) => [...(text.length > 63 ? ['at most 63 characters'] : []), ...dns1123Subdomain(text.toLowerCase())], report);
    within(value, 'nodePublishSecretRef', report, (secret) => requiredForm(secret, 'name', dns1123Subdomain, report));
  },
  fc: (value, report) => {
    const [hasNames, hasIds] = [!isEmpty(value, 'targetWWNs'), !isEmpty(value, 'wwids')];
    if (!hasNames && !hasIds) report.fail('missing-field', undefined, 'targetWWNs or wwids', { below: '.targetWWNs' });
    if (hasNames && hasIds) noteOthers(value, 'targetWWNs', 'wwids', report);
    if (!hasNames) return;
    if (!isSet(value, 'lun')) required(value, 'lun', report, 'lun beside targetWWNs');
    range(value, 'lun', 0, 255, report);
  },
  flexVolume: (value, report) => {
    required(value, 'driver', report);
    eachEntry(value, 'options', report, (key) => {
      const domain = `.${(key.split('/')[0] ?? '').toLowerCase()}`;
      if (domain.endsWith('.kubernetes.io') || domain.endsWith('.k8s.io')) report.fail('kubernetes-rule', key, 'an option outside of the domains that Kubernetes keeps for itself');
    });
  },
  flocker: (value, report) => {
    const [hasName, hasId] = [!isEmpty(value, 'datasetName'), !isEmpty(value, 'datasetUUID')];
    if (!hasName && !hasId) report.fail('missing-field', undefined, 'datasetName or datasetUUID');
    if (hasName && hasId) report.fail('kubernetes-rule', value, 'either datasetName or datasetUUID', { saidGot: 'both' });
    form(value, 'datasetName', (text) => (text.includes('/') ? ['a name without /'] : []), report);
  },
  gcePersistentDisk: (value, report) => {
    required(value, 'pdName', report);
    range(value, 'partition', 0, 255, report);
  },
  glusterfs: allOf('endpoints', 'path'),
  iscsi: (value, report) => {
    required(value, 'targetPortal', report);
    requiredForm(value, 'iqn', iscsiName, report);
    range(value, 'lun', 0, 255, report);
    if ((isTrue(value, 'chapAuthDiscovery') || isTrue(value, 'chapAuthSession')) && !isSet(value, 'secretRef')) required(value, 'secretRef', report);
    setForm(value, 'initiatorName', iscsiName, report);
  },
  nfs: (value, report) => {
    required(value, 'server', report);
    required(value, 'path', report);
    form(value, 'path', (text) => (text.startsWith('/') ? [] : ['an absolute path']), report);
  },
  photonPersistentDisk: allOf('pdID'),
  portworxVolume: allOf('volumeID'),
  quobyte: (value, report) => {
    required(value, 'registry', report);
    required(value, 'volume', report);
    const tenant = textIn(value, 'tenant') ?? '';
    if (tenant.length > 64) report.fail('too-long', tenant, 'at most 64 characters', { below: '.tenant' });
    else form(value, 'registry', hostPorts, report);
  },
  rbd: allOf('monitors', 'image'),
  scaleIO: allOf('gateway', 'system', 'volumeName'),
  storageos: (value, report) => {
    requiredForm(value, 'volumeName', dns1123Label, report);
    form(value, 'volumeNamespace', dns1123Label, report);
    within(value, 'secretRef', report, named);
  },
  vsphereVolume: allOf('volumePath'),
};

function allOf(...fields: readonly string[]): Rule {
  return (value, report) => {
    for (const field of fields) required(value, field, report);
  };
}

function named(value: Data, report: Report): void {
  required(value, 'name', report);
}

const ISCSI_FORMS: Readonly<Record<string, RegExp>> = {
  iqn: /iqn\.\d{4}-\d{2}\.([A-Za-z0-9-.]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[A-Za-z0-9]{16}$/,
  naa: /^naa.[A-Za-z0-9]{32}$/,
};

function iscsiName(text: string): readonly string[] {
  return ISCSI_FORMS[text.slice(0, 3)]?.test(text) === true ? [] : ['a name that begins with iqn, eui or naa, such as iqn.2026-01.com.example:disk'];
}

/** One host and port, or several with commas between. */
function hostPorts(text: string): readonly string[] {
  const isFine = text.split(',').every((part) => /^(?:[^:[\]]*|\[[^[\]]*\]):[^:[\]]*$/.test(part));
  return isFine ? [] : ['HOST:PORT, or several of them separated by commas'];
}
