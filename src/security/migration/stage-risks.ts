import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import type { Finding } from '../../errors/finding';
import { DestinationHosts } from '../mtls/destination-hosts';
import { mtlsClashes } from '../mtls/mtls-clashes';
import type { PeerPolicy } from '../mtls/mtls-mode';
import { apiServerRisks } from './api-server-risks';
import { clientRisks } from './client-risks';
import type { MigrationView } from './migration-view';
import type { MtlsRisk } from './mtls-risk';
import type { MigrationPlan, PlannedStage } from './mtls-stages';
import { outsideRisks } from './outside-risks';
import { podRisks } from './pod-risks';
import { scrapeRisks } from './scrape-risks';

/** What each stage of a plan would break, by the number of the stage. */
export function stageRisks(view: MigrationView, { stages }: MigrationPlan): ReadonlyMap<number, readonly MtlsRisk[]> {
  const { migration, root, policies } = view;
  const hosts = new DestinationHosts(migration.node.root, Cluster.pathOf(migration), [root]);
  const clashes = (made: readonly PeerPolicy[]): readonly Finding[] => mtlsClashes(hosts, [...policies, ...made]);
  // those that there are whatever the migration does are refused already
  const before = new Set(clashes([]).map(placeOf));
  const own = (made: readonly PeerPolicy[]): readonly Finding[] => mtlsClashes(hosts, [...policies, ...made], (tls, mode) => tls === 'MUTUAL' && mode === 'STRICT');
  const ownBefore = new Set(own([]).map(placeOf));
  return new Map(
    stages.map((stage) => [
      stage.number,
      sorted([
        ...(stage === firstStrict(stages) ? meshRisks(view) : []),
        ...lookedAt(view, stage).flatMap((namespace) => risksOf(view, namespace)),
        ...clashes(policiesOf(view, stage)).filter((finding) => !before.has(placeOf(finding))).map(clashRisk),
        ...own(policiesOf(view, stage)).filter((finding) => !ownBefore.has(placeOf(finding))).map(ownCertificatesRisk),
      ]),
    ]),
  );
}

function firstStrict(stages: readonly PlannedStage[]): PlannedStage | undefined {
  return stages.find(({ of }) => of !== 'start');
}

function risksOf(view: MigrationView, namespace: string): readonly MtlsRisk[] {
  return [...clientRisks(view, namespace), ...podRisks(view, namespace), ...outsideRisks(view, namespace), ...apiServerRisks(view, namespace), ...scrapeRisks(view, namespace)];
}

/** With the mesh, pods beside the control plane become strict as well. */
function lookedAt({ root, mesh }: MigrationView, { of, namespaces }: PlannedStage): readonly string[] {
  return of === 'mesh' ? [...new Set([...namespaces, root, mesh.namespace])] : namespaces;
}

/** Callers' proxies speak the mesh's TLS by themselves, unless they are told not to. */
function meshRisks(view: MigrationView): MtlsRisk[] {
  if (view.meshConfig['enableAutoMtls'] !== false) return [];
  return [{
    code: 'auto-mtls-off',
    construct: view.mesh.node.path,
    property: 'meshConfig.enableAutoMtls',
    got: 'false: proxies send plain text wherever no DestinationRule says otherwise',
    expected: "proxies that speak the mesh's TLS to whoever takes it",
    fix: 'leave enableAutoMtls out',
  }];
}

/** Policies that a stage makes in effect, whether in each namespace or for the mesh. */
function policiesOf(view: MigrationView, { namespaces }: PlannedStage): readonly PeerPolicy[] {
  return namespaces.filter((namespace) => view.wideIn(namespace) === undefined).map((namespace) => ({ name: 'default', namespace, spec: { mtls: { mode: 'STRICT' } } }));
}

/** What synthesis refuses as soon as the stage is taken: a DestinationRule that turns the mesh's TLS off. */
function clashRisk({ construct = '', property, got, expected, fix = '' }: Finding): MtlsRisk {
  return { code: 'mtls-clash', construct, property, got, expected, fix };
}

/** A DestinationRule that names certificates itself: as a rule for an application that ends TLS, which plain-text ports let through. */
function ownCertificatesRisk({ construct = '', property, got }: Finding): MtlsRisk {
  return {
    code: 'other-certificates',
    construct,
    property,
    got,
    expected: "certificates of the mesh, which istiod hands out: the pods' proxies refuse others",
    fix: "leave tls out, or keep the port open with a MtlsPolicy; where these are the mesh's own, say so in acceptedRisks",
  };
}

function placeOf({ construct, property }: Finding): string {
  return `${construct ?? ''} ${property}`;
}

/** By place and code, each once: one client may call several services that become strict. */
function sorted(risks: readonly MtlsRisk[]): readonly MtlsRisk[] {
  const keyOf = ({ construct, code, property, got }: MtlsRisk): string => [construct, code, property, got].join('\n');
  const byKey = new Map(risks.map((risk) => [keyOf(risk), risk]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, risk]) => risk);
}

/** True for what a risk is about, for a construct that it is part of, and for a part of it. */
export function isAbout(risk: MtlsRisk, construct: IConstruct): boolean {
  const { path } = construct.node;
  // a service is a child of its Service, and an object that of a workload of another library
  const own = ApiObject.isApiObject(construct) ? path : (construct.node.scope?.node.path ?? path);
  return risk.construct === path || risk.construct.startsWith(`${path}/`) || (ApiObject.isApiObject(construct.node.scope) && risk.construct === own);
}
