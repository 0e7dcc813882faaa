import { Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import { DestinationRule } from '../../../imports/istio/destination-rule';
import type { DestinationRuleTrafficPolicy } from '../../../imports/istio/destination-rule';
import { Service } from '../../../imports/kubernetes/service';
import { refuse } from '../rules/refuse';
import type { TrafficModel } from '../traffic-objects';
import type { VersionedService } from '../versioned-traffic';

/** Name of the Service that a version has of its own. */
export function nameOfVersion({ name }: Pick<VersionedService, 'name'>, version: string): string {
  return `${name}-${version}`;
}

/** Host of the Service that a version has of its own. */
export function hostOfVersion({ name, host }: Pick<VersionedService, 'name' | 'host'>, version: string): string {
  return `${nameOfVersion({ name }, version)}${host.slice(name.length)}`;
}

/**
 * The Service of one version: the ports of the whole service, and those of its pods that have the version's label. The Gateway
 * API has no subsets: its routes lead to Services.
 */
export function makeVersionService(owner: Construct, model: TrafficModel, version: string): Service {
  const { service } = model;
  return new Service(owner, `service-${version}`, {
    metadata: { name: nameOfVersion(service, version), namespace: service.namespace },
    spec: {
      // at synthesis: labels and ports of a workload may come until then
      selector: Lazy.any({ produce: () => selectorOf(model, version) }) as never,
      ports: Lazy.any({ produce: () => portsOf(model) }) as never,
    },
  });
}

/** How callers treat the pods of the service, or of one version, which has a host of its own; undefined for nothing special. */
export function policyOf({ policy }: TrafficModel, version?: string): DestinationRuleTrafficPolicy | undefined {
  const [forAll, own] = [policy?.forAll(), version === undefined ? undefined : policy?.forVersion(version)];
  // as in a subset, a part that the version says takes the place of the whole part
  return forAll === undefined && own === undefined ? undefined : { ...forAll, ...own };
}

/** The DestinationRule that says so: the Gateway API has no other way to. */
export function makePolicy(owner: Construct, id: string, model: TrafficModel, version?: string): DestinationRule {
  const { service } = model;
  return new DestinationRule(owner, id, {
    metadata: { name: version === undefined ? service.name : nameOfVersion(service, version), namespace: service.namespace },
    spec: {
      host: version === undefined ? service.host : hostOfVersion(service, version),
      trafficPolicy: Lazy.any({ produce: () => policyOf(model, version) }) as never,
    },
  });
}

function selectorOf(model: TrafficModel, version: string): Readonly<Record<string, string>> {
  const { selector = {} } = model.manifest() ?? {};
  if (Object.keys(selector).length > 0) return { ...selector, version };
  throw refuse(
    { construct: model.service.node.path, property: 'api' },
    'no-pods',
    `${model.service.host}, which selects no pods that a version could be part of`,
    "a service that selects its pods, or api: 'istio'",
    'give it a selector',
  );
}

function portsOf(model: TrafficModel): object[] {
  const { ports = [], targetPorts = [] } = model.manifest() ?? {};
  return ports.map(({ port, name, appProtocol, protocol }, index) => ({
    port,
    ...(targetPorts[index] === undefined ? {} : { targetPort: targetPorts[index] }),
    ...(name === undefined ? {} : { name }),
    ...(appProtocol === undefined ? {} : { appProtocol }),
    ...(protocol === undefined || protocol === 'TCP' ? {} : { protocol }),
  }));
}
