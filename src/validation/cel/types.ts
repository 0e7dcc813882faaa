/** Static types of CEL, and the few rules by which one is accepted where another is asked for. */

export type CelType =
  | { readonly kind: Primitive }
  | ListType
  | { readonly kind: 'map'; readonly key: CelType; readonly value: CelType }
  | ObjectType
  | { readonly kind: 'optional'; readonly elem: CelType }
  | { readonly kind: 'param'; readonly name: string };

export type Primitive =
  | 'int'
  | 'uint'
  | 'double'
  | 'bool'
  | 'string'
  | 'bytes'
  | 'null'
  | 'dyn'
  | 'duration'
  | 'timestamp'
  | 'type'
  | 'url'
  | 'ip'
  | 'cidr'
  | 'quantity'
  | 'semver'
  | 'format';

export interface ListType {
  readonly kind: 'list';
  readonly elem: CelType;
  /** `x-kubernetes-list-type` of a list that comes from data: sets and maps are compared without regard to order. */
  readonly listType?: 'set' | 'map';
  /** Fields that identify an item of a list of type map. */
  readonly keys?: readonly string[];
}

export interface ObjectType {
  readonly kind: 'object';
  /** By the name that a rule writes (`__namespace__`). */
  readonly fields: ReadonlyMap<string, Field>;
}

/** A property of an object of the schema. */
export interface Field {
  /** Name in the manifest. */
  readonly key: string;
  readonly type: CelType;
}

export const DYN: CelType = { kind: 'dyn' };
export const BOOL: CelType = { kind: 'bool' };
export const INT: CelType = { kind: 'int' };
export const UINT: CelType = { kind: 'uint' };
export const DOUBLE: CelType = { kind: 'double' };
export const STRING: CelType = { kind: 'string' };
export const BYTES: CelType = { kind: 'bytes' };
export const NULL: CelType = { kind: 'null' };
export const TYPE: CelType = { kind: 'type' };
export const DURATION: CelType = { kind: 'duration' };
export const TIMESTAMP: CelType = { kind: 'timestamp' };

export function listOf(elem: CelType): CelType {
  return { kind: 'list', elem };
}

export function mapOf(key: CelType, value: CelType): CelType {
  return { kind: 'map', key, value };
}

export function optionalOf(elem: CelType): CelType {
  return { kind: 'optional', elem };
}

/** Text of a type for messages. */
export function typeText(type: CelType): string {
  switch (type.kind) {
    case 'list':
      return `list(${typeText(type.elem)})`;
    case 'map':
      return `map(${typeText(type.key)}, ${typeText(type.value)})`;
    case 'optional':
      return `optional_type(${typeText(type.elem)})`;
    case 'param':
      return type.name;
    default:
      return type.kind;
  }
}

/** What the type parameters of a signature stand for. */
export type Bindings = Map<string, CelType>;

/**
 * True where a value of type `given` is accepted for `wanted`; type parameters of either are bound on the way.
 * `dyn` is accepted for anything and anything for `dyn`: what it really is shows at run time.
 */
export function accepts(wanted: CelType, given: CelType, bindings: Bindings): boolean {
  const target = resolve(wanted, bindings);
  const source = resolve(given, bindings);
  if (target === source || target.kind === 'dyn' || source.kind === 'dyn') return true;
  if (target.kind === 'param') return bind(target.name, source, bindings);
  if (source.kind === 'param') return bind(source.name, target, bindings);
  // as in CEL, null may stand for a message, a duration, a timestamp and any of the opaque types
  if (source.kind === 'null') return NULLABLE.has(target.kind);
  if (target.kind !== source.kind) return false;
  switch (target.kind) {
    case 'list':
      return accepts(target.elem, (source as ListType).elem, bindings);
    case 'optional':
      return accepts(target.elem, (source as { elem: CelType }).elem, bindings);
    case 'map': {
      const other = source as { key: CelType; value: CelType };
      return accepts(target.key, other.key, bindings) && accepts(target.value, other.value, bindings);
    }
    case 'object':
      return sameFields(target, source as ObjectType);
    default:
      return true;
  }
}

const NULLABLE: ReadonlySet<string> = new Set([
  'null',
  'object',
  'duration',
  'timestamp',
  'optional',
  'url',
  'ip',
  'cidr',
  'quantity',
  'semver',
  'format',
]);

function sameFields(a: ObjectType, b: ObjectType): boolean {
  if (a.fields === b.fields) return true;
  if (a.fields.size !== b.fields.size) return false;
  for (const [name, field] of a.fields) {
    const other = b.fields.get(name);
    if (other === undefined || !accepts(field.type, other.type, new Map())) return false;
  }
  return true;
}

function bind(name: string, type: CelType, bindings: Bindings): boolean {
  bindings.set(name, type);
  return true;
}

/** The type with its bound parameters put in. */
export function resolve(type: CelType, bindings: Bindings): CelType {
  let current = type;
  for (let left = 20; current.kind === 'param' && left > 0; left -= 1) {
    const bound = bindings.get(current.name);
    if (bound === undefined) return current;
    current = bound;
  }
  return current;
}

/** As `resolve`, at every depth; a parameter that nothing bound becomes `dyn`. */
export function substitute(type: CelType, bindings: Bindings): CelType {
  const top = resolve(type, bindings);
  switch (top.kind) {
    case 'param':
      return DYN;
    case 'list':
      return top.listType === undefined ? listOf(substitute(top.elem, bindings)) : top;
    case 'optional':
      return optionalOf(substitute(top.elem, bindings));
    case 'map':
      return mapOf(substitute(top.key, bindings), substitute(top.value, bindings));
    default:
      return top;
  }
}

/** The common type of two expressions that stand side by side (list items, the arms of `?:`); undefined if none. */
export function join(a: CelType, b: CelType): CelType | undefined {
  if (a.kind === 'dyn' || b.kind === 'dyn') return DYN;
  const bindings: Bindings = new Map();
  if (accepts(a, b, bindings)) return isOpen(a) ? substituteOpen(a, b) : a;
  return accepts(b, a, new Map()) ? b : undefined;
}

/** True for an empty list or map literal, whose item type is not known yet. */
function isOpen(type: CelType): boolean {
  return type.kind === 'null' || JSON.stringify(type).includes('"param"');
}

function substituteOpen(open: CelType, other: CelType): CelType {
  return isOpen(other) ? open : other;
}

/** `list<string>`, `map<string, A>`, `optional<A>`, `int`: the notation of the function tables. */
export function parseType(text: string): CelType {
  const source = text.trim();
  const open = source.indexOf('<');
  if (open < 0) return /^[A-Z]$/.test(source) ? { kind: 'param', name: source } : { kind: source as Primitive };
  const inner = source.slice(open + 1, -1);
  const head = source.slice(0, open);
  if (head === 'list') return listOf(parseType(inner));
  if (head === 'optional') return optionalOf(parseType(inner));
  const [key, ...rest] = splitTopLevel(inner);
  return mapOf(parseType(key ?? 'dyn'), parseType(rest.join(',')));
}

/** Splits at commas that stand outside of `<>`. */
export function splitTopLevel(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '<') depth += 1;
    if (char === '>') depth -= 1;
    if (char === ',' && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  const last = text.slice(start);
  return last.trim() === '' ? parts : [...parts, last];
}
