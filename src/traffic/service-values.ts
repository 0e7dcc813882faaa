import type { IConstruct } from 'constructs';
import { badReference, isObjectConstruct, requireSameCluster } from '../core/references';
import { Selector } from '../core/selector';
import type { Labels } from '../core/selector';
import { meshError } from '../errors/mesh-error';
import { workloadAccount } from '../security/callers/access-caller';
import { serviceAccountName } from '../security/callers/mesh-service-account';
import { portOf } from './kubernetes-service';
import type { ServicePort } from './kubernetes-service';
import type { FromServiceOptions } from './mesh-service-props';

/** What a service is told about itself, as values that cannot be wrong. */

interface NamedConstruct extends IConstruct {
  readonly name: string;
  readonly namespace: string;
}

/** Asked for when it is needed: a workload may be told its account until synthesis. */
export function accountOf(service: NamedConstruct, { serviceAccount, workload }: FromServiceOptions): () => string {
  const name = serviceAccount === undefined ? undefined : serviceAccountName(service, serviceAccount, service.namespace);
  if (workload !== undefined) requireSameCluster(service, workload, 'workload');
  return () => name ?? (workload === undefined ? service.name : workloadAccount(service, workload, 'workload'));
}

/** Labels of the pods behind a service. @throws MeshError when there can be no such labels. */
export function podLabels(service: IConstruct, given: Selector | Labels): Labels {
  // a service that selects nothing is one whose endpoints others keep
  const isEmpty = typeof given === 'object' && given !== null && Object.keys(given).length === 0;
  return isEmpty && !Selector.isSelector(given) ? {} : Selector.of(given, { construct: service.node.path, property: 'selector' }).matchLabels;
}

/** A port of a service. @throws MeshError when its number, name or protocol cannot be. */
export function checkedPort(given: number | ServicePort, place: { readonly construct: string; readonly property: string }): ServicePort {
  const port = portOf(typeof given === 'object' && given !== null ? given : { port: given }, place);
  return { port: port.number, name: port.name, appProtocol: port.appProtocol, protocol: port.transport };
}

/** The error for what is no service. */
export function notService(from: IConstruct | undefined, got: unknown, property = 'from'): Error {
  const expected = property === 'from' ? 'a Service or a workload: a construct of cdk8s-plus or an L1' : 'a MeshService, or a Service that another construct makes';
  return badReference(from, got, property, expected, isObjectConstruct(got) ? 'make a service of a workload with MeshService.from(workload)' : undefined);
}

/** The namespace of a service. @throws MeshError when nothing says it. */
export function requireNamespace(service: IConstruct, namespace: string | undefined): string {
  if (namespace !== undefined) return namespace;
  throw meshError({
    code: 'no-namespace',
    construct: service.node.path,
    property: 'namespace',
    got: 'none',
    expected: 'the namespace of the service',
    fix: 'give the service or its chart a namespace',
  });
}
