import { Lazy } from 'cdk8s';
import type { ApiObject } from 'cdk8s';
import { Cluster } from '../core/cluster';
import { Duration } from '../core/duration';
import { MeshObject } from '../core/mesh-object';
import type { Finding } from '../errors/finding';
import type { FormObject } from './ingress-form';
import type { GatewayPlan, HostPlan } from './ingress-plan';
import { canBeSigned } from './tls-names';
import type { CertManagerTls } from './tls-options';

/** cert-manager's own kind, of which this library has no rules. */
const CERTIFICATE = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', scope: 'Namespaced' } as const;
const OWN_GROUP = 'cert-manager.io';

interface Requested {
  readonly plan: HostPlan;
  readonly request: CertManagerTls;
  readonly secretName: string;
}

/** A Certificate for each Secret that cert-manager is to keep, for all hosts that are served with it. */
export function certificates(current: () => readonly GatewayPlan[]): ReadonlyMap<string, FormObject> {
  const objects = new Map<string, FormObject>();
  for (const [key, [first]] of requests(current())) {
    if (first === undefined) continue;
    const make = (): ApiObject => certificate(first, () => requests(current()).get(key) ?? []);
    objects.set(key, { owner: first.plan.first.scope, make, patchedBy: [] });
  }
  return objects;
}

/** Certificates that nobody can give. */
export function certificateFindings(plans: readonly GatewayPlan[]): Finding[] {
  const bySecret = [...requests(plans).values()];
  return [...bySecret.flat().flatMap(unsignedName), ...bySecret.flatMap(asksOtherwise)];
}

/** Authorities sign wildcards of a whole label only, and none for all hosts there are. */
function unsignedName({ plan }: Requested): Finding[] {
  const { host, tls, first } = plan;
  if (tls.dnsNames !== undefined || canBeSigned(host)) return [];
  return [
    {
      code: 'uncovered-host',
      construct: first.owner.node.path,
      property: 'host',
      got: `${host}, which cert-manager is to get a certificate for`,
      expected: 'a name that an authority signs, such as "shop.example.com" or "*.example.com"',
      fix: 'name the hosts, or take the certificate of a Secret: Tls.secret(name)',
    },
  ];
}

/** Two that ask for the same Secret otherwise: cert-manager would renew it for the one and the other in turn. */
function asksOtherwise([first, ...others]: readonly Requested[]): Finding[] {
  if (first === undefined) return [];
  return others.filter((each) => specText(each) !== specText(first)).map(({ plan, secretName }) => ({
    code: 'host-differs',
    construct: plan.first.owner.node.path,
    property: 'tls',
    got: `the Secret ${secretName}, which ${first.plan.first.owner.node.path} has cert-manager keep otherwise`,
    expected: 'one Certificate for each Secret',
    fix: 'hand on one Tls to both, or give each a secretName of its own',
  }));
}

/** By what becomes one Certificate. */
function requests(plans: readonly GatewayPlan[]): Map<string, Requested[]> {
  const bySecret = new Map<string, Requested[]>();
  for (const plan of plans.flatMap(({ hosts }) => hosts)) {
    const { tls, secretName, first } = plan;
    if (tls.certificate?.kind !== 'cert-manager' || secretName === undefined) continue;
    const key = [Cluster.pathOf(first.owner), first.gateway.namespace, secretName].join('\n');
    bySecret.set(key, [...(bySecret.get(key) ?? []), { plan, request: tls.certificate.request, secretName }]);
  }
  return bySecret;
}

function certificate({ plan, request, secretName }: Requested, all: () => readonly Requested[]): MeshObject {
  const { issuer, kind = 'ClusterIssuer', group, duration, renewBefore } = request;
  return new MeshObject(plan.first.scope, 'certificate', CERTIFICATE, {
    metadata: { name: secretName, namespace: plan.first.gateway.namespace },
    spec: {
      secretName,
      dnsNames: Lazy.any({ produce: () => namesOf(all()) }),
      issuerRef: { name: issuer, kind, group: group ?? OWN_GROUP },
      ...(duration === undefined ? {} : { duration: Duration.of(duration).value }),
      ...(renewBefore === undefined ? {} : { renewBefore: Duration.of(renewBefore).value }),
      usages: ['digital signature', 'key encipherment', 'server auth'],
    },
  } as never);
}

function namesOf(all: readonly Requested[]): string[] {
  return [...new Set(all.flatMap(({ plan }) => plan.tls.dnsNames ?? [plan.host]))].sort();
}

function specText({ request: { issuer, kind = 'ClusterIssuer', group = OWN_GROUP, duration, renewBefore } }: Requested): string {
  const time = (given: Duration | string | undefined): string => (given === undefined ? '' : Duration.of(given).value);
  return [issuer, kind, group, time(duration), time(renewBefore)].join('\n');
}
