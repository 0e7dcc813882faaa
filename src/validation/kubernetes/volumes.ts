/**
 * The volumes of a pod.
 * Source: https://kubernetes.io/docs/concepts/storage/volumes/
 */
import { dns1123Label, dns1123Subdomain } from '../names';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { amountIn } from './resources';
import { failForms, form, noteOthers, once, range, required, requiredForm, setOneOf } from './checks';
import { checkClaimTemplate } from './claims';
import { each, isSet, itemsIn, listIn, namesIn, NO_FIELDS, objectIn, textIn, within } from './fields';
import type { Rule } from './fields';
import { descendingPath, noBacksteps } from './forms';
import { IN_TREE_DRIVERS } from './volume-drivers';
import { checkProjected, downwardFile } from './projected-volumes';
import { files, LARGEST_MODE } from './volume-files';

/** What containers may refer to: the volumes of a pod that are right, by name; undefined where a name cannot be told. */
export type Volumes = ReadonlyMap<string, Data> | undefined;

const HOST_PATH_TYPES = ['', 'DirectoryOrCreate', 'Directory', 'FileOrCreate', 'File', 'Socket', 'CharDevice', 'BlockDevice'];

const NO_VOLUMES: Volumes = new Map();

/** Checks the volumes, and gives those that containers can mount; `podName` is that of a pod, not of a template. */
export function checkVolumes(spec: Data, podName: string | undefined, report: Report): Volumes {
  if (listIn(spec, 'volumes').length === 0) return NO_VOLUMES;
  const found = new Map<string, Data>();
  const made = claimsMade(spec, podName);
  each(spec, 'volumes', report, (volume) => {
    const before = report.findings.length;
    checkSource(volume, podName, report);
    requiredForm(volume, 'name', dns1123Label, report);
    const name = textIn(volume, 'name') ?? '';
    if (found.has(name)) report.fail('duplicate-item', name, 'a name that no other volume has', { below: '.name' });
    if (report.findings.length === before) found.set(name, volume);
    const claim = textIn(objectIn(volume, 'persistentVolumeClaim') ?? NO_FIELDS, 'claimName');
    if (claim !== undefined && made.has(claim)) {
      report.fail('kubernetes-rule', claim, 'another claim than the one that is made for an ephemeral volume of this pod', { below: '.persistentVolumeClaim.claimName' });
    }
  });
  return namesIn(spec, 'volumes') === undefined ? undefined : found;
}

/** Names of the claims that are made together with a pod. */
function claimsMade(spec: Data, podName: string | undefined): ReadonlySet<string> {
  const volumes = podName === undefined ? [] : itemsIn(spec, 'volumes').filter((volume) => isSet(volume, 'ephemeral'));
  return new Set(volumes.map((volume) => `${podName ?? ''}-${String(volume['name'])}`));
}

/** The kinds of volumes, in the order in which a server looks for them: the first that is there counts. */
const SOURCES: Readonly<Record<string, Rule>> = {
  emptyDir: (value, report) => amountIn(value, 'sizeLimit', (nanos) => nanos >= 0n, 'a size that is not negative', report),
  hostPath: (value, report) => {
    required(value, 'path', report);
    form(value, 'path', noBacksteps, report);
    if (textIn(value, 'path') !== '') setOneOf(value, 'type', HOST_PATH_TYPES, report);
  },
  gitRepo: (value, report) => {
    required(value, 'repository', report);
    form(value, 'directory', descendingPath, report);
  },
  gcePersistentDisk: IN_TREE_DRIVERS.gcePersistentDisk,
  awsElasticBlockStore: IN_TREE_DRIVERS.awsElasticBlockStore,
  secret: (value, report) => {
    required(value, 'secretName', report);
    files(value, report);
  },
  nfs: IN_TREE_DRIVERS.nfs,
  iscsi: IN_TREE_DRIVERS.iscsi,
  glusterfs: IN_TREE_DRIVERS.glusterfs,
  flocker: IN_TREE_DRIVERS.flocker,
  persistentVolumeClaim: (value, report) => required(value, 'claimName', report),
  rbd: IN_TREE_DRIVERS.rbd,
  cinder: IN_TREE_DRIVERS.cinder,
  cephfs: IN_TREE_DRIVERS.cephfs,
  quobyte: IN_TREE_DRIVERS.quobyte,
  downwardAPI: (value, report) => {
    range(value, 'defaultMode', 0, LARGEST_MODE, report);
    each(value, 'items', report, downwardFile);
  },
  fc: IN_TREE_DRIVERS.fc,
  flexVolume: IN_TREE_DRIVERS.flexVolume,
  configMap: (value, report) => {
    required(value, 'name', report);
    files(value, report);
  },
  azureFile: IN_TREE_DRIVERS.azureFile,
  vsphereVolume: IN_TREE_DRIVERS.vsphereVolume,
  photonPersistentDisk: IN_TREE_DRIVERS.photonPersistentDisk,
  portworxVolume: IN_TREE_DRIVERS.portworxVolume,
  azureDisk: IN_TREE_DRIVERS.azureDisk,
  storageos: IN_TREE_DRIVERS.storageos,
  projected: checkProjected,
  scaleIO: IN_TREE_DRIVERS.scaleIO,
  csi: IN_TREE_DRIVERS.csi,
  ephemeral: (value, report) => {
    if (isSet(value, 'volumeClaimTemplate')) within(value, 'volumeClaimTemplate', report, checkClaimTemplate);
    else required(value, 'volumeClaimTemplate', report);
  },
  image: (value, report) => setOneOf(value, 'pullPolicy', ['', 'Always', 'IfNotPresent', 'Never'], report),
};
const KINDS = Object.keys(SOURCES);

function checkSource(volume: Data, podName: string | undefined, report: Report): void {
  let first: string | undefined;
  for (const kind of KINDS) {
    if (!isSet(volume, kind)) continue;
    if (first !== undefined) {
      noteOthers(volume, kind, first, report);
      continue;
    }
    first = kind;
    within(volume, kind, report, SOURCES[kind] as Rule);
  }
  if (first === 'ephemeral') checkClaimName(volume, podName, report);
  // a template may leave the image to whoever makes pods of it
  const image = objectIn(volume, 'image');
  if (first === 'image' && podName !== undefined && image !== undefined && textIn(image, 'reference') === '') {
    report.fail('missing-field', undefined, 'the image to mount', { below: '.image.reference' });
  }
  checkPortal(volume, report);
}

/** The claim of an ephemeral volume is called by the pod and the volume. */
function checkClaimName(volume: Data, podName: string | undefined, report: Report): void {
  const name = textIn(volume, 'name');
  if (podName === undefined || podName === '' || name === undefined || name === '') return;
  failForms(`${podName}-${name}`, dns1123Subdomain, report, '.name');
}

function checkPortal(volume: Data, report: Report): void {
  const iscsi = objectIn(volume, 'iscsi');
  if (iscsi === undefined || !isSet(iscsi, 'initiatorName')) return;
  const name = textIn(volume, 'name');
  const portal = textIn(iscsi, 'targetPortal');
  if (name === undefined || portal === undefined || name.length + 1 + portal.length <= 64) return;
  report.fail('too-long', name, 'a name that has at most 63 characters together with iscsi.targetPortal', { below: '.name' });
}

/** Where a container mounts volumes. */
export function checkMounts(container: Data, volumes: Volumes, report: Report): void {
  if (listIn(container, 'volumeMounts').length === 0) return;
  const devices = itemsIn(container, 'volumeDevices');
  const deviceNames = new Set(devices.map((device) => device['name']));
  const devicePaths = new Set(devices.map((device) => device['devicePath']));
  const paths = new Set<string>();
  each(container, 'volumeMounts', report, (mount) => {
    required(mount, 'name', report);
    checkVolumeName(mount, volumes, report);
    required(mount, 'mountPath', report);
    const path = textIn(mount, 'mountPath');
    if (path !== undefined) once(paths, path, report, '.mountPath');
    if (deviceNames.has(mount['name'])) report.fail('kubernetes-rule', mount['name'], 'a volume that is not in volumeDevices as well', { below: '.name' });
    if (devicePaths.has(path)) report.fail('kubernetes-rule', path, 'a path that is not in volumeDevices as well', { below: '.mountPath' });
    form(mount, 'subPath', descendingPath, report);
    if (textIn(mount, 'subPathExpr') !== '' && textIn(mount, 'subPath') !== '') noteOthers(mount, 'subPathExpr', 'subPath', report);
    form(mount, 'subPathExpr', descendingPath, report);
    checkPropagation(mount, container, report);
    checkReadOnly(mount, report);
  });
}

function checkVolumeName(value: Data, volumes: Volumes, report: Report): void {
  const name = textIn(value, 'name');
  if (name !== undefined && name !== '' && volumes?.has(name) === false) {
    report.fail('kubernetes-rule', name, 'the name of one of the volumes of the pod', { below: '.name' });
  }
}

function checkPropagation(mount: Data, container: Data, report: Report): void {
  setOneOf(mount, 'mountPropagation', ['Bidirectional', 'HostToContainer', 'None'], report);
  if (mount['mountPropagation'] !== 'Bidirectional') return;
  const privileged = objectIn(container, 'securityContext')?.['privileged'];
  if (privileged === true || (typeof privileged === 'object' && privileged !== null)) return;
  report.fail('kubernetes-rule', 'Bidirectional', 'another propagation: this one is for privileged containers', { below: '.mountPropagation' });
}

function checkReadOnly(mount: Data, report: Report): void {
  setOneOf(mount, 'recursiveReadOnly', ['Disabled', 'Enabled', 'IfPossible'], report);
  const value = mount['recursiveReadOnly'];
  if (value !== 'Enabled' && value !== 'IfPossible') return;
  if (!isSet(mount, 'readOnly') || mount['readOnly'] === false) {
    report.fail('kubernetes-rule', value, 'readOnly: true beside it', { below: '.recursiveReadOnly' });
  }
  const propagation = textIn(mount, 'mountPropagation');
  if (isSet(mount, 'mountPropagation') && propagation !== undefined && propagation !== 'None') {
    report.fail('kubernetes-rule', value, 'no mountPropagation beside it, or None', { below: '.recursiveReadOnly' });
  }
}

/** Raw devices that a container is given. */
export function checkDevices(container: Data, volumes: Volumes, report: Report): void {
  if (listIn(container, 'volumeDevices').length === 0) return;
  const mounts = itemsIn(container, 'volumeMounts');
  const names = new Set<string>();
  const paths = new Set<string>();
  each(container, 'volumeDevices', report, (device) => {
    required(device, 'name', report);
    checkVolumeName(device, volumes, report);
    const name = textIn(device, 'name');
    const volume = volumes?.get(name ?? '');
    if (volume !== undefined && !isSet(volume, 'persistentVolumeClaim') && !isSet(volume, 'ephemeral')) {
      report.fail('kubernetes-rule', name, 'a volume that is a claim: no other is a block device', { below: '.name' });
    }
    if (name !== undefined && name !== '') once(names, name, report, '.name');
    requiredForm(device, 'devicePath', noBacksteps, report);
    const path = textIn(device, 'devicePath');
    if (path !== undefined) once(paths, path, report, '.devicePath');
    if (mounts.some((mount) => mount['name'] === name)) report.fail('kubernetes-rule', name, 'a volume that is not in volumeMounts as well', { below: '.name' });
    if (mounts.some((mount) => mount['mountPath'] === path)) report.fail('kubernetes-rule', path, 'a path that is not in volumeMounts as well', { below: '.devicePath' });
  });
}

