'use strict';

/**
 * Builds and synthesizes services with one of three ways, and prints seconds and bytes as JSON.
 *
 * node synth-services.js WAY SERVICES CHARTS DEPENDENCIES OUTDIR [IMPORTS]
 *
 * WAY is `mesh-app`, `app` (our objects in a plain cdk8s.App) or `import` (classes of `cdk8s import`, in IMPORTS).
 * DEPENDENCIES is `none`, or `objects`: every VirtualService needs its DestinationRule. (Charts that need each other are
 * no fair case: cdk8s makes an edge for each pair of their objects, and takes minutes.)
 */
const [way, services, charts, dependencies, outdir, imports] = process.argv.slice(2);
const { App, Chart } = require('cdk8s');
const { objectsOf } = require('./services.js');

const count = Number(services);
const manifests = objectsOf(count);
const { app, classes } = setUp();

globalThis.gc?.();
const heapBefore = process.memoryUsage().heapUsed;
const start = process.hrtime.bigint();
build();
globalThis.gc?.();
const heapBuilt = process.memoryUsage().heapUsed;
app.synth();
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
process.stdout.write(JSON.stringify({ seconds, bytesPerService: (heapBuilt - heapBefore) / count }));

function setUp() {
  if (way === 'import') {
    const network = require(`${imports}/networking.istio.io.js`);
    const security = require(`${imports}/security.istio.io.js`);
    return { app: new App({ outdir }), classes: { ...network, ...security } };
  }
  const root = `${__dirname}/../../lib`;
  const { MeshApp } = require(`${root}/src/index.js`);
  const istio = require(`${root}/imports/istio/index.js`);
  return { app: way === 'mesh-app' ? new MeshApp({ outdir }) : new App({ outdir }), classes: istio };
}

function build() {
  const perChart = count / Number(charts);
  let chart;
  let route;
  for (const [index, { kind, metadata, spec }] of manifests.entries()) {
    const service = Math.floor(index / 3);
    if (index % 3 === 0 && service % perChart === 0) chart = new Chart(app, `chart-${service / perChart}`, { namespace: 'shop' });
    const object = new classes[kind](chart, `${metadata.name}-${kind}`, { metadata, spec });
    if (kind === 'VirtualService') route = object;
    if (dependencies === 'objects' && kind === 'DestinationRule') route.node.addDependency(object);
  }
}
