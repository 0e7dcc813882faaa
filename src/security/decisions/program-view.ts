import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { SynthSession } from '../../core/synth-session';
import type { JsonObject } from '../../rules/json';
import { accessProgram as saidOf } from '../access/grants';
import { withCallers } from '../access/named-grants';
import type { NamedGrant } from '../access/policy-rules';
import { picks, programPods } from '../mtls/program-pods';
import type { ProgramPods } from '../mtls/program-pods';
import { possiblePods } from './applying-policies';
import type { PlainPolicy, Policies, Pods } from './plain-policies';
import { policiesOfManifests, trustedProxiesOf } from './policies-of-manifests';

/** All that a program says that decisions hang on, as it will be written; read once. */
export class ProgramView {
  private readonly clusters = new Map<string, readonly Policies[]>();
  private readonly written: readonly { readonly manifest: JsonObject; readonly construct: string; readonly cluster: string }[];
  private readonly allPods = new Map<string, readonly ProgramPods[]>();
  private readonly made = new Map<PlainPolicy, readonly NamedGrant[]>();
  /** What the program said of access, with callers as policies name them. */
  private readonly grants: readonly NamedGrant[];

  /** To be asked for while all is rendered. */
  public constructor(public readonly root: IConstruct) {
    this.written = writtenObjects(root);
    this.grants = withCallers(saidOf(root).grants);
  }

  /** The policies of a cluster, once for each control plane that it has. */
  public of(cluster: string, trustDomain: string): readonly Policies[] {
    const known = this.clusters.get(cluster) ?? policiesOfManifests(this.written.filter((each) => each.cluster === cluster), { trustDomains: [trustDomain] });
    this.clusters.set(cluster, known);
    return known;
  }

  /** The grants that a policy is made of; looked for once. */
  public grantsOf(policy: PlainPolicy, isOf: (grant: NamedGrant) => boolean): readonly NamedGrant[] {
    const known = this.made.get(policy) ?? this.grants.filter(isOf);
    this.made.set(policy, known);
    return known;
  }

  /** Objects of a cluster of that kind. */
  public objects(cluster: string, kind: string): readonly JsonObject[] {
    return this.written.filter((each) => each.cluster === cluster && each.manifest['kind'] === kind).map(({ manifest }) => manifest);
  }

  /** Workloads of the program whose pods have these labels. */
  public workloads(cluster: string, namespace: string, labels: Readonly<Record<string, string>>): readonly ProgramPods[] {
    return this.workloadsIn(cluster, namespace).filter((workload) => picks(labels, workload));
  }

  /** All workloads of a namespace that the program has. */
  public workloadsIn(cluster: string, namespace: string): readonly ProgramPods[] {
    const all = this.allPods.get(cluster) ?? programPods(this.root, cluster);
    this.allPods.set(cluster, all);
    return all.filter((workload) => workload.namespace === namespace);
  }

  /** Pods with these labels: those of each workload that the program has, or else such as another program may have. */
  public pods(policies: Policies, cluster: string, { namespace, labels, isGateway }: Pods): readonly Pods[] {
    const found = this.workloads(cluster, namespace, labels);
    if (found.length === 0) return possiblePods(policies, { namespace, labels, isGateway });
    return found.map((each) => {
      const trustedProxies = trustedProxiesOf(each.annotations['proxy.istio.io/config']);
      return { namespace, labels: each.labels, isGateway, ...(trustedProxies === undefined ? {} : { trustedProxies }) };
    });
  }
}

/** What cannot be rendered is a finding of the synthesis. */
function writtenObjects(root: IConstruct): { manifest: JsonObject; construct: string; cluster: string }[] {
  return SynthSession.of(root).constructs().flatMap((construct) => {
    if (!ApiObject.isApiObject(construct)) return [];
    try {
      return [{ manifest: construct.toJson() as JsonObject, construct: construct.node.path, cluster: Cluster.pathOf(construct) }];
    } catch {
      return [];
    }
  });
}
