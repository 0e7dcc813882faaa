import { Chart } from 'cdk8s';
import type { App } from 'cdk8s';
import { Cluster, Mesh, MeshApp, RevisionTag, StrictMtlsNamespace } from 'mesh-constructs';
import { addWorkload } from './workload';

const OLD = '1.30.7';
const NEW = '1.31.3';

/** The steps of an upgrade, each a synthesis and an apply of its own: which release new pods get, and which one runs beside it. */
export const STEPS = {
  'before': { tagged: OLD, beside: undefined },
  'side-by-side': { tagged: OLD, beside: NEW },
  'switched': { tagged: NEW, beside: OLD },
  'after': { tagged: NEW, beside: undefined },
};
export type Step = keyof typeof STEPS;

/** The cluster at one step. Its namespaces name the tag `prod`, and never change. */
export function upgrade<T extends App>(app: T, step: Step): T {
  const { tagged, beside } = STEPS[step];
  const cluster = new Cluster(app, 'prod', { istio: beside === undefined ? tagged : [tagged, beside] });
  const platform = new Chart(cluster, 'platform');
  const mesh = (istio: string): Mesh => new Mesh(platform, `mesh-${istio}`, { istio, revision: istio.replaceAll('.', '-') });

  // once the new control plane is up the tag moves to it, and pods follow as they are made anew
  const prod = new RevisionTag(platform, 'prod', { revision: mesh(tagged) });
  if (beside !== undefined) mesh(beside);
  const chart = new Chart(cluster, 'shop', { namespace: 'shop' });
  const shop = new StrictMtlsNamespace(chart, 'shop', { mesh: prod });
  addWorkload(chart, shop.addService('web', { port: 8080 }));
  return app;
}

function isStep(name: string): name is Step {
  return Object.hasOwn(STEPS, name);
}

if (require.main === module) {
  const [, , step = 'before'] = process.argv;
  if (isStep(step)) {
    upgrade(new MeshApp(), step).synth();
  } else {
    console.error(`usage: main.ts ${Object.keys(STEPS).join('|')}`);
    process.exitCode = 2;
  }
}
