import { App, Chart } from 'cdk8s';
import { Mesh, StrictMtlsNamespace } from '../../src';

/** A program with a mesh and a namespace in it, as most tests of constructs start from. */
export function program(): { app: App; platform: Chart; chart: Chart; mesh: Mesh; shop: StrictMtlsNamespace } {
  const app = new App({ outdir: 'unused' });
  const platform = new Chart(app, 'platform');
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const mesh = new Mesh(platform, 'mesh', { controlPlane: false });
  return { app, platform, chart, mesh, shop: new StrictMtlsNamespace(chart, 'shop', { mesh }) };
}
