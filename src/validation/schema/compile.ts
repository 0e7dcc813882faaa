import { isJsonObject, isUnknown } from '../../rules/json';
import { refOf } from '../../rules/sharing';
import { Report } from '../report';
import { arrayCheck, arrayConditions } from './arrays';
import type { Check, Schema } from './check';
import { isData } from './check';
import { embeddedResource } from './embedded';
import { junctorConditions } from './junctors';
import { objectCheck, objectConditions } from './objects';
import type { ObjectParts, Property } from './objects';
import { enumCondition, failType, isInteger, numberConditions, scalarCheck, stringConditions } from './scalars';
import type { Condition } from './scalars';

/** Says more about a field that the schema does not have, such as which release has it. */
export type ExplainUnknown = (field: string, report: Report) => string | undefined;

/** How schemas of Kubernetes' own kinds differ from those of custom resources. */
export interface Dialect {
  /** The node that a reference stands for. */
  readonly resolve: (schema: Schema) => Schema;
  /** The check of a definition that is more than its schema says, such as a quantity. */
  readonly special: (reference: string, plain: () => Check) => Check | undefined;
  /** What of a schema is not what the server does is taken out here. */
  readonly adapt: (schema: Schema) => Schema;
}

/**
 * Makes closures of the schemas of custom resources, once for each node: a subtree that repeats is compiled once.
 *
 * What a closure checks, and in which order, is what an API server does with a new object: unknown fields, nulls that
 * count as absent, defaults, then types and values. Sources: "Field pruning", "Defaulting" and "Validation" in
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
 */
export class SchemaCompiler {
  private readonly checks = new WeakMap<Schema, Check>();
  private readonly nestedChecks = new WeakMap<Schema, Check>();

  public constructor(
    private readonly explainUnknown: ExplainUnknown,
    private readonly dialect?: Dialect,
  ) {}

  /** The check of the root: metadata is checked apart, and the fields every object has are always known. */
  public root(schema: Schema): Check {
    const parts = this.objectParts(this.dialect?.adapt(schema) ?? schema);
    const properties = new Map(parts.properties);
    for (const name of ['apiVersion', 'kind', 'metadata']) {
      const property = schemaOf(schema, name);
      const isPlain = property === undefined || this.dialect !== undefined;
      properties.set(name, { check: isPlain ? keep : unlessNull(this.nested(property)), isNullable: true });
    }
    const junctors = junctorConditions(schema, (inner) => this.nested(inner));
    return objectCheck({ ...parts, properties, conditions: [...parts.conditions, ...junctors] });
  }

  /** The check of a node that holds data. */
  public data(schema: Schema): Check {
    const known = this.checks.get(schema);
    if (known !== undefined) return known;
    const reference = refOf(schema);
    const check =
      reference === undefined || this.dialect === undefined
        ? this.withNull(schema, this.compile(this.dialect?.adapt(schema) ?? schema))
        : this.referred(schema, reference, this.dialect);
    this.checks.set(schema, check);
    return check;
  }

  private referred(schema: Schema, reference: string, dialect: Dialect): Check {
    const plain = (): Check => this.data(dialect.resolve(schema));
    return dialect.special(reference, plain) ?? plain();
  }

  private withNull(schema: Schema, check: Check): Check {
    if (schema['nullable'] !== true) return check;
    const condition = enumCondition(schema);
    return (value, report) => {
      if (value !== null) return check(value, report);
      condition?.(value, report);
      return value;
    };
  }

  private compile(schema: Schema): Check {
    const junctors = junctorConditions(schema, (inner) => this.nested(inner));
    const check = this.compileType(schema);
    if (junctors.length === 0) return check;
    return (value, report) => {
      const out = check(value, report);
      // it fits every alternative, and none for certain
      if (report.unknownsMet === 0 || !isUnknown(out)) for (const condition of junctors) condition(out, report);
      return out;
    };
  }

  private compileType(schema: Schema): Check {
    if (schema['x-kubernetes-int-or-string'] === true) return scalarCheck(schema);
    switch (schema['type']) {
      case 'object':
        return this.object(schema);
      case 'array':
        return arrayCheck(schema, this.item(schema['items']));
      case 'string':
      case 'boolean':
      case 'integer':
      case 'number':
        return scalarCheck(schema);
      default:
        return this.untyped(schema);
    }
  }

  private object(schema: Schema): Check {
    const parts = this.objectParts(schema);
    return schema['x-kubernetes-embedded-resource'] === true ? embeddedResource(parts) : objectCheck(parts);
  }

  private objectParts(schema: Schema): ObjectParts {
    const enumeration = enumCondition(schema);
    return {
      properties: this.properties(schema),
      others: this.otherFields(schema),
      conditions: [...objectConditions(schema), ...(enumeration === undefined ? [] : [enumeration])],
      explainUnknown: this.explainUnknown,
    };
  }

  private properties(schema: Schema): Map<string, Property> {
    const properties = new Map<string, Property>();
    const given = schema['properties'];
    for (const [name, child] of Object.entries(isJsonObject(given) ? given : {})) {
      if (isJsonObject(child)) properties.set(name, this.property(child));
    }
    return properties;
  }

  private property(schema: Schema): Property {
    // compiled at the first value: most fields of most kinds never have one
    let check: Check | undefined;
    const lazy: Check = (value, report) => (check ??= this.data(schema))(value, report);
    const isNullable = schema['nullable'] === true;
    const fallback = schema['default'];
    if (fallback === undefined) return { check: lazy, isNullable };
    return { check: lazy, isNullable, fallback: this.fallback(fallback, lazy) };
  }

  /** A default is complete with the defaults of what it holds, and is made once. */
  private fallback(value: unknown, check: Check): () => unknown {
    let complete: { readonly value: unknown } | undefined;
    return () => (complete ??= { value: check(value, new Report()) }).value;
  }

  private otherFields(schema: Schema): ObjectParts['others'] {
    const additional = schema['additionalProperties'];
    if (isJsonObject(additional)) return this.property(additional);
    return additional === true || schema['x-kubernetes-preserve-unknown-fields'] === true ? 'keep' : 'refuse';
  }

  /** A null item takes the default of items, where there is one, and is a wrong type elsewhere. */
  private item(items: unknown): Check | undefined {
    if (!isJsonObject(items)) return undefined;
    const { check, isNullable, fallback } = this.property(items);
    // Go reads a null among the items of a typed list as an empty value
    if (this.dialect !== undefined) return (value, report) => (value === null ? value : check(value, report));
    if (isNullable || fallback === undefined) return check;
    return (value, report) => (value === null ? fallback() : check(value, report));
  }

  /** A node without a type: only what its other keywords say. */
  private untyped(schema: Schema): Check {
    const plain = this.nested(schema);
    if (!isJsonObject(schema['properties']) && !isJsonObject(schema['additionalProperties'])) {
      return (value, report) => {
        report.noteUnknownsIn(value);
        return plain(value, report);
      };
    }
    const object = this.object(schema);
    return (value, report) => (isData(value) ? object(value, report) : plain(value, report));
  }

  /** The check of a schema inside of allOf, anyOf, oneOf or not: values only, nothing is pruned or filled in. */
  public nested(schema: Schema): Check {
    const known = this.nestedChecks.get(schema);
    if (known !== undefined) return known;
    const check = this.compileNested(schema);
    this.nestedChecks.set(schema, check);
    return check;
  }

  private compileNested(schema: Schema): Check {
    const type = typeCondition(schema);
    const enumeration = enumCondition(schema);
    const onText = stringConditions(schema);
    const onNumber = numberConditions(schema);
    const onArray = [...this.nestedItems(schema), ...arrayConditions({ ...schema, 'x-kubernetes-list-type': null })];
    const onObject = [...this.nestedProperties(schema), ...objectConditions(schema)];
    const junctors = junctorConditions(schema, (inner) => this.nested(inner));
    return (value, report) => {
      const isTypeRight = type === undefined || type(value, report);
      if (!isTypeRight) return value;
      if (typeof value === 'string') for (const condition of onText) condition(value, report);
      else if (typeof value === 'number') for (const condition of onNumber) condition(value, report);
      else if (Array.isArray(value)) for (const condition of onArray) condition(value, report);
      else if (report.unknownsMet > 0 && isUnknown(value)) return failType(value, '', report);
      else if (value !== null) for (const condition of onObject) condition(value, report);
      enumeration?.(value, report);
      for (const condition of junctors) condition(value, report);
      return value;
    };
  }

  private nestedProperties(schema: Schema): readonly Condition[] {
    const given = schema['properties'];
    const additional = schema['additionalProperties'];
    const entries = Object.entries(isJsonObject(given) ? given : {}).map(
      ([name, child]) => [name, this.nested(child as Schema)] as const,
    );
    if (entries.length === 0 && !isJsonObject(additional)) return [];
    const properties = new Map(entries.map(([name, check]) => [name, { check, isNullable: true }] as const));
    const others = isJsonObject(additional) ? { check: this.nested(additional), isNullable: true } : 'ignore';
    const check = objectCheck({ properties, others, conditions: [], explainUnknown: () => undefined });
    return [(value, report) => void check(value, report)];
  }

  private nestedItems(schema: Schema): readonly Condition[] {
    const items = schema['items'];
    if (!isJsonObject(items)) return [];
    const check = arrayCheck({}, this.nested(items));
    return [(value, report) => void check(value, report)];
  }
}

function schemaOf(schema: Schema, name: string): Schema | undefined {
  const properties = schema['properties'];
  const child = isJsonObject(properties) ? properties[name] : undefined;
  return isJsonObject(child) ? child : undefined;
}

function keep(value: unknown): unknown {
  return value;
}

/** Metadata that is null counts as empty, whatever the schema says of it. */
function unlessNull(check: Check): Check {
  return (value, report) => (value === null ? value : check(value, report));
}

/** The type of a nested schema, which may have none; a format without a type asks for a text. */
function typeCondition(schema: Schema): ((value: unknown, report: Report) => boolean) | undefined {
  const type = schema['type'];
  if (typeof type !== 'string') return stringConditions({ format: schema['format'] ?? '' }).length > 0 ? onlyText : undefined;
  return (value, report) => {
    if (isOfType(value, type) || (value === null && schema['nullable'] === true)) return true;
    failType(value, type, report);
    return false;
  };
}

function onlyText(value: unknown, report: Report): boolean {
  if (typeof value === 'string' || Array.isArray(value) || value === null) return true;
  failType(value, 'string', report);
  return false;
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return isData(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return isInteger(value);
    default:
      return typeof value === type;
  }
}
