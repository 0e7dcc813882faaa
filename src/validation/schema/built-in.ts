import { parseQuantity } from '../formats/quantity';
import { checkAnnotations, checkLabels } from '../metadata';
import type { Report } from '../report';
import { isData, namesOf } from './check';
import type { Check, Schema } from './check';
import type { Dialect } from './compile';
import { failType, isInteger } from './scalars';

/**
 * How API servers read Kubernetes' own kinds: into Go structs, of which the OpenAPI document tells the fields and types,
 * but not every check, nor which required fields have a default.
 */
export function builtInDialect(resolve: (schema: Schema) => Schema): Dialect {
  return { resolve, special, adapt };
}

function special(reference: string, plain: () => Check): Check | undefined {
  const name = reference.slice(reference.lastIndexOf('.') + 1);
  switch (name) {
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
  if (value !== '' && parseQuantity(value) === undefined) {
    report.fail('bad-format', value, 'a quantity such as 500m or 1.5Gi', { isBlocking: true });
  }
  return value;
};

const intOrString: Check = (value, report) =>
  typeof value === 'string' || isInteger(value) ? value : failType(value, 'integer-or-string', report);

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
  if (!isData(value) || Object.values(value).some((item) => typeof item !== 'string')) return;
  report.enter(field);
  check(value, report);
  report.leave();
}

/** Required by the document, but filled in or not asked for by the server where it is missing. */
const NOT_REQUIRED: ReadonlySet<string> = new Set([]);

function adapt(schema: Schema): Schema {
  const { 'x-kubernetes-list-type': _listType, ...rest } = schema;
  const required = namesOf(schema, 'required').filter((name) => !NOT_REQUIRED.has(name));
  // a definition without fields is a document of its own, of which nothing is known
  const isOpen = schema['type'] === 'object' && schema['properties'] === undefined && schema['additionalProperties'] === undefined;
  return { ...rest, ...(required.length > 0 ? { required } : { required: [] }), ...(isOpen && { additionalProperties: true }) };
}
