import type { Json, JsonObject } from '../../src/rules/json';
import { isJsonObject } from '../../src/rules/json';
import type { KindSchema } from '../../src/rules/schema';
import { refOf } from '../../src/rules/sharing';

/** From a node to one below it: a property (`.name`), any item of a list (`[]`), or any value of a map (`{}`). */
export type Step = string;

/** A place of a schema. */
export interface SchemaNode {
  /** Such as `.spec.http[].route[]`; empty for the root. */
  readonly path: string;
  readonly steps: readonly Step[];
  readonly schema: JsonObject;
  /** Name of the definition that the node refers to, for Kubernetes' own kinds. */
  readonly definition?: string;
}

/** A CEL rule where it stands. */
export interface RulePlace {
  readonly node: SchemaNode;
  readonly index: number;
  readonly rule: JsonObject;
}

/** All places of a schema; a recursive one is followed once. */
export class SchemaTree {
  public readonly nodes: readonly SchemaNode[];
  private readonly byPath: ReadonlyMap<string, SchemaNode>;

  public constructor(private readonly schema: KindSchema) {
    const nodes: SchemaNode[] = [];
    this.collect(schema.root, [], [], nodes);
    this.nodes = nodes;
    this.byPath = new Map(nodes.map((node) => [node.path, node]));
  }

  public get root(): SchemaNode {
    return this.nodes[0] as SchemaNode;
  }

  public at(path: string): SchemaNode | undefined {
    return this.byPath.get(path);
  }

  public child(node: SchemaNode, step: Step): SchemaNode | undefined {
    return this.byPath.get(node.path + step);
  }

  public parent(node: SchemaNode): SchemaNode | undefined {
    return node.steps.length === 0 ? undefined : this.byPath.get(node.steps.slice(0, -1).join(''));
  }

  /** Properties that a node names. */
  public properties(node: SchemaNode): readonly { readonly name: string; readonly node: SchemaNode }[] {
    const properties = node.schema['properties'];
    if (!isJsonObject(properties)) return [];
    return Object.keys(properties).flatMap((name) => {
      const child = this.child(node, `.${name}`);
      return child === undefined ? [] : [{ name, node: child }];
    });
  }

  /** Every CEL rule that can be judged on a new object; the ones in allOf belong to the node. */
  public rules(): readonly RulePlace[] {
    return this.nodes.flatMap((node) =>
      listOf(node.schema, 'x-kubernetes-validations')
        .filter(isJsonObject)
        .map((rule, index) => ({ node, index, rule })),
    );
  }

  private collect(given: JsonObject, steps: readonly Step[], refs: readonly string[], into: SchemaNode[]): void {
    const reference = refOf(given);
    if (reference !== undefined && refs.includes(reference)) return;
    const schema = this.schema.resolve(given);
    const definition = reference?.slice(reference.lastIndexOf('.') + 1);
    into.push({ path: steps.join(''), steps, schema, ...(definition !== undefined && { definition }) });
    const inner = reference === undefined ? refs : [...refs, reference];
    // metadata is written down elsewhere: for custom resources the schema says nothing of it
    if (definition === 'ObjectMeta' && steps.length === 1) return;
    const { properties, items, additionalProperties } = schema;
    for (const [name, child] of Object.entries(isJsonObject(properties) ? properties : {})) {
      if (isJsonObject(child)) this.collect(child, [...steps, `.${name}`], inner, into);
    }
    if (isJsonObject(items)) this.collect(items, [...steps, '[]'], inner, into);
    if (isJsonObject(additionalProperties)) this.collect(additionalProperties, [...steps, '{}'], inner, into);
  }
}

export function listOf(schema: JsonObject, keyword: string): readonly Json[] {
  const value = schema[keyword];
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

export function namesOf(schema: JsonObject, keyword: string): readonly string[] {
  return listOf(schema, keyword).filter((name) => typeof name === 'string');
}

export function numberOf(schema: JsonObject, keyword: string): number | undefined {
  const value = schema[keyword];
  return typeof value === 'number' ? value : undefined;
}

export function textOf(schema: JsonObject, keyword: string): string | undefined {
  const value = schema[keyword];
  return typeof value === 'string' ? value : undefined;
}
