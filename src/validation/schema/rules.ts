import { isJsonObject } from '../../rules/json';
import type { JsonObject } from '../../rules/json';
import type { CompiledRule, CompileFailure, Rule } from '../cel/rule';
import type * as RuleModule from '../cel/rule';
import type { Report } from '../report';
import { isData, isObject, isSame, namesOf, schemasOf } from './check';
import type { Data, Schema } from './check';

/** Runs the CEL rules of a node and of all below it. */
export type RuleWalk = (value: unknown, old: unknown, report: Report) => void;

/**
 * CEL rules of a schema as one walk that only visits what has rules. Undefined where there are none.
 *
 * Source: "Validation rules" and "Transition rules" in
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
 */
export class RuleCompiler {
  private readonly walks = new WeakMap<Schema, { readonly walk: RuleWalk | undefined }>();

  public walk(schema: Schema, isResource = false): RuleWalk | undefined {
    const isRoot = isResource || schema['x-kubernetes-embedded-resource'] === true;
    const known = isResource ? undefined : this.walks.get(schema);
    if (known !== undefined) return known.walk;
    const walk = this.compile(schema, schema, isRoot);
    if (!isResource) this.walks.set(schema, { walk });
    return walk;
  }

  /** `schema` holds the rules; `node` is the node of the structural schema that types them (the same, but in allOf). */
  private compile(schema: Schema, node: Schema, isRoot: boolean): RuleWalk | undefined {
    const parts = [
      ownRules(schema, node, isRoot),
      ...schemasOf(schema, 'allOf').map((part) => this.compile(part, node, isRoot)),
      this.properties(schema, node),
      this.additional(schema, node),
      this.items(schema, node),
    ].filter((part) => part !== undefined);
    const [only, ...others] = parts;
    if (others.length === 0) return only;
    return (value, old, report) => {
      for (const part of parts) part(value, old, report);
    };
  }

  private child(schema: Schema, node: Schema): RuleWalk | undefined {
    return schema === node ? this.walk(schema) : this.compile(schema, node, node['x-kubernetes-embedded-resource'] === true);
  }

  private properties(schema: Schema, node: Schema): RuleWalk | undefined {
    const given = schema['properties'];
    const typed = node['properties'];
    if (!isJsonObject(given) || !isJsonObject(typed)) return undefined;
    const walks: { readonly key: string; readonly walk: RuleWalk }[] = [];
    for (const [key, child] of Object.entries(given)) {
      const childNode = typed[key];
      if (!isJsonObject(child) || childNode === undefined || !isJsonObject(childNode)) continue;
      const walk = this.child(child, childNode);
      if (walk !== undefined) walks.push({ key, walk });
    }
    if (walks.length === 0) return undefined;
    return (value, old, report) => {
      if (!isObject(value)) return;
      for (const { key, walk } of walks) {
        const item = value[key];
        if (item === undefined || item === null) continue;
        report.enter(key);
        walk(item, isObject(old) ? old[key] : undefined, report);
        report.leave();
      }
    };
  }

  private additional(schema: Schema, node: Schema): RuleWalk | undefined {
    const given = schema['additionalProperties'];
    const typed = node['additionalProperties'];
    const walk = isJsonObject(given) && isJsonObject(typed) ? this.child(given, typed) : undefined;
    if (walk === undefined) return undefined;
    return (value, old, report) => {
      if (!isObject(value)) return;
      for (const key in value) {
        const item = value[key];
        if (item === undefined || item === null) continue;
        report.enterKey(key);
        walk(item, isObject(old) ? old[key] : undefined, report);
        report.leave();
      }
    };
  }

  private items(schema: Schema, node: Schema): RuleWalk | undefined {
    const given = schema['items'];
    const typed = node['items'];
    const walk = isJsonObject(given) && isJsonObject(typed) ? this.child(given, typed) : undefined;
    if (walk === undefined) return undefined;
    const oldItem = oldItemOf(node);
    return (value, old, report) => {
      if (!Array.isArray(value)) return;
      for (let at = 0; at < value.length; at += 1) {
        const item: unknown = value[at];
        if (item === undefined || item === null) continue;
        report.enterIndex(at);
        walk(item, Array.isArray(old) ? oldItem(item, old as readonly unknown[]) : undefined, report);
        report.leave();
      }
    };
  }
}

/** Only items of a list of type map have an old self: the item with the same keys. */
function oldItemOf(node: Schema): (item: unknown, old: readonly unknown[]) => unknown {
  if (node['x-kubernetes-list-type'] !== 'map') return () => undefined;
  const keys = namesOf(node, 'x-kubernetes-list-map-keys');
  const itemDefaults = defaultsOf(node['items']);
  const keyOf = (item: unknown, key: string): unknown => (isData(item) ? (item[key] ?? itemDefaults[key]) : undefined);
  return (item, old) => old.find((other) => keys.every((key) => isSame(keyOf(item, key), keyOf(other, key))));
}

function defaultsOf(items: unknown): Data {
  const properties = isData(items) ? items['properties'] : undefined;
  if (!isData(properties)) return {};
  return Object.fromEntries(Object.entries(properties).map(([key, schema]) => [key, isData(schema) ? schema['default'] : undefined]));
}

function ownRules(schema: Schema, node: Schema, isRoot: boolean): RuleWalk | undefined {
  const given = schema['x-kubernetes-validations'];
  if (!Array.isArray(given) || given.length === 0) return undefined;
  const texts = (given as readonly JsonObject[]).filter((rule) => String(rule['rule']).trim() !== '') as unknown as readonly Rule[];
  let compiled: readonly (CompiledRule | CompileFailure)[] | undefined;
  return (value, old, report) => {
    compiled ??= compileRules(texts, node, isRoot);
    for (const rule of compiled) runRule(rule, value, old, report);
  };
}

/** The CEL compiler is loaded with the first rule that has to run. */
function compileRules(rules: readonly Rule[], node: Schema, isRoot: boolean): readonly (CompiledRule | CompileFailure)[] {
  const { compileRule } = require('../cel/rule') as typeof RuleModule;
  return rules.map((rule) => compileRule(rule, node, isRoot));
}

function runRule(rule: CompiledRule | CompileFailure, value: unknown, old: unknown, report: Report): void {
  if ('error' in rule) {
    report.fail('cel-rule', value, `a rule that compiles: ${rule.error}`, { saidGot: `the rule ${rule.rule.rule.trim()}` });
    return;
  }
  if (rule.usesOldSelf && (old === undefined || old === null) && rule.rule.optionalOldSelf !== true) return;
  const failure = report.unknownsMet === 0 ? rule.check(value, old) : rule.checkPartial(value, old);
  if (failure === undefined) return;
  if ('unknown' in failure) {
    report.noteUnknown({ description: failure.unknown }, rule.rule.rule.trim());
    return;
  }
  report.fail('cel-rule', value, failure.message, {
    ...(rule.fieldPath !== '' && { below: rule.fieldPath }),
    ...(failure.error !== undefined && { fix: `the rule could not be evaluated: ${failure.error}` }),
  });
}
