import { checkMetadata } from '../metadata';
import { dns1035Label, pathSegment } from '../names';
import type { Report } from '../report';
import type { Check, Data } from './check';
import { has } from './check';
import { objectCheck } from './objects';
import type { ObjectParts } from './objects';
import { failType } from './scalars';
import type { Condition } from './scalars';

/**
 * The check of a whole object inside of another (`x-kubernetes-embedded-resource`): it says what it is, and its
 * metadata is checked like that of an object of its own, but for its name, which may be left out.
 */
export function embeddedResource(parts: ObjectParts): Check {
  const properties = new Map(parts.properties);
  for (const name of ['apiVersion', 'kind', 'metadata']) {
    if (!properties.has(name)) properties.set(name, { check: (value) => value, isNullable: true });
  }
  return objectCheck({ ...parts, properties, conditions: [typeMeta, metadata, ...parts.conditions] });
}

const typeMeta: Condition = (value, report) => {
  const object = value as Data;
  for (const field of ['apiVersion', 'kind'] as const) {
    if (!has(object, field)) {
      report.fail('missing-field', undefined, `the field ${field}`, { below: `.${field}`, fix: `add ${field}`, isBlocking: true });
      continue;
    }
    report.enter(field);
    const text = object[field];
    if (typeof text !== 'string') failType(text, 'string', report);
    else checkText(field, text, report);
    report.leave();
  }
};

function checkText(field: 'apiVersion' | 'kind', text: string, report: Report): void {
  if (field === 'kind' && dns1035Label(text.toLowerCase()).length > 0) {
    report.fail('missing-kind', text, 'a kind: letters, digits and -, beginning with a letter', { fix: 'such as "Deployment"' });
  }
  if (field === 'apiVersion' && !/^[^/]+(?:\/[^/]*)?$/.test(text)) {
    report.fail('bad-api-version', text, 'VERSION or GROUP/VERSION', { fix: 'such as "apps/v1"' });
  }
}

const metadata: Condition = (value, report) => {
  const given = (value as Data)['metadata'];
  if (given === undefined) return;
  report.enter('metadata');
  checkMetadata(given, { scope: 'any', checkName: pathSegment, requiresName: false }, report);
  report.leave();
};
