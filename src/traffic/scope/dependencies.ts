import { namespaceOfPrincipal } from './expected-callers';
import type { CallingService, MeshView } from './mesh-view';
import type { SeenHost } from './sidecar-hosts';

/** What pods call, by who they are. */
export interface Dependencies {
  /** By the host of the service that may call: what a scope must not hide. */
  readonly ofService: ReadonlyMap<string, readonly SeenHost[]>;
  /** By the host of the service that does: without what is open to all of its namespace. */
  readonly called: ReadonlyMap<string, readonly SeenHost[]>;
  /** By namespace: what its services call, and whatever else in it is let in somewhere. */
  readonly ofNamespace: ReadonlyMap<string, readonly SeenHost[]>;
}

type Labels = Readonly<Record<string, string>>;

/**
 * What services call: what they said (`calls`), what lets them in by name (`allowFrom`), and what has a route for their
 * requests. Without the latter two, a scope would cut off callers whom the other side waits for.
 */
export function dependenciesIn(view: MeshView): Dependencies {
  const found = new Found();
  const pods = new PodIndex(view);
  for (const [host, { caller, targets }] of view.calls) {
    for (const { namespace, host: called } of targets.values()) found.addCall(host, caller.namespace, { namespace, host: called });
  }
  for (const expected of view.expected) {
    const { namespace: where, labels } = expected.pods;
    const targets = [
      ...(Object.keys(labels).length === 0 ? [] : pods.behind(where, labels)),
      ...expected.services.map((name) => ({ namespace: where, host: `${name}.${where}.svc.${view.clusterDomain}` })),
      ...expected.hosts.map((host) => view.seen(host)),
    ];
    // an account may be that of no service
    const principals = expected.principals.filter((principal) => !view.gateways.has(principal));
    for (const target of targets) {
      for (const { host, namespace } of principals.flatMap((principal) => view.byPrincipal.get(principal) ?? [])) found.addCall(host, namespace, target);
      for (const namespace of principals.flatMap((principal) => namespaceOfPrincipal(principal) ?? [])) found.addNamespace(namespace, target);
      for (const namespace of expected.namespaces) {
        found.addNamespace(namespace, target);
        for (const { host } of view.byNamespace.get(namespace) ?? []) found.add(host, target);
      }
    }
  }
  for (const routes of new Set([...view.routes.values()].flat())) {
    for (const { namespace, labels } of routes.sources) {
      const callers = namespace === undefined ? [] : pods.behind(namespace, labels);
      for (const caller of callers) for (const host of routes.hosts) found.addCall(caller.host, caller.namespace, view.seen(host));
    }
  }
  return { ofService: found.services, called: found.calls, ofNamespace: found.namespaces };
}

/** Services by the labels of their pods. */
class PodIndex {
  private readonly byLabels = new Map<string, CallingService[]>();

  public constructor(private readonly view: MeshView) {
    for (const service of view.services.values()) {
      const key = keyOf(service.namespace, service.selector);
      this.byLabels.set(key, [...(this.byLabels.get(key) ?? []), service]);
    }
  }

  /** Services of the namespace that have such pods; where none has exactly those, all whose labels say more, or less. */
  public behind(namespace: string, labels: Labels): readonly CallingService[] {
    const exact = this.byLabels.get(keyOf(namespace, labels));
    if (exact !== undefined) return exact;
    return (this.view.byNamespace.get(namespace) ?? []).filter(({ selector }) => isPart(labels, selector) || (Object.keys(selector).length > 0 && isPart(selector, labels)));
  }
}

/** Whether pods that have all of `labels` are picked by `selector`. */
export function isPart(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([name, value]) => labels[name] === value);
}

function keyOf(namespace: string, labels: Labels): string {
  return JSON.stringify([namespace, ...Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

class Found {
  public readonly services = new Map<string, SeenHost[]>();
  public readonly calls = new Map<string, SeenHost[]>();
  public readonly namespaces = new Map<string, SeenHost[]>();
  private readonly known = new Map<Map<string, SeenHost[]>, Set<string>>();

  public addCall(caller: string, callerNamespace: string, called: SeenHost): void {
    if (caller === called.host) return;
    this.put(this.calls, caller, called);
    this.add(caller, called);
    this.addNamespace(callerNamespace, called);
  }

  public add(caller: string, called: SeenHost): void {
    if (caller !== called.host) this.put(this.services, caller, called);
  }

  public addNamespace(caller: string, called: SeenHost): void {
    this.put(this.namespaces, caller, called);
  }

  private put(into: Map<string, SeenHost[]>, key: string, { namespace, host }: SeenHost): void {
    const known = this.known.get(into) ?? new Set<string>();
    this.known.set(into, known);
    const mark = `${key} ${namespace}/${host}`;
    if (known.has(mark)) return;
    known.add(mark);
    const list = into.get(key);
    if (list === undefined) into.set(key, [{ namespace, host }]);
    else list.push({ namespace, host });
  }
}
