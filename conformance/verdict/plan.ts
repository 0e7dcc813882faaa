import type { Json, JsonObject } from '../../src/rules/json';
import { builtInObjects } from './built-ins';
import type { Case, Claim, Mutation } from './case';
import { nodeKey } from './coverage';
import type { Coverage } from './coverage';
import { Generator } from './generator';
import { bounds } from './mutations/bounds';
import type { Context, Mutator } from './mutations/context';
import { metadataMutations } from './mutations/metadata';
import { oddValues } from './mutations/odd-values';
import { firstOccurrence, isNamed, violated } from './mutations/rules';
import { enumeration, intOrString, missingField, nullValue, unionArms, unknownField, wrongType } from './mutations/structure';
import { brokenAddress, brokenFormat, brokenPattern, doubledItems } from './mutations/values';
import type { Ours } from './ours';
import { occurrences, withValue } from './places';
import type { Place } from './places';
import type { Random } from './random';
import type { RulePlace, SchemaNode } from './schema-tree';
import type { Subject } from './subjects';
import { holds, ValidObjects } from './valid';

const MUTATORS: readonly Mutator[] = [
  wrongType, nullValue, unknownField, missingField, enumeration, intOrString, unionArms, bounds, brokenPattern, brokenFormat, brokenAddress, doubledItems,
];

/** Makes the cases of one subject. */
export class Plan {
  private readonly generator: Generator;
  private readonly valid: ValidObjects;
  /** A valid object for each node that one was found for. */
  private readonly holders = new Map<string, JsonObject>();
  private number = 0;

  public constructor(
    private readonly subject: Subject,
    private readonly random: Random,
    private readonly ours: Ours,
    private readonly coverage: Coverage,
    /** Nodes of definitions that another kind covers already. */
    private readonly known: Set<string>,
  ) {
    this.generator = new Generator(subject.tree, random);
    this.valid = new ValidObjects(subject, random, ours);
  }

  /** Objects that hold each node, and everything that can be done to each. */
  public directed(): Case[] {
    const nodes = this.targets();
    const valid = nodes.flatMap((node) => this.holder(node));
    return [...valid, ...nodes.flatMap((node) => this.mutations(node)), ...this.odd(), ...this.rules(), ...this.metadata()];
  }

  /** One more object, drawn at random. */
  public another(): Case {
    const { random } = this;
    const dice = random.below(10);
    if (this.subject.isBuiltIn || dice < 3) return this.drawn('valid', 'random');
    if (dice < 6) return { subject: this.subject, origin: 'wild', what: 'straight from the schema', object: this.valid.raw(random.pick([10, 25, 50, 80])), claims: [] };
    const first = this.drawn('mutated', 'random');
    return { ...first, ...this.twice(first.object) };
  }

  private drawn(origin: Case['origin'], what: string): Case {
    const made = this.subject.isBuiltIn ? this.base() : this.valid.make(this.random.pick([10, 25, 50, 80]));
    return { subject: this.subject, origin, what, object: made ?? this.valid.raw(0), claims: [] };
  }

  /** Two changes of one object; what they reach is not counted, as one may hide the other. */
  private twice(object: Json): { readonly what: string; readonly object: Json } {
    let changed = object;
    const what: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      const places = occurrences(this.subject.tree, changed).filter(({ place }) => place[0] !== 'metadata' && place[0] !== 'status');
      const at = this.random.pick(places);
      const options = this.random.pick(MUTATORS)(this.context(changed, at));
      if (options.length === 0) continue;
      const chosen = this.random.pick(options);
      changed = chosen.object;
      what.push(chosen.what);
    }
    return { what: what.join(', then '), object: changed };
  }

  private targets(): readonly SchemaNode[] {
    const { subject } = this;
    return subject.tree.nodes.filter((node) => {
      // the server throws the status of a new object away, and metadata has a plan of its own
      if (/^\.(status|metadata|apiVersion|kind)\b/.test(node.path)) return false;
      if (!subject.isBuiltIn) return true;
      const own = this.definitionPath(node);
      if (this.known.has(own)) return false;
      this.known.add(own);
      return true;
    });
  }

  /** A node of Kubernetes' kinds by the definition that it belongs to, so that each is covered once. */
  private definitionPath(node: SchemaNode): string {
    let below = '';
    let current: SchemaNode | undefined = node;
    while (current !== undefined && (current.definition === undefined || current === node)) {
      below = (current.steps.at(-1) ?? '') + below;
      const parent: SchemaNode | undefined = this.subject.tree.parent(current);
      if (parent === undefined) return `${this.subject.name}${below}`;
      current = parent;
    }
    return `${current?.definition ?? ''} ${below}`;
  }

  private holder(node: SchemaNode): Case[] {
    const { subject } = this;
    const claim: Claim = { area: 'node', key: nodeKey(subject, node), side: 'accepted' };
    this.coverage.want(claim);
    const object = subject.isBuiltIn ? this.builtInWith(node) : this.valid.make(this.random.pick([5, 15, 30]), node.steps);
    if (object === undefined) return [];
    this.holders.set(node.path, object);
    return [{ subject, origin: 'valid', what: `with ${node.path}`, object, claims: [claim] }];
  }

  private base(): JsonObject | undefined {
    return this.bases()[0];
  }

  private bases(): readonly JsonObject[] {
    const { subject } = this;
    this.number += 1;
    return builtInObjects(subject.kind, subject.apiVersions[0] ?? '', subject.scope, this.number);
  }

  /** The right object of the kind, and the goal added to it where it is not there. */
  private builtInWith(node: SchemaNode): JsonObject | undefined {
    const { tree } = this.subject;
    const bases = this.bases();
    const holder = bases.find((each) => holds(each, node.steps));
    if (holder !== undefined) return holder;
    const [base] = bases;
    if (base === undefined) return undefined;
    let place: readonly (string | number)[] = [];
    let current = tree.root;
    let value: Json | undefined = base;
    for (const [index, step] of node.steps.entries()) {
      const key: string | number = step === '[]' ? 0 : step === '{}' ? (Object.keys((value ?? {}) as JsonObject)[0] ?? 'app') : step.slice(1);
      const next: Json | undefined = Array.isArray(value) ? (value as readonly Json[])[Number(key)] : (value as JsonObject)[key];
      const child = tree.child(current, step);
      if (child === undefined) return undefined;
      place = [...place, key];
      if (next === undefined || next === null) {
        return withValue(base, place, this.generator.value(child, 0, node.steps.slice(index + 1))) as JsonObject;
      }
      current = child;
      value = next;
    }
    return base;
  }

  private context(object: Json, at: Context['at']): Context {
    const { subject, random, generator, ours } = this;
    return { subject, object, at, random, generator, ours };
  }

  private mutations(node: SchemaNode): Case[] {
    const object = this.holders.get(node.path) ?? this.wildHolder(node);
    const context = object === undefined ? undefined : firstOccurrence({ ...this.context(object, this.nowhere()) }, node);
    if (context === undefined) return [];
    const made = MUTATORS.flatMap((mutator) => this.chosen(mutator(context)));
    return made.map((mutation) => this.mutated(this.meantToPass(mutation, context.at.place)));
  }

  /** Odd values everywhere in the right objects of a kind that Kubernetes has built in, which are judged themselves as well. */
  private odd(): Case[] {
    if (!this.subject.isBuiltIn) return [];
    const { subject } = this;
    return this.bases().flatMap((object): Case[] => {
      const places = occurrences(subject.tree, object).filter(({ place }) => place[0] !== 'metadata' && place[0] !== 'apiVersion' && place[0] !== 'kind');
      const changes = places.flatMap((at) => oddValues(this.context(object, at)));
      return [{ subject, origin: 'valid', what: 'a right object', object, claims: [] }, ...changes.map((mutation) => this.mutated(mutation))];
    });
  }

  /** A change that is meant to be accepted may ask for other changes beside it. */
  private meantToPass(mutation: Mutation, place: Place): Mutation {
    const isMeant = !this.subject.isBuiltIn && mutation.claims.some(({ side }) => side === 'accepted');
    if (!isMeant || this.ours.judge(mutation.object).accepted) return mutation;
    return { ...mutation, object: this.valid.around(mutation.object as JsonObject, place) ?? mutation.object };
  }

  /** A node that no valid object can hold is still to be refused. */
  private wildHolder(node: SchemaNode): JsonObject | undefined {
    return this.subject.isBuiltIn ? undefined : this.valid.raw(0, node.steps);
  }

  private nowhere(): Context['at'] {
    return { node: this.subject.tree.root, place: [], value: null };
  }

  /** Of the many ways to be wrong without a claim one is enough for each node. */
  private chosen(mutations: readonly Mutation[]): readonly Mutation[] {
    const claiming = mutations.filter(({ claims }) => claims.length > 0);
    const others = mutations.filter(({ claims }) => claims.length === 0);
    return [...claiming, ...this.random.shuffled(others).slice(0, 2)];
  }

  private mutated({ what, object, claims }: Mutation): Case {
    for (const claim of claims) this.coverage.want(claim);
    return { subject: this.subject, origin: 'mutated', what, object, claims };
  }

  private rules(): Case[] {
    if (this.subject.isBuiltIn) return [];
    return this.subject.tree.rules().flatMap((place) => {
      if (place.node.path.startsWith('.status')) return [];
      const starts = this.starts(place)
        .map((object) => firstOccurrence(this.context(object, this.nowhere()), place.node))
        .filter((context) => context !== undefined);
      const found = violated(starts, place);
      const [accepted] = found[0]?.claims ?? [];
      if (accepted !== undefined) this.coverage.want({ ...accepted, side: 'refused' });
      return found.map((mutation) => this.mutated(mutation));
    });
  }

  /** Right objects to begin a search for a wrong one with: those that have what the rule speaks of. */
  private starts({ node, rule }: RulePlace): readonly JsonObject[] {
    const own = this.holders.get(node.path) ?? this.valid.raw(0, node.steps);
    const below = this.subject.tree.nodes.filter(({ path, steps }) => {
      const inner = steps.slice(node.steps.length).filter((step) => step.startsWith('.'));
      return path.startsWith(node.path) && inner.length > 0 && inner.every((step) => isNamed(String(rule['rule']), step.slice(1)));
    });
    const deepest = [...below].sort((a, b) => b.steps.length - a.steps.length).slice(0, 6);
    return [own, ...deepest.map(({ path }) => this.holders.get(path)).filter((object) => object !== undefined)];
  }

  private metadata(): Case[] {
    const object = this.subject.isBuiltIn ? this.base() : this.valid.make(5);
    return object === undefined ? [] : metadataMutations({ object }).map((mutation) => this.mutated(mutation));
  }
}
