import { ApiObject } from 'cdk8s';
import type { App, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { Finding } from '../errors/finding';
import type { JsonObject } from '../rules/json';
import { rootState } from './root-state';
import { checkAll, planAll } from './settle';
import { constructFindings, renderTree } from './synthesis';
import type { Synthesis } from './synthesis';
import { requireNoUnknowns } from './unknown-in-files';
import { validateRendering } from './validate-tree';

const WATCHED = Symbol.for('mesh-constructs.SynthSession.watched');

/**
 * One synthesis of an app, by whichever way it is asked for: `app.synth()`, `app.synthYaml()`, `chart.toJson()` (which
 * `Testing.synth()` calls).
 *
 * cdk8s validates the whole app again for every chart that it writes, and renders objects once to check and once to
 * write. While a session is open, the app is settled and validated once and every object is rendered once; when it
 * closes, everything is forgotten, so a program may change its objects and synthesize again.
 */
export class SynthSession {
  /** The session of the app that `construct` is in. */
  public static of(construct: IConstruct): SynthSession {
    return rootState(construct, 'synthSession', (root) => new SynthSession(root));
  }

  private depth = 0;
  private synthesis: Synthesis | undefined;
  /** True once planners are done: what is rendered before may still change. */
  private settled = false;
  /** True while constructs are asked for their own validations, of which the session is one. */
  private asking = false;
  private readonly known = new Map<object, unknown>();
  private readonly held: ApiObject[] = [];

  private constructor(private readonly root: IConstruct) {
    root.node.addValidation({
      validate: () => {
        if (this.asking) return [];
        this.run(() => this.synthesize());
        return [];
      },
    });
    if (isApp(root)) {
      this.wrap(root, 'synth', requireNoUnknowns);
      this.wrap(root, 'synthYaml', requireNoUnknowns);
    }
  }

  /** Makes the entries that lead to `object` open a session. */
  public watch(object: ApiObject): void {
    const chart = object.chart as Chart & { [WATCHED]?: true };
    if (chart[WATCHED] === true) return;
    Object.defineProperty(chart, WATCHED, { value: true });
    this.wrap(chart, 'toJson');
  }

  /**
   * Settles, renders and validates the app; once while a session is open.
   *
   * @throws MeshError with all that planners, rendering, the constructs' own validations and ours find, sorted.
   */
  public synthesize(): Synthesis {
    if (this.synthesis !== undefined) return this.synthesis;
    this.forget();
    const refused = [...planAll(this.root)];
    this.settled = true;
    this.holdForeignObjects();
    refused.push(...checkAll(this.root));
    const { objects, findings } = renderTree(this.constructs());
    const synthesis = validateRendering({ objects, findings: [...refused, ...findings, ...this.askConstructs()] });
    if (this.depth > 0) this.synthesis = synthesis;
    return synthesis;
  }

  /** Runs `body` with a session open. */
  public run<T>(body: () => T): T {
    this.depth += 1;
    try {
      // before cdk8s looks at the tree: planners may add objects
      this.synthesize();
      return body();
    } finally {
      this.depth -= 1;
      if (this.depth === 0) this.close();
    }
  }

  /** The manifest of `object`: made by `produce`, once while a session is open. */
  public render(object: ApiObject, produce: () => JsonObject): JsonObject {
    return this.once(object, produce);
  }

  /** All constructs of the app, in the order of the tree. */
  public constructs(): readonly IConstruct[] {
    return this.once(this, () => this.root.node.findAll());
  }

  /**
   * What `find` finds out; it is asked once for each key while a session is open and planners are done, as nothing changes then,
   * and each time otherwise.
   */
  public once<T>(key: object, find: () => T): T {
    if (this.depth === 0 || !this.settled) return find();
    if (this.known.has(key)) return this.known.get(key) as T;
    const found = find();
    this.known.set(key, found);
    return found;
  }

  /** Objects of other libraries render themselves at each call; while a session is open they do so once, too. */
  private holdForeignObjects(): void {
    if (this.depth === 0) return;
    for (const object of this.constructs()) {
      if (!ApiObject.isApiObject(object) || 'renderManifest' in object || Object.hasOwn(object, 'toJson')) continue;
      const produce = object.toJson.bind(object) as () => JsonObject;
      Object.defineProperty(object, 'toJson', { configurable: true, value: () => this.render(object, produce) });
      this.held.push(object);
    }
  }

  private askConstructs(): readonly Finding[] {
    this.asking = true;
    try {
      return constructFindings(this.constructs());
    } finally {
      this.asking = false;
    }
  }

  /** Makes a method open a session; `check` refuses what the method cannot work with. */
  private wrap<K extends string>(target: { [key in K]: () => unknown }, method: K, check?: (synthesis: Synthesis) => void): void {
    const original = target[method];
    const wrapped = (): unknown =>
      this.run(() => {
        check?.(this.synthesize());
        return original.call(target);
      });
    Object.defineProperty(target, method, { configurable: true, writable: true, value: wrapped });
  }

  private close(): void {
    this.synthesis = undefined;
    this.forget();
  }

  private forget(): void {
    this.settled = false;
    this.known.clear();
    for (const object of this.held.splice(0)) Reflect.deleteProperty(object, 'toJson');
  }
}

/** By what it can do: two copies of cdk8s in one program have two App classes. */
function isApp(root: IConstruct): root is App {
  return 'synth' in root && 'synthYaml' in root;
}
