/**
 * ConfigMaps, Secrets and Namespaces.
 * Sources: https://kubernetes.io/docs/concepts/configuration/configmap/ and
 * https://kubernetes.io/docs/concepts/configuration/secret/#secret-types
 */
import { qualifiedName } from '../names';
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { failForms } from './checks';
import { eachEntry, eachText, NO_FIELDS, objectIn, textIn, textOf, within } from './fields';
import { configKey } from './forms';

const LARGEST = 1024 * 1024;

export function checkConfigMap(object: Data, report: Report): void {
  const binary = objectIn(object, 'binaryData') ?? NO_FIELDS;
  eachEntry(object, 'data', report, (key) => {
    failForms(key, configKey, report);
    if (binary[key] !== undefined) report.fail('duplicate-item', key, 'a key that is not in binaryData as well');
  });
  eachEntry(object, 'binaryData', report, (key) => failForms(key, configKey, report));
  const size = textSize(objectIn(object, 'data')) + bytesSize(binary);
  if (size > LARGEST) report.fail('too-long', object, 'at most 1 MiB of data', { saidGot: `${size} bytes` });
}

function textSize(data: Data | undefined): number {
  let size = 0;
  for (const key in data) size += Buffer.byteLength(textOf(data[key]) ?? '');
  return size;
}

function bytesSize(data: Data | undefined): number {
  let size = 0;
  for (const key in data) size += Buffer.byteLength(textOf(data[key]) ?? '', 'base64');
  return size;
}

/** Keys that a Secret of a type has to have, and one of which is enough. */
const KEYS: Readonly<Record<string, { readonly all?: readonly string[]; readonly any?: readonly string[] }>> = {
  'kubernetes.io/dockercfg': { all: ['.dockercfg'] },
  'kubernetes.io/dockerconfigjson': { all: ['.dockerconfigjson'] },
  'kubernetes.io/basic-auth': { any: ['username', 'password'] },
  'kubernetes.io/ssh-auth': { all: ['ssh-privatekey'] },
  'kubernetes.io/tls': { all: ['tls.crt', 'tls.key'] },
};
const ACCOUNT_NAME = 'kubernetes.io/service-account.name';

export function checkSecret(object: Data, report: Report): void {
  const texts = objectIn(object, 'stringData') ?? NO_FIELDS;
  const data = objectIn(object, 'data') ?? NO_FIELDS;
  eachEntry(object, 'data', report, (key) => failForms(key, configKey, report));
  // the server writes the texts into the data
  eachEntry(object, 'stringData', report, (key) => failForms(key, configKey, report));
  const size = textSize(texts) + bytesSize(Object.fromEntries(Object.entries(data).filter(([key]) => texts[key] === undefined)));
  if (size > LARGEST) report.fail('too-long', object, 'at most 1 MiB of data', { below: '.data', saidGot: `${size} bytes` });
  checkType(object, { ...data, ...texts }, report);
}

function checkType(object: Data, data: Data, report: Report): void {
  const type = textIn(object, 'type') ?? '';
  // what is known only later may hold every key
  const isWhole = ['data', 'stringData'].every((field) => object[field] === undefined || object[field] === null || objectIn(object, field) !== undefined);
  if (!isWhole) return;
  const { all = [], any = [] } = KEYS[type] ?? {};
  for (const key of all) if (data[key] === undefined || (type.endsWith('ssh-auth') && textOf(data[key]) === '')) failKey(key, type, report);
  if (any.length > 0 && any.every((key) => data[key] === undefined)) for (const key of any) failKey(key, type, report);
  for (const key of ['.dockercfg', '.dockerconfigjson']) {
    if (all.includes(key) && !isJsonObject(object, key)) report.fail('kubernetes-rule', undefined, 'a JSON object', { below: `.data[${key}]`, saidGot: 'another text' });
  }
  if (type !== 'kubernetes.io/service-account-token') return;
  const annotations = objectIn(objectIn(object, 'metadata') ?? NO_FIELDS, 'annotations') ?? NO_FIELDS;
  if (textOf(annotations[ACCOUNT_NAME]) === '') report.fail('missing-field', undefined, 'the name of the service account', { below: `.metadata.annotations[${ACCOUNT_NAME}]` });
}

function failKey(key: string, type: string, report: Report): void {
  report.fail('missing-field', undefined, `the key ${key}, as a Secret of type ${type} has`, { below: `.data[${key}]` });
}

function isJsonObject(object: Data, key: string): boolean {
  const text = objectIn(object, 'stringData')?.[key];
  const bytes = objectIn(object, 'data')?.[key];
  const content = typeof text === 'string' ? text : typeof bytes === 'string' ? Buffer.from(bytes, 'base64').toString() : undefined;
  if (content === undefined) return true;
  try {
    const value: unknown = JSON.parse(content);
    return typeof value === 'object' && !Array.isArray(value);
  } catch {
    return false;
  }
}

export function checkNamespace(object: Data, report: Report): void {
  within(object, 'spec', report, (spec) =>
    eachText(spec, 'finalizers', report, (name) => {
      failForms(name, qualifiedName, report);
      failForms(name, finalizerName, report);
    }),
  );
}

const STANDARD_FINALIZERS = ['kubernetes', 'orphan', 'foregroundDeletion'];

/** A finalizer of Kubernetes, or one with a domain. */
export function finalizerName(name: string): readonly string[] {
  return name.includes('/') || STANDARD_FINALIZERS.includes(name) ? [] : ['a name with a domain before it, such as example.com/keep, or a finalizer of Kubernetes'];
}
