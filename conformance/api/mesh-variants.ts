import { Chart } from 'cdk8s';
import { Cluster, Mesh, MeshApp, RevisionTag, StrictMtlsNamespace } from '../../src';
import type { MeshProps } from '../../src';
import type { KubeObject } from '../kubernetes/client';
import { parseObjects } from './document';

/** The newest patch of each minor release whose control plane is known. */
export const RELEASES = ['1.29.10', '1.30.7', '1.31.3'] as const;

/** Makes a mesh in a chart; its CRDs are there already. */
type Variant = (chart: Chart) => Mesh;

/** Meshes that differ in which kinds and fields they write, by what they are. */
export const MESH_VARIANTS: Readonly<Record<string, Variant>> = {
  'highly available, with network policies, CNI and gateway': (chart) => {
    const mesh = add(chart, { highAvailability: true, networkPolicy: true, cni: true });
    mesh.addIngressGateway('public');
    return mesh;
  },
  'a revision and the tag default': (chart) => {
    const mesh = add(chart, { revision: 'stable', base: { defaultRevision: false } });
    new RevisionTag(chart, 'default', { revision: mesh });
    return mesh;
  },
  'ambient, with network policies': (chart) => add(chart, { dataPlane: 'ambient', networkPolicy: true }),
  'ambient on GKE': (chart) => add(chart, { dataPlane: 'ambient', platform: 'gke', highAvailability: true }),
  'OpenShift': (chart) => {
    const mesh = add(chart, { platform: 'openshift', networkPolicy: true });
    mesh.addIngressGateway('public');
    return mesh;
  },
  'ambient on OpenShift': (chart) => add(chart, { dataPlane: 'ambient', platform: 'openshift' }),
  'one of two clusters': (chart) => {
    const mesh = add(chart, { meshId: 'mesh1', clusterName: 'west', istiod: { externalIstiod: true } });
    mesh.addEastWestGateway('istio-eastwestgateway', { exposeControlPlane: mesh });
    return mesh;
  },
  'the istiod of another cluster': (chart) => {
    const mesh = add(chart, { meshId: 'mesh1', clusterName: 'east', primary: { address: '203.0.113.7', clusterName: 'west' } });
    mesh.addEastWestGateway('istio-eastwestgateway');
    return mesh;
  },
};

function add(chart: Chart, { base, ...props }: MeshProps): Mesh {
  return new Mesh(chart, 'mesh', { ...props, base: { crds: false, ...base } });
}

/** What a program with such a mesh and one strict namespace writes, in its order. */
export function variantProgram(variant: Variant, istio: string): KubeObject[] {
  const app = new MeshApp();
  const cluster = new Cluster(app, 'prod', { istio, network: 'network1' });
  const mesh = variant(new Chart(cluster, 'platform'));
  new StrictMtlsNamespace(new Chart(cluster, 'shop'), 'shop', { mesh, denyByDefault: true });
  return parseObjects(app.synthYaml());
}

/** The plugin of OpenShift's Multus, of which Istio uses the name alone. The CRD is part of that platform, not of a mesh. */
export const NETWORK_ATTACHMENTS: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'network-attachment-definitions.k8s.cni.cncf.io' },
  spec: {
    group: 'k8s.cni.cncf.io',
    scope: 'Namespaced',
    names: {
      kind: 'NetworkAttachmentDefinition',
      listKind: 'NetworkAttachmentDefinitionList',
      plural: 'network-attachment-definitions',
      singular: 'network-attachment-definition',
    },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              apiVersion: { type: 'string' },
              kind: { type: 'string' },
              metadata: { type: 'object' },
              spec: { type: 'object', properties: { config: { type: 'string' } } },
            },
          },
        },
      },
    ],
  },
};
