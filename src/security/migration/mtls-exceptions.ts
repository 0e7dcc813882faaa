import { isJsonObject } from '../../rules/json';
import { objectIn, textIn } from '../../traffic/scope/reading';
import { selectedLabels } from '../mtls/program-policies';
import type { ProgramObject } from '../mtls/program-policies';
import { picks } from '../mtls/program-pods';
import type { MigrationView } from './migration-view';
import type { PlannedStage } from './mtls-stages';
import type { QueriedPods } from './plain-text-queries';

/** Pods, or ports of them, that go on taking plain text: the program says so in a policy of its own. */
export interface MtlsException {
  readonly namespace: string;
  /** Labels of the pods, such as `app=orders`; undefined for all of the namespace. */
  readonly pods: string | undefined;
  /** Ports of the pods; none for all. */
  readonly ports: readonly number[];
  readonly mode: 'PERMISSIVE' | 'DISABLE';
  /** Path of the policy. */
  readonly construct: string;
}

/** Exceptions of the program in some namespaces, by namespace and path. */
export function exceptionsIn(view: MigrationView, namespaces: readonly string[]): readonly MtlsException[] {
  const policies = view.policies.filter(({ namespace }) => namespaces.includes(namespace));
  const found = policies.flatMap((policy): MtlsException[] => {
    const labels = Object.entries(selectedLabels(policy)).sort(([a], [b]) => (a < b ? -1 : 1));
    const common = { namespace: policy.namespace, pods: labels.length === 0 ? undefined : labels.map(([key, value]) => `${key}=${value}`).join(','), construct: policy.construct.node.path };
    const whole = looseMode(textIn(objectIn(policy.spec, 'mtls'), 'mode'));
    const byPort = Object.entries(labels.length === 0 ? {} : objectIn(policy.spec, 'portLevelMtls'));
    const ports = byPort.flatMap(([port, mtls]) => {
      const mode = isJsonObject(mtls) ? looseMode(textIn(mtls, 'mode')) : undefined;
      return mode === undefined ? [] : [{ mode, port: Number(port) }];
    });
    const modes = (['DISABLE', 'PERMISSIVE'] as const).map((mode) => ({ mode, ports: ports.filter((each) => each.mode === mode).map(({ port }) => port).sort((a, b) => a - b) }));
    return [...(whole === undefined ? [] : [{ ...common, ports: [], mode: whole }]), ...modes.filter((each) => each.ports.length > 0).map(({ mode, ports: some }) => ({ ...common, ports: some, mode }))];
  });
  return found.sort((a, b) => (`${a.namespace} ${a.construct}` < `${b.namespace} ${b.construct}` ? -1 : 1));
}

function looseMode(mode: string | undefined): 'PERMISSIVE' | 'DISABLE' | undefined {
  return mode === 'PERMISSIVE' || mode === 'DISABLE' ? mode : undefined;
}

/** Workloads with exceptions, by namespace: the metrics of proxies name them, and not their ports. */
export function exceptedWorkloads(view: MigrationView, { namespaces }: PlannedStage): Pick<QueriedPods, 'exceptions' | 'mingled'> {
  const found = exceptingPolicies(view, namespaces).map((policy) => {
    const workloads = view.podsIn(policy.namespace).filter((pods) => picks(selectedLabels(policy), pods));
    return { namespace: policy.namespace, workloads: workloads.map(({ name }) => name) };
  });
  const names = [...new Set(found.map(({ namespace }) => namespace))];
  return {
    exceptions: new Map(names.map((name) => [name, [...new Set(found.filter(({ namespace }) => namespace === name).flatMap(({ workloads }) => workloads))]])),
    mingled: names.filter((name) => found.some(({ namespace, workloads }) => namespace === name && workloads.length === 0)).sort(),
  };
}

function exceptingPolicies(view: MigrationView, namespaces: readonly string[]): readonly ProgramObject[] {
  const policies = view.policies.filter((policy) => namespaces.includes(policy.namespace) && Object.keys(selectedLabels(policy)).length > 0);
  return policies.filter((policy) => exceptionsIn(view, [policy.namespace]).some(({ construct }) => construct === policy.construct.node.path));
}
