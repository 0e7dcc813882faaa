import { isUnknown } from '../../rules/json';
import { parseQuantity } from '../formats/quantity';
import { checkAnnotations, checkLabels } from '../metadata';
import type { Report } from '../report';
import { isData, namesOf } from './check';
import type { Check, Schema } from './check';
import type { Dialect } from './compile';
import { failType, isInteger } from './scalars';
import { refOf } from '../../rules/sharing';

/**
 * How API servers read Kubernetes' own kinds: into Go structs, of which the OpenAPI document tells the fields and types,
 * but not every check, nor which required fields have a default.
 */
export function builtInDialect(resolve: (schema: Schema) => Schema): Dialect {
  const trimmed = new WeakMap<Schema, Schema>();
  return {
    special,
    adapt,
    // the same object each time: a node is compiled once
    resolve: (schema) => {
      const definition = resolve(schema);
      const known = trimmed.get(definition) ?? withoutDefaulted(definition, nameOf(refOf(schema) ?? ''));
      trimmed.set(definition, known);
      return known;
    },
  };
}

function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('.') + 1);
}

function special(reference: string, plain: () => Check): Check | undefined {
  switch (nameOf(reference)) {
    case 'Quantity':
      return quantity;
    case 'IntOrString':
      return intOrString;
    case 'ObjectMeta':
      return templateMetadata(plain());
    default:
      return undefined;
  }
}

const quantity: Check = (value, report) => {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return failType(value, 'string', report);
  if (parseQuantity(value) === undefined) {
    report.fail('bad-format', value, 'a quantity such as 500m or 1.5Gi', { isBlocking: true });
  }
  return value;
};

const LONGEST_INTEGER = 2 ** 31;

const intOrString: Check = (value, report) => {
  if (typeof value === 'string') return value;
  if (!isInteger(value)) return failType(value, 'integer-or-string', report);
  if (value >= LONGEST_INTEGER) report.fail('above-maximum', value, 'an integer of 32 bits', { isBlocking: true });
  if (value < -LONGEST_INTEGER) report.fail('below-minimum', value, 'an integer of 32 bits', { isBlocking: true });
  return value;
};

/** Labels and annotations of a template are checked as those of an object are; its name is not. */
function templateMetadata(plain: Check): Check {
  return (value, report) => {
    const out = plain(value, report);
    if (!isData(out)) return out;
    within('labels', out['labels'], checkLabels, report);
    within('annotations', out['annotations'], checkAnnotations, report);
    return out;
  };
}

function within(field: string, value: unknown, check: (value: unknown, report: Report) => void, report: Report): void {
  // of a wrong type: the schema has said so
  if (!isData(value) || Object.values(value).some((item) => typeof item !== 'string' && !isUnknown(item))) return;
  report.enter(field);
  check(value, report);
  report.leave();
}

/**
 * Fields that the document requires, but the server fills in, drops with what they belong to, or does not ask for: it
 * accepts objects without them. By definition; found by comparison with a real server.
 */
const NOT_REQUIRED: Readonly<Record<string, readonly string[]>> = {
  ClusterTrustBundleProjection: ['path'],
  CustomResourceDefinitionVersion: ['served', 'storage'],
  ForZone: ['name'],
  HTTPHeader: ['value'],
  // asked for where selectors are checked, which not all are
  LabelSelectorRequirement: ['key', 'operator'],
  LimitRangeSpec: ['limits'],
  ModifyVolumeStatus: ['status'],
  PersistentVolumeClaimCondition: ['status', 'type'],
  PodCertificateProjection: ['keyType', 'signerName'],
  PodFailurePolicy: ['rules'],
  PreferredSchedulingTerm: ['preference'],
  SleepAction: ['seconds'],
  Sysctl: ['value'],
  TypedLocalObjectReference: ['kind', 'name'],
};

function withoutDefaulted(definition: Schema, name: string): Schema {
  const optional = NOT_REQUIRED[name];
  if (optional === undefined) return definition;
  return { ...definition, required: namesOf(definition, 'required').filter((field) => !optional.includes(field)) };
}

function adapt(schema: Schema): Schema {
  const { 'x-kubernetes-list-type': _listType, ...rest } = schema;
  if (rest['format'] !== 'byte') return rest;
  // no bytes at all are bytes too, which the format of custom resources denies
  const { format, ...text } = rest;
  return { ...text, anyOf: [{ format }, { maxLength: 0 }] };
}
