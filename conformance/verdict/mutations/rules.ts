import type { Json, JsonObject } from '../../../src/rules/json';
import { isJsonObject } from '../../../src/rules/json';
import { compileRule, isCompileFailure } from '../../../src/validation/cel/rule';
import type { Rule } from '../../../src/validation/cel/rule';
import type { Mutation } from '../case';
import { normalisePath } from '../normalise';
import { childNode, occurrences, pathOf, valueAt, withValue } from '../places';
import type { Place } from '../places';
import type { RulePlace, SchemaNode } from '../schema-tree';
import { numberOf } from '../schema-tree';
import type { Context } from './context';
import { keyOf } from './context';

const ATTEMPTS = 3000;
/** Objects on the way that are judged as well: what they are is for the server to say. */
const MOST_TRIED = 4;

/**
 * Objects that a CEL rule refuses: small changes below the node that the rule stands on, drawn from the words of the
 * rule itself, until the rule alone is against the object. Also one that it was asked about and has nothing against.
 */
export function violated(contexts: readonly Context[], place: RulePlace): readonly Mutation[] {
  const [context] = contexts;
  if (context === undefined) return [];
  const rule = place.rule as unknown as Rule;
  const compiled = compileRule(rule, place.node.schema, place.node.steps.length === 0);
  const key = ruleKey(context, place);
  const accepted: Mutation = { what: 'rule holds', object: context.object, claims: [{ area: 'CEL rule', key, side: 'accepted' }] };
  // a new object has no old self: such rules are never asked
  if (isCompileFailure(compiled) || compiled.usesOldSelf) return [];
  const message = typeof rule.messageExpression === 'string' ? '' : (rule.message ?? `failed rule: ${rule.rule.trim()}`).trim();
  const words = wordsOf(rule.rule);
  let best: { readonly object: Json; readonly path: string; readonly findings: number } | undefined;
  const tried: Mutation[] = [];
  let current = context;
  for (let attempt = 0; attempt < ATTEMPTS && best?.findings !== 1; attempt += 1) {
    // several small steps may be needed; a walk that leads nowhere begins again
    if (attempt % 8 === 0) current = startOf(contexts, attempt / 8);
    let { value } = current.at;
    // at times two fields have to change together
    for (let step = current.random.pick([1, 1, 2, 3]); step > 0; step -= 1) value = perturbed(current, value, words);
    const object = withValue(current.object, current.at.place, value);
    const { findings } = current.ours.judge(object);
    const path = `${pathOf(current.at.place)}${compiled.fieldPath}`;
    const isBroken = findings.some(({ property, expected }) => normalisePath(property) === normalisePath(path) && (message === '' || expected === message));
    if (isBroken && (best === undefined || findings.length < best.findings)) best = { object, path, findings: findings.length };
    // the server asks no rule of an object whose structure is wrong
    const isAsked = findings.every(({ code }) => code === 'cel-rule');
    if (isAsked && attempt % 8 === 7 && tried.length < MOST_TRIED) tried.push({ what: `rule ${place.index} tried at ${path}`, object, claims: [] });
    if (isAsked) current = { ...current, object, at: { ...current.at, value } };
  }
  if (best === undefined) return [accepted, ...tried];
  const claim = { area: 'CEL rule', key, side: 'refused', path: best.path, says: message } as const;
  return [accepted, { what: `rule ${place.index} broken at ${best.path}`, object: best.object, claims: [claim] }, ...tried];
}

/** Objects that are known to be right in turn, and every third time one whose part is drawn anew. */
function startOf(contexts: readonly Context[], round: number): Context {
  const context = contexts[round % contexts.length] as Context;
  if (round % 3 !== 2) return context;
  const value = context.generator.value(context.at.node, 25);
  return { ...context, object: withValue(context.object, context.at.place, value), at: { ...context.at, value } };
}

/** True for a name that the rule speaks of, as a field or as the value of a tag. */
export function isNamed(rule: string, name: string): boolean {
  return name.length > 2 && rule.toLowerCase().includes(name.toLowerCase());
}

export function ruleKey(context: Context, place: RulePlace): string {
  return keyOf(context, `#${place.index} ${String(place.rule['rule']).replace(/\s+/g, ' ').slice(0, 120)}`);
}

/** What a rule speaks of: names of fields, texts, numbers. */
interface Words {
  readonly fields: readonly string[];
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
}

function wordsOf(rule: string): Words {
  const texts = [...rule.matchAll(/"""|r"|(["'])((?:\\.|(?!\1).)*)\1/g)].flatMap((match) => (match[2] === undefined ? [] : [match[2]]));
  const numbers = [...rule.replace(/["'][^"']*["']/g, '').matchAll(/\b\d+\b/g)].map(([text]) => Number(text));
  return {
    fields: [...new Set([...rule.matchAll(/\.(?:__)?([a-zA-Z]\w*?)(?:__)?\b(?!\()/g)].map((match) => match[1] ?? ''))],
    texts: [...new Set([...texts, ...(rule.includes('duration') ? ['0.5ms', '1d', '0s', '2h', 'x', '1ns'] : [])])],
    numbers,
  };
}

function perturbed(context: Context, value: Json, words: Words): Json {
  const { random, subject, at } = context;
  const inside = occurrencesBelow(context, value);
  const named = inside.filter(({ place }) => words.fields.includes(String(place.at(-1))));
  const target = random.pick(named.length > 0 && random.chance(50) ? named : inside);
  const { node, place } = target;
  const current = target.value;
  const replace = (next: Json | undefined): Json => (place.length === 0 ? (next ?? value) : withValue(value, place, next));
  if (isJsonObject(current)) {
    const fields = words.fields.filter((field) => subject.tree.child(node, `.${field}`) !== undefined);
    if (fields.length > 0) {
      const field = random.pick(fields);
      const child = subject.tree.child(node, `.${field}`) as SchemaNode;
      const isThere = Object.hasOwn(current, field);
      const fresh = isThere && random.chance(40) ? undefined : context.generator.value(child, random.pick([0, 20]));
      return replace(withValue(current, [field], fresh));
    }
    return replace(withKey(context, node, current, words));
  }
  if (Array.isArray(current)) return replace(changedList(context, node, current as readonly Json[], words));
  if (typeof current === 'string') {
    const isBound = node.schema['enum'] !== undefined || (node.schema['pattern'] !== undefined && random.chance(50));
    return replace(isBound ? context.generator.value(node, 0) : changedText(context, current, words));
  }
  if (typeof current === 'number') return replace(random.pick([0, -1, 65536, ...words.numbers.flatMap((number) => [number - 1, number, number + 1])]));
  return at.place.length === 0 ? value : replace(context.generator.value(node, 0));
}

interface Below {
  readonly node: SchemaNode;
  readonly place: Place;
  readonly value: Json;
}

/** The value itself and what is in it, with places that begin at the value. */
function occurrencesBelow(context: Context, value: Json): readonly Below[] {
  const { at, subject } = context;
  const found: Below[] = [];
  const visit = (node: SchemaNode, current: Json, place: Place): void => {
    found.push({ node, place, value: current });
    const isList = Array.isArray(current);
    const entries = isList ? [...(current as readonly Json[]).entries()] : isJsonObject(current) ? Object.entries(current) : [];
    for (const [key, item] of entries.slice(0, 8)) {
      const child = isList ? subject.tree.child(node, '[]') : childNode(subject.tree, node, String(key));
      if (child !== undefined) visit(child, item, [...place, key]);
    }
  };
  visit(at.node, value, []);
  return found;
}

function withKey(context: Context, node: SchemaNode, current: JsonObject, words: Words): Json {
  const { random, subject, generator } = context;
  const value = subject.tree.child(node, '{}');
  if (value === undefined) return random.chance(30) ? {} : generator.value(node, 30);
  const lengths = words.numbers.flatMap((length) => (length > 0 && length < 1000 ? [`${'a'.repeat(length)}`, `${'a'.repeat(length)}/b`] : []));
  const key = random.pick(['', '*', 'a b', '-a', '0', '65536', ...lengths, ...words.texts]);
  return random.chance(10) ? {} : { ...current, [key]: Object.values(current)[0] ?? generator.value(value, 0) };
}

function changedList(context: Context, node: SchemaNode, items: readonly Json[], words: Words): Json {
  const { random, subject, generator } = context;
  const item = subject.tree.child(node, '[]');
  const fresh = item === undefined ? null : generator.value(item, random.pick([0, 20]));
  const [first = fresh] = items;
  const most = Math.min(numberOf(node.schema, 'maxItems') ?? 16, 64);
  const named = isJsonObject(fresh) ? fresh : undefined;
  switch (random.below(6)) {
    case 0:
      return [];
    case 1:
      return [...items, first];
    case 2:
      return [...items, fresh];
    case 3:
      return words.numbers.some((number) => number > 100) ? crowded(context, node, first, most) : [fresh];
    case 4:
      // the same but for one field that is no key
      return named === undefined || !('name' in named) ? [...items, first] : [...items, { ...(isJsonObject(first) ? first : {}), name: `other-${items.length}` }];
    default:
      return typeof first === 'string' ? [...items, changedText(context, first, words)] : items.slice(0, 1);
  }
}

/** As many items as allowed, each with as many items inside as allowed. */
function crowded(context: Context, node: SchemaNode, first: Json, most: number): Json {
  const item = context.subject.tree.child(node, '[]');
  if (item === undefined || !isJsonObject(first)) return Array.from({ length: most }, () => first);
  const lists = context.subject.tree.properties(item).filter(({ node: child, name }) => child.schema['type'] === 'array' && name === 'matches');
  const full = Object.fromEntries(
    lists.map(({ name, node: child }) => {
      const inner = context.subject.tree.child(child, '[]');
      const size = Math.min(numberOf(child.schema, 'maxItems') ?? 16, 64);
      return [name, Array.from({ length: size }, () => (inner === undefined ? null : context.generator.value(inner, 0)))];
    }),
  );
  const { name: _name, ...rest } = first;
  return Array.from({ length: most }, () => ({ ...rest, ...full }));
}

function changedText(context: Context, text: string, words: Words): string {
  const { random } = context;
  const word = random.pick(words.texts.length > 0 ? words.texts : ['*']);
  const odd = ['', '*', 'a//b', 'not valid', '-', 'ftp://example.com', 'unix://x', 'unix:///x/', 'a.cluster.local', '10.1.2.3', '*a.b', '*.A', 'a b', '1', '10.0.0.0/8', '::'];
  return random.pick([word, word, word, `${text}${word}`, `${word}${text}`, `/a${word}`, `${word}/`, random.pick(odd), `${text}${word}x`]);
}

/** Where a value of the node stands in an object; the first one counts. */
export function firstOccurrence(context: Omit<Context, 'at'>, node: SchemaNode): Context | undefined {
  const at = occurrences(context.subject.tree, context.object).find((each) => each.node === node && each.value !== null);
  return at === undefined || valueAt(context.object, at.place) === undefined ? undefined : { ...context, at };
}
