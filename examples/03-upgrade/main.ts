import { Chart } from 'cdk8s';
import type { App } from 'cdk8s';
import { Cluster, Mesh, MeshApp, RevisionTag, StrictMtlsNamespace } from 'mesh-constructs';

/** The steps of an upgrade from Istio 1.30 to 1.31, each a synthesis and an apply of its own. */
export const STEPS = ['before', 'side-by-side', 'switched', 'after'] as const;
export type Step = (typeof STEPS)[number];

const OLD = '1.30.7';
const NEW = '1.31.3';

function revisionOf(istio: string): string {
  return istio.replaceAll('.', '-');
}

/** The cluster at one step: the namespaces name the tag `prod`, and never change. */
export function upgrade<T extends App>(app: T, step: Step): T {
  const releases = [...(step === 'after' ? [] : [OLD]), ...(step === 'before' ? [] : [NEW])];
  const cluster = new Cluster(app, 'prod', { istio: releases });
  const platform = new Chart(cluster, 'platform');
  const meshes = releases.map((istio) => new Mesh(platform, `mesh-${istio}`, { istio, revision: revisionOf(istio) }));

  // the tag moves once the new control plane is up; pods follow as they are made anew
  const current = revisionOf(step === 'switched' || step === 'after' ? NEW : OLD);
  const prod = new RevisionTag(platform, 'prod', { revision: meshes.find(({ revision }) => revision === current) ?? current });
  new StrictMtlsNamespace(new Chart(cluster, 'shop'), 'shop', { mesh: prod });
  return app;
}

if (require.main === module) upgrade(new MeshApp(), (process.argv[2] ?? 'before') as Step).synth();
