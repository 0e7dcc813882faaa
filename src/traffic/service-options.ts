import type { IConstruct } from 'constructs';
import { serviceAccountName } from '../security/callers/mesh-service-account';
import type { ServiceAccountReference } from '../security/callers/mesh-service-account';
import { meshError } from '../errors/mesh-error';
import type { FromServiceOptions } from './mesh-service-props';
import type { TrafficApi } from './traffic-objects';

/** A service that was asked for before, and the options that it was given then. */
interface KnownOptions {
  readonly service: IConstruct & { readonly namespace: string; readonly host: string };
  readonly options: FromServiceOptions;
  readonly api: TrafficApi;
}

/**
 * A service that is asked for again gets no other options than it has; to leave one out is no contradiction.
 *
 * @throws MeshError when one differs.
 */
export function requireSameOptions({ service, options, api }: KnownOptions, given: FromServiceOptions): void {
  const account = (reference: ServiceAccountReference | undefined): string | undefined =>
    reference === undefined ? undefined : serviceAccountName(service, reference, service.namespace);
  const isSame =
    (given.api === undefined || given.api === api) &&
    (given.versions === undefined || JSON.stringify(given.versions) === JSON.stringify(options.versions)) &&
    (given.serviceAccount === undefined || account(given.serviceAccount) === account(options.serviceAccount)) &&
    (given.workload === undefined || given.workload === options.workload);
  if (isSame) return;
  throw meshError({
    code: 'second-owner',
    construct: service.node.path,
    property: 'from',
    got: `other options for ${service.host} than it was first given`,
    expected: 'options at one place, none at the others',
    fix: 'give all options the first time, and hand on what that gave',
  });
}
