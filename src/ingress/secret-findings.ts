import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Cluster } from '../core/cluster';
import type { Finding } from '../errors/finding';
import type { GatewayPlan, HostPlan } from './ingress-plan';

interface MadeSecret {
  readonly construct: IConstruct;
  readonly cluster: string;
  readonly name: string;
  readonly namespace: string | undefined;
}

/** Secrets that routes name, and that the program makes only where no pods of the gateway read them. */
export function secretFindings(plans: readonly GatewayPlan[]): Finding[] {
  const named = plans.flatMap(({ hosts }) => hosts).filter(({ tls }) => tls.certificate?.kind === 'secret');
  const first = named[0];
  if (first === undefined) return [];
  const made = secretsOf(first.first.owner.node.root);
  return named.flatMap((plan) => misplaced(plan, made));
}

function misplaced({ tls, first }: HostPlan, made: readonly MadeSecret[]): Finding[] {
  const { namespace } = first.gateway;
  const cluster = Cluster.pathOf(first.owner);
  const asked = [tls.certificate?.kind === 'secret' ? tls.certificate.secret : undefined, tls.clientCa];
  return asked.flatMap((secret) => {
    // a construct says where it is itself
    if (secret === undefined || secret.construct !== undefined) return [];
    const ofName = made.filter((each) => each.cluster === cluster && each.name === secret.name);
    const elsewhere = ofName[0];
    if (elsewhere === undefined || ofName.some((each) => each.namespace === namespace)) return [];
    return [
      {
        code: 'unread-secret',
        severity: 'warning' as const,
        construct: first.owner.node.path,
        property: 'tls',
        got: `the Secret ${secret.name}, which ${elsewhere.construct.node.path} makes in the namespace ${elsewhere.namespace ?? '(none)'}`,
        expected: `a Secret in ${namespace}, where the pods of the gateway read theirs`,
        fix: 'make it there, too; or give the construct in place of its name',
      },
    ];
  });
}

function secretsOf(root: IConstruct): MadeSecret[] {
  return root.node.findAll().flatMap((construct) => {
    if (!ApiObject.isApiObject(construct) || construct.kind !== 'Secret') return [];
    return [{ construct, cluster: Cluster.pathOf(construct), name: construct.name, namespace: construct.metadata.namespace }];
  });
}
