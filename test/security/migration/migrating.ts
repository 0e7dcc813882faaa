import { App, Chart } from 'cdk8s';
import { PeerAuthentication } from '../../../imports/istio';
import { Deployment, Namespace, Service } from '../../../imports/kubernetes';
import type { ServiceSpec } from '../../../imports/kubernetes/service';
import { Mesh, MeshService, MtlsMigration } from '../../../src';
import type { MtlsMigrationProps, MtlsStage } from '../../../src';
import type { MeshProps } from '../../../src/mesh/mesh-props';
import { synthTo } from '../../../src/testing';

/** A program as it is when a migration begins: hand-written objects in a permissive mesh. */
export interface Migrating {
  readonly app: App;
  readonly chart: Chart;
  readonly mesh: Mesh;
  /** A Namespace that joins the mesh, unless it is told otherwise. */
  readonly namespace: (name: string, labels?: Readonly<Record<string, string>>) => Namespace;
  /** A Service and a Deployment of one name, in the namespace of that name. */
  readonly service: (name: string, more?: More) => MeshService;
  readonly migrate: (stage: MtlsMigrationProps['stage'], more?: Partial<MtlsMigrationProps>) => MtlsMigration;
}

export interface More {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly service?: Partial<ServiceSpec>;
  readonly container?: object;
  readonly pod?: object;
}

export function migrating(props: MeshProps = {}): Migrating {
  const app = new App({ outdir: 'unused' });
  const mesh = new Mesh(new Chart(app, 'platform'), 'mesh', { controlPlane: false, mtls: 'PERMISSIVE', ...props });
  const chart = new Chart(app, 'shop');
  const namespace = (name: string, labels = mesh.injectionLabels): Namespace => new Namespace(chart, `ns-${name}`, { metadata: { name, labels } });
  const service = (name: string, more: More = {}): MeshService => {
    const metadata = { name, namespace: more.namespace ?? name };
    addDeployment(chart, name, more);
    const ports = [{ port: 80, targetPort: 8080, name: 'http' }];
    return MeshService.from(new Service(chart, `${metadata.namespace}-${name}`, { metadata, spec: { selector: { app: name }, ports, ...more.service } }));
  };
  const migrate = (stage: MtlsMigrationProps['stage'], more: Partial<MtlsMigrationProps> = {}): MtlsMigration => new MtlsMigration(chart, 'strict', { mesh, stage, ...more });
  return { app, chart, mesh, namespace, service, migrate };
}

export function addDeployment(chart: Chart, name: string, { namespace = name, labels, annotations, container, pod }: More): Deployment {
  const metadata = { labels: { app: name, ...labels }, ...(annotations === undefined ? {} : { annotations }) };
  const containers = [{ name: 'main', image: 'registry.example.com/app:1', ports: [{ containerPort: 8080, name: 'web' }], ...container }];
  return new Deployment(chart, `pods-${namespace}-${name}`, {
    metadata: { name, namespace },
    spec: { selector: { matchLabels: { app: name } }, template: { metadata, spec: { serviceAccountName: name, containers, ...pod } } },
  });
}

/** The modes of policies for all pods, by namespace. */
export function modes({ app }: { readonly app: App }): Record<string, string | undefined> {
  const wide = app.charts.flatMap((chart) => synthTo(chart).many(PeerAuthentication)).filter(({ spec }) => spec?.selector === undefined);
  return Object.fromEntries(wide.map(({ metadata, spec }) => [metadata.namespace, spec?.mtls?.mode]));
}

export function codesOf(stage: MtlsStage | undefined): readonly string[] {
  return (stage?.risks ?? []).map(({ code }) => code);
}
