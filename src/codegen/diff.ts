import { isJsonObject } from '../rules/json';
import type { JsonObject } from '../rules/json';
import { normaliseVariant, unionOfKind } from './build-types';
import { collectKinds } from './collect-kinds';
import type { PublishedRelease } from './model';
import { propertiesOf, strings } from './normalise/rule';
import { joinPath } from './schema-walk';
import { compareText } from './version-order';

/** One difference between the kinds of two inputs. */
export interface Change {
  readonly change: 'added' | 'removed' | 'changed';
  readonly group: string;
  readonly kind: string;
  /** Path of the field; absent where the whole kind came or went. */
  readonly field?: string;
  readonly old?: string;
  readonly new?: string;
}

/** A kind, or a definition that kinds share, with the types of its fields. */
interface Entry {
  readonly group: string;
  readonly kind: string;
  readonly versions: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** Kinds and fields that came, went or changed type, by kind and path; what kinds share is said once. */
export function diffReleases(before: PublishedRelease, after: PublishedRelease): Change[] {
  const old = entriesOf(before);
  const now = entriesOf(after);
  return [...new Set([...old.keys(), ...now.keys()])].sort(compareText).flatMap((id) => {
    const left = old.get(id);
    const right = now.get(id);
    if (left !== undefined && right !== undefined) return diffEntry(left, right);
    const { group, kind } = (left ?? right) as Entry;
    return [{ change: left === undefined ? ('added' as const) : ('removed' as const), group, kind }];
  });
}

/** A change on one line: `+ HTTPRoute spec.rules[].name string`. */
export function formatChange({ change, group, kind, field, old, new: now }: Change): string {
  const sign = { added: '+', removed: '-', changed: '~' }[change];
  const place = field === undefined ? `${kind} (${group})` : `${kind} ${field}`;
  if (change === 'changed') return `${sign} ${place}: ${old ?? ''} → ${now ?? ''}`;
  const type = old ?? now;
  return type === undefined ? `${sign} ${place}` : `${sign} ${place}: ${type}`;
}

function entriesOf(release: PublishedRelease): Map<string, Entry> {
  const kinds = collectKinds({ name: '', releases: [release] }).map((kind): Entry => ({
    group: kind.group,
    kind: kind.kind,
    versions: kind.servedVersions.join(', '),
    fields: fieldsOf(unionOfKind(kind, false)),
  }));
  const definitions = Object.entries(release.definitions ?? {}).map(([name, schema]): Entry => {
    const split = name.lastIndexOf('.');
    const fields = fieldsOf(normaliseVariant(schema, false));
    return { group: name.slice(0, split), kind: name.slice(split + 1), versions: '', fields };
  });
  return new Map([...kinds, ...definitions].map((entry) => [`${entry.group}/${entry.kind}`, entry]));
}

function diffEntry(before: Entry, after: Entry): Change[] {
  const { group, kind } = after;
  const fields = [...new Set([...before.fields.keys(), ...after.fields.keys()])].sort(compareText);
  const changes = fields
    .filter((field) => !isInsideNew(field, before.fields, after.fields))
    .flatMap((field) => diffValue(field, before.fields.get(field), after.fields.get(field)));
  return [...diffValue('apiVersion', before.versions, after.versions), ...changes].map((change) => ({ ...change, group, kind }));
}

/** What stands inside a field that came or went as a whole is not worth a line of its own. */
function isInsideNew(field: string, old: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): boolean {
  const parents = [...field.matchAll(/[.[{]/g)].map((match) => field.slice(0, match.index)).filter((path) => path !== '');
  return parents.some((parent) => old.has(parent) !== now.has(parent));
}

function diffValue(field: string, old: string | undefined, now: string | undefined): Omit<Change, 'group' | 'kind'>[] {
  if (old === now) return [];
  if (old === undefined) return [{ change: 'added', field, new: now as string }];
  if (now === undefined) return [{ change: 'removed', field, old }];
  return [{ change: 'changed', field, old, new: now }];
}

/** Every field with a short name of its type. */
function fieldsOf(schema: JsonObject, path = '', fields = new Map<string, string>()): Map<string, string> {
  const required = strings(schema['required']);
  for (const [name, child] of Object.entries(propertiesOf(schema))) {
    const field = joinPath(path, name);
    fields.set(field, `${typeName(child)}${required.includes(name) ? ', required' : ''}`);
    fieldsOf(child, field, fields);
  }
  for (const [keyword, step] of [['items', '[]'], ['additionalProperties', '{}']] as const) {
    const child = schema[keyword];
    if (isJsonObject(child)) fieldsOf(child, joinPath(path, step), fields);
  }
  return fields;
}

function typeName(schema: JsonObject): string {
  const nullable = schema['nullable'] === true ? ' | null' : '';
  return `${plainTypeName(schema)}${nullable}`;
}

function plainTypeName(schema: JsonObject): string {
  if (Array.isArray(schema['enum'])) return schema['enum'].map((value) => JSON.stringify(value)).join(' | ');
  if (isJsonObject(schema['items'])) return `${typeName(schema['items'])}[]`;
  if (isJsonObject(schema['additionalProperties'])) return `map of ${typeName(schema['additionalProperties'])}`;
  if (typeof schema['$ref'] === 'string') return schema['$ref'].split('.').pop() as string;
  const type = schema['type'];
  if (Array.isArray(type)) return type.join(' | ');
  return typeof type === 'string' ? type : 'anything';
}
