import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import { badReference, chartNamespace, isObjectConstruct, namespaceName, namespaceOf, requireSameCluster } from '../../core/references';
import type { NamespaceReference, ObjectConstruct } from '../../core/references';
import { Host } from '../../core/host';
import { refuse } from '../../traffic/rules/refuse';
import { requireProps } from '../../core/required-props';
import { dns1123Subdomain } from '../../validation/names';
import type { Known } from '../../core/unknown';

/** What is known of a ServiceAccount that another program makes. */
export interface NamedServiceAccountProps {
  /**
   * Name of the ServiceAccount.
   * @default - the construct's id
   */
  readonly name?: Known<string>;
  /**
   * @default - the chart's namespace
   */
  readonly namespace?: NamespaceReference;
  /**
   * Trust domain of its identity, where it is another mesh's; one of `trustDomainAliases` of this mesh's configuration.
   * @default - the cluster's
   */
  readonly trustDomain?: Known<string>;
}

/** A ServiceAccount: its name, or a construct of that kind. */
export type ServiceAccountReference = string | ObjectConstruct;

/**
 * A ServiceAccount that another program makes: the identity of whatever pods run as it. It makes no objects.
 *
 * @see https://istio.io/latest/docs/concepts/security/#istio-identity
 * @example
 * orders.allowFrom(MeshServiceAccount.fromName(chart, 'prometheus', { namespace: 'monitoring' }), { paths: ['/metrics'] });
 */
export class MeshServiceAccount extends Construct {
  /** @throws MeshError when the name or the namespace is none that Kubernetes takes, or there is no namespace. */
  public static fromName(scope: Construct, id: string, props: NamedServiceAccountProps = {}): MeshServiceAccount {
    return new MeshServiceAccount(scope, id, props);
  }

  /** What it stands for. */
  public readonly kind = 'ServiceAccount';
  public readonly name: string;
  public readonly namespace: string;
  /** Undefined for the cluster's own. */
  public readonly trustDomain: string | undefined;

  private constructor(scope: Construct, id: string, props: NamedServiceAccountProps) {
    super(scope, id);
    requireProps(this, props);
    this.namespace = namespaceName(this, props.namespace ?? chartNamespace(this) ?? '');
    this.name = serviceAccountName(this, props.name ?? id, this.namespace, 'name');
    const place = { construct: this.node.path, property: 'trustDomain' };
    this.trustDomain = props.trustDomain === undefined ? undefined : Host.of(props.trustDomain, place).value;
    // in a policy an asterisk stands for anything, and lets in accounts of any mesh
    if (this.trustDomain?.includes('*') === true) throw refuse(place, 'bad-trust-domain', JSON.stringify(this.trustDomain), 'one trust domain', 'name each of them');
  }
}

/**
 * The name of a ServiceAccount that a prop was given, for pods of `namespace`: pods run as accounts of their own.
 *
 * @throws MeshError when it is neither a name nor a ServiceAccount of that namespace.
 */
export function serviceAccountName(from: IConstruct, given: ServiceAccountReference, namespace: string, property = 'serviceAccount'): string {
  const expected = `a ServiceAccount of the namespace ${namespace}: its name, or a construct of that kind`;
  if (typeof given === 'string' && dns1123Subdomain(given).length === 0) return given;
  if (!isObjectConstruct(given) || given.kind !== 'ServiceAccount') throw badReference(from, given, property, expected);
  requireSameCluster(from, given, property);
  const other = namespaceOf(given);
  if (other === namespace || isNamedOnly(given)) return given.name;
  throw badReference(from, given, property, expected, `it is in ${other ?? 'no namespace'}, and pods run as accounts of their own namespace`);
}

/** cdk8s-plus takes what it knows by name only to be in the namespace `default`, unless told otherwise. */
function isNamedOnly(account: ObjectConstruct): boolean {
  return !('metadata' in account) && !('namespace' in account);
}
