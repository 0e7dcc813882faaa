import { Chart } from 'cdk8s';
import type { App } from 'cdk8s';
import { Cluster, Mesh, MeshApp } from 'mesh-constructs';

/** One mesh of two clusters on two networks: istiod runs in `west`, and `east` asks it through its east-west gateway. */
export function multicluster<T extends App>(app: T): T {
  const west = new Chart(new Cluster(app, 'west', { istio: '1.31.3', network: 'network1' }), 'platform');
  const primary = new Mesh(west, 'mesh', { meshId: 'mesh1', clusterName: 'west', istiod: { externalIstiod: true } });
  primary.addEastWestGateway('istio-eastwestgateway', { exposeControlPlane: primary });

  const east = new Chart(new Cluster(app, 'east', { istio: '1.31.3', network: 'network2' }), 'platform');
  const remote = new Mesh(east, 'mesh', {
    meshId: 'mesh1',
    clusterName: 'east',
    // the address of the other cluster's east-west gateway
    primary: { address: '203.0.113.7', clusterName: 'west' },
  });
  remote.addEastWestGateway('istio-eastwestgateway');
  return app;
}

if (require.main === module) multicluster(new MeshApp()).synth();
