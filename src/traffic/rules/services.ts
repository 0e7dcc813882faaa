import type { IConstruct } from 'constructs';
import { isObjectConstruct } from '../../core/references';
import type { ObjectConstruct } from '../../core/references';
import type { ServiceFacts } from '../kubernetes-service';
import type { MeshService } from '../mesh-service';

/** A source as the service that it stands for, where it is one. */
export type FactsOf = (source: unknown) => { readonly namespace: string; readonly facts: () => Pick<ServiceFacts, 'selector'> } | undefined;

/** What a rule asks of services that it is given. */
export interface Services {
  readonly of: (given: unknown, property: string) => MeshService;
  readonly factsOf: FactsOf;
}

/** What tells services: the class `MeshService`. Handed in, as it makes rules itself. */
export interface ServiceReader {
  of(from: IConstruct, given: MeshService | ObjectConstruct, property: string): MeshService;
  isMeshService(value: unknown): value is MeshService;
}

/**
 * How the rules of a construct read the services that they are given.
 *
 * @param owner the construct that an error names, and in whose cluster services have to be
 */
export function servicesFor(owner: IConstruct, reader: ServiceReader): Services {
  const of = (given: unknown, property: string): MeshService => reader.of(owner, given as MeshService, property);
  return {
    of,
    factsOf: (source) => {
      if (!reader.isMeshService(source) && !(isObjectConstruct(source) && source.kind === 'Service')) return undefined;
      const service = of(source, 'match.source');
      return { namespace: service.namespace, facts: () => service };
    },
  };
}
