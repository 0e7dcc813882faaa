import { compareConstructs } from '../../core/construct-path';
import type { Finding } from '../../errors/finding';
import type { CallingService, MeshView } from './mesh-view';
import type { Manifest } from './program-manifests';
import { listIn, objectIn, textIn, textsIn } from './reading';
import { fullHost } from './mesh-routes';
import type { MeshRoutes, RouteDestination } from './mesh-routes';
import { admits, isExported } from './sidecar-hosts';
import type { SeenHost } from './sidecar-hosts';
import { sidecarFor } from './sidecars';
import type { OtherSidecar } from './sidecars';

/** What services call and cannot see, because a Sidecar or an `exportTo` of the program hides it from them. */
export function hiddenFindings(view: MeshView, isScoped: (host: string, namespace: string) => boolean): Finding[] {
  const { sidecars, dependencies: { called: calls } } = view;
  const exports = new Exports(view);
  const callers = [...view.services.values()].filter(({ host }) => calls.has(host)).sort((a, b) => compareConstructs(a.service, b.service));
  return callers.flatMap((caller) => {
    const sidecar = sidecarFor(sidecars, caller, view.roots);
    // a scope takes the place of any Sidecar but one that locks
    const binding = sidecar !== undefined && (sidecar.isLock || !isScoped(caller.host, caller.namespace)) ? sidecar : undefined;
    const construct = view.calls.get(caller.host)?.caller.node.path ?? caller.service.node.path;
    return (calls.get(caller.host) ?? []).flatMap((called) => [
      ...(binding === undefined || admits(binding.hosts, caller.namespace, called) ? [] : [hiddenBySidecar(construct, caller, called, binding)]),
      ...exports.hidden(caller, called).map(({ what, by }) => hiddenByExport(construct, caller, what, by)),
    ]);
  });
}

function hiddenBySidecar(construct: string, { namespace }: CallingService, { host }: SeenHost, { construct: by }: OtherSidecar): Finding {
  const { scope } = by.node;
  // an EgressLockdown, which stands on this module
  const lockdown = scope !== undefined && 'allows' in scope ? scope : undefined;
  return {
    code: 'hidden-host',
    construct,
    property: 'calls',
    got: `${host}, which ${(lockdown ?? by).node.path} hides from pods of the namespace ${namespace}`,
    expected: 'a host that its pods can see',
    fix: lockdown !== undefined ? 'name it in allow of the EgressLockdown, or take the call out' : 'add it to egress.hosts of that Sidecar, or take the call out',
  };
}

function hiddenByExport(construct: string, { namespace }: CallingService, what: string, by: string): Finding {
  return {
    code: 'hidden-host',
    construct,
    property: 'calls',
    got: `${what}, which exportTo of ${by} hides from the namespace ${namespace}`,
    expected: 'hosts and subsets that are exported to those who call them',
    fix: `add "${namespace}" to that exportTo, or take the call out`,
  };
}

/** What of the program is exported to some namespaces only. */
class Exports {
  private readonly hosts: ReadonlyMap<string, Exported>;
  private readonly subsets: ReadonlyMap<string, readonly Exported[]>;

  public constructor(private readonly view: MeshView) {
    const { manifests, clusterDomain } = view;
    const services = manifests.of('/Service').map((each): [string, Exported] => [`${each.name}.${each.namespace}.svc.${clusterDomain}`, exportedBy(each, annotatedExports(each))]);
    const entries = manifests.of('networking.istio.io/ServiceEntry').flatMap((each) => textsIn(each.spec, 'hosts').map((host): [string, Exported] => [host, exportedBy(each, textsIn(each.spec, 'exportTo'))]));
    this.hosts = new Map([...entries, ...services].filter(([, { exportTo }]) => exportTo.length > 0));
    this.subsets = subsetsIn(manifests.of('networking.istio.io/DestinationRule'), clusterDomain);
  }

  /** What of a call, and of where routes for it lead, a caller cannot see. */
  public hidden(caller: CallingService, { host }: SeenHost): { what: string; by: string }[] {
    const own = this.hiddenHost(caller, host);
    if (own !== undefined) return [{ what: host, by: own }];
    const routes = (this.view.routes.get(host) ?? []).filter(({ exportTo, namespace }) => isExported(exportTo, namespace, caller.namespace));
    const led = routes.flatMap((route) => route.destinations.flatMap((destination) => this.hiddenDestination(caller, route, destination)));
    return [...new Map(led.map((each) => [`${each.what} ${each.by}`, each])).values()];
  }

  private hiddenDestination(caller: CallingService, { construct }: MeshRoutes, { host, subset }: RouteDestination): { what: string; by: string }[] {
    const by = this.hiddenHost(caller, host);
    if (by !== undefined) return [{ what: `${host}, where ${construct.node.path} leads`, by }];
    const rules = subset === undefined ? [] : (this.subsets.get(`${host} ${subset}`) ?? []);
    const [first] = rules;
    if (first === undefined || rules.some(({ exportTo, namespace }) => isExported(exportTo, namespace, caller.namespace))) return [];
    return [{ what: `the subset ${subset ?? ''} of ${host}, where ${construct.node.path} leads`, by: first.path }];
  }

  private hiddenHost({ namespace }: CallingService, host: string): string | undefined {
    const exported = this.hosts.get(host);
    return exported === undefined || isExported(exported.exportTo, exported.namespace, namespace) ? undefined : exported.path;
  }
}

interface Exported {
  readonly path: string;
  readonly namespace: string;
  readonly exportTo: readonly string[];
}

function exportedBy({ construct, namespace }: Manifest, exportTo: readonly string[]): Exported {
  return { path: construct.node.path, namespace, exportTo };
}

function annotatedExports({ metadata }: Manifest): readonly string[] {
  const text = textIn(objectIn(metadata, 'annotations'), 'networking.istio.io/exportTo') ?? '';
  return text.split(',').map((each) => each.trim()).filter((each) => each !== '');
}

function subsetsIn(rules: readonly Manifest[], clusterDomain: string): Map<string, Exported[]> {
  const found = new Map<string, Exported[]>();
  for (const rule of rules) {
    const host = fullHost(textIn(rule.spec, 'host') ?? '', rule.namespace, clusterDomain);
    for (const subset of listIn(rule.spec, 'subsets')) {
      const key = `${host} ${textIn(subset, 'name') ?? ''}`;
      found.set(key, [...(found.get(key) ?? []), exportedBy(rule, textsIn(rule.spec, 'exportTo'))]);
    }
  }
  return found;
}
