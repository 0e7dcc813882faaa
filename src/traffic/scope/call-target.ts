import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { compareConstructs } from '../../core/construct-path';
import { isConstruct } from '../../core/place';
import { badReference, isObjectConstruct, requireSameCluster } from '../../core/references';
import type { ObjectConstruct } from '../../core/references';
import { rootState } from '../../core/root-state';
import { closest } from '../../errors/closest';
import { meshError } from '../../errors/mesh-error';

/** What can be called by its host: a `MeshService` or an `ExternalService`. */
export interface CallTarget extends IConstruct {
  /** The full name that Istio knows it by. */
  readonly host: string;
  /** Namespace of its Service or ServiceEntry. */
  readonly namespace: string;
}

/** Told by their marks and not by their classes: services outside of the mesh stand on those inside. */
const BRANDS = ['MeshService', 'ExternalService'].map((name) => Symbol.for(`mesh-constructs.${name}`));

/**
 * What a caller says that it calls.
 *
 * @param serviceOf the service that a Service of another library stands for
 * @throws MeshError when it is no service, in another cluster, or the caller itself.
 */
export function requireCallTarget(caller: CallTarget, given: unknown, serviceOf: (service: ObjectConstruct) => CallTarget): CallTarget {
  requireSameClusterOrName(caller, given);
  const target = isCallTarget(given) ? given : isService(given) ? serviceOf(given) : undefined;
  if (target === undefined) throw badReference(caller, given, 'calls', EXPECTED, 'name what has a Service of its own: MeshService.from(workload)');
  if (target.host !== caller.host) return target;
  throw meshError({
    code: 'calls-itself',
    construct: caller.node.path,
    property: 'calls',
    got: target.host,
    expected: 'other services: pods of one service reach each other without being told',
    fix: 'take it out',
  });
}

const EXPECTED = 'a MeshService, an ExternalService, or a Service that another construct makes';

/** A host as text is no reference, but may well be that of a service of the program. */
function requireSameClusterOrName(caller: CallTarget, given: unknown): void {
  if (Array.isArray(given)) throw badReference(caller, given, 'calls', EXPECTED, 'leave the brackets out: web.calls(orders, stock)');
  if (isConstruct(given) || typeof given !== 'string') return requireSameCluster(caller, given, 'calls', EXPECTED);
  const services = [...rootState(caller, 'meshServices', () => new Map<string, CallTarget & { readonly name: string }>()).values()];
  const known = services.filter((service) => Cluster.pathOf(service) === Cluster.pathOf(caller) && service.host !== caller.host).sort(compareConstructs);
  const meant = closest(given, known.flatMap(({ host, name }) => [host, name]));
  const service = known.find(({ host, name }) => meant === host || meant === name);
  throw badReference(
    caller,
    given,
    'calls',
    EXPECTED,
    service === undefined ? 'make an ExternalService for a host outside, or name a service of another program with MeshService.fromName()' : `did you mean ${service.node.path}? Hand it on`,
  );
}

function isCallTarget(given: unknown): given is CallTarget {
  return BRANDS.some((brand) => brand in (given as object));
}

function isService(given: unknown): given is ObjectConstruct {
  return isObjectConstruct(given) && given.kind === 'Service';
}
