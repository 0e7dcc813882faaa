import { Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import { Service } from '../../imports/kubernetes/service';
import { namespaceOf } from '../core/references';
import type { ObjectConstruct } from '../core/references';
import type { Labels } from '../core/selector';
import { meshError } from '../errors/mesh-error';
import type { ServicePort } from './kubernetes-service';
import { readWorkload } from './kubernetes-workload';
import { manifestPorts } from './service-ports';
import type { ManifestPort } from './service-ports';

const ID = 'mesh-service';

/**
 * The Service of a workload, made once: of the workload's name and in its namespace, for the ports of its containers.
 *
 * @param hasVersions whether pods of other versions are behind the service, too
 */
export function workloadService(workload: ObjectConstruct, hasVersions: boolean): Service {
  const known = workload.node.tryFindChild(ID);
  if (known !== undefined) return known as Service;
  const namespace = namespaceOf(workload);
  return new Service(workload as unknown as Construct, ID, {
    metadata: { name: workload.name, ...(namespace === undefined ? {} : { namespace }) },
    spec: {
      // at synthesis: containers and labels may be added until then
      selector: Lazy.any({ produce: () => labelsOfPods(workload, hasVersions) }) as never,
      ports: Lazy.any({ produce: () => containerPorts(workload) }) as never,
    },
  });
}

/**
 * Labels of the workload's pods. Without `version` where the service has versions: it has the pods of all of them.
 *
 * @throws MeshError when the pods have no labels.
 */
export function labelsOfPods(workload: ObjectConstruct, hasVersions: boolean): Labels {
  const { version: _version, ...others } = readWorkload(workload)?.labels ?? {};
  const labels = hasVersions ? others : (readWorkload(workload)?.labels ?? {});
  if (Object.keys(labels).length > 0) return labels;
  throw meshError({
    code: 'no-pods',
    construct: workload.node.path,
    property: 'selector',
    got: 'a workload whose pods have no labels to pick them by',
    expected: 'labels that tell its pods, such as { app: "web" }',
    fix: 'give the template of its pods labels, and select by them',
  });
}

/**
 * Ports of the workload's containers, each once, as ports of a Service.
 *
 * @throws MeshError when its containers name none.
 */
export function containerPorts(workload: ObjectConstruct): ManifestPort[] {
  const place = { construct: workload.node.path, property: 'ports' };
  const ports = new Map<string, ServicePort>();
  for (const port of readWorkload(workload)?.ports ?? []) ports.set(`${port.port} ${port.protocol ?? 'TCP'}`, port);
  return manifestPorts([...ports.values()], place);
}
