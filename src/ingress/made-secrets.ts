import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Cluster } from '../core/cluster';
import type { Finding } from '../errors/finding';

interface MadeSecret {
  readonly construct: IConstruct;
  readonly cluster: string;
  readonly name: string;
  readonly namespace: string | undefined;
}

/** A Secret that a construct names, and the namespace that the proxies which need it read theirs of. */
export interface NamedSecret {
  readonly owner: IConstruct;
  readonly property: string;
  readonly name: string;
  readonly namespace: string;
}

/** Warnings of Secrets that are named, and that the program makes only where none of the proxies reads them. */
export function misplacedSecrets(named: readonly NamedSecret[]): Finding[] {
  const [first] = named;
  if (first === undefined) return [];
  const made = secretsOf(first.owner.node.root);
  return named.flatMap((secret) => misplaced(secret, made));
}

function misplaced({ owner, property, name, namespace }: NamedSecret, made: readonly MadeSecret[]): Finding[] {
  const cluster = Cluster.pathOf(owner);
  const ofName = made.filter((each) => each.cluster === cluster && each.name === name);
  const elsewhere = ofName[0];
  if (elsewhere === undefined || ofName.some((each) => each.namespace === namespace)) return [];
  return [
    {
      code: 'unread-secret',
      severity: 'warning',
      construct: owner.node.path,
      property,
      got: `the Secret ${name}, which ${elsewhere.construct.node.path} makes in the namespace ${elsewhere.namespace ?? '(none)'}`,
      expected: `a Secret in ${namespace}, where the pods of the gateway read theirs`,
      fix: `make it there, too: metadata: { namespace: '${namespace}' }`,
    },
  ];
}

function secretsOf(root: IConstruct): MadeSecret[] {
  return root.node.findAll().flatMap((construct) => {
    if (!ApiObject.isApiObject(construct) || construct.kind !== 'Secret') return [];
    return [{ construct, cluster: Cluster.pathOf(construct), name: construct.name, namespace: construct.metadata.namespace }];
  });
}
