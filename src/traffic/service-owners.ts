import type { IConstruct } from 'constructs';
import { Cluster } from '../core/cluster';
import { rootState } from '../core/root-state';
import { meshError } from '../errors/mesh-error';
import { NamedService } from './named-service';
import type { KnownService } from './named-service';

/** A construct that stands for a service. */
interface ServiceConstruct extends IConstruct {
  readonly name: string;
  readonly host: string;
}

/** What references to a service of another program say together. */
export function namedService(service: ServiceConstruct): NamedService {
  const known = knownServices(service).get(keyOf(service));
  return known instanceof NamedService ? known : new NamedService(service.name, service.host);
}

/**
 * Says that a construct stands for the service of its host. Two owners of one host would write two DestinationRules, of which
 * Istio follows one.
 *
 * @throws MeshError when another one does, and they are not references to one service.
 */
export function claimHost(service: ServiceConstruct, known: KnownService): void {
  const key = keyOf(service);
  const owner = meshServices(service).get(key);
  if (owner !== undefined && knownServices(service).get(key) !== known) throw secondOwner(service, owner);
  if (owner !== undefined) return;
  meshServices(service).set(key, service);
  knownServices(service).set(key, known);
}

/** The first construct that stood for each service; what judges the whole program reads it, too. */
function meshServices(service: IConstruct): Map<string, ServiceConstruct> {
  return rootState(service, 'meshServices', () => new Map<string, ServiceConstruct>());
}

function knownServices(service: IConstruct): Map<string, KnownService> {
  return rootState(service, 'knownServices', () => new Map<string, KnownService>());
}

function keyOf(service: ServiceConstruct): string {
  return `${Cluster.pathOf(service)}\n${service.host}`;
}

function secondOwner({ node, host }: ServiceConstruct, owner: IConstruct): Error {
  return meshError({
    code: 'second-owner',
    construct: node.path,
    property: 'name',
    got: `${host}, which ${owner.node.path} stands for, too`,
    expected: 'one MeshService for each Kubernetes Service that the program makes',
    fix: 'make it once and hand it on',
  });
}
