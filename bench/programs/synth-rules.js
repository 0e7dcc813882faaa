'use strict';

/**
 * Makes services with five rules each, and prints seconds and bytes as JSON.
 *
 * node synth-rules.js WAY SERVICES OUTDIR [IMPORTS]
 *
 * WAY is `constructs` (our services and rules in a MeshApp), or `import`: the same objects, as they come out, by the classes of
 * `cdk8s import` (in IMPORTS) in a cdk8s.App.
 */
const [way, services, outdir, imports] = process.argv.slice(2);
const { App, Chart } = require('cdk8s');
const root = `${__dirname}/../../lib`;

const count = Number(services);
const build = way === 'constructs' ? withConstructs() : withImports();

globalThis.gc?.();
const heapBefore = process.memoryUsage().heapUsed;
const start = process.hrtime.bigint();
const app = build();
globalThis.gc?.();
const heapBuilt = process.memoryUsage().heapUsed;
app.synth();
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
process.stdout.write(JSON.stringify({ seconds, bytesPerService: (heapBuilt - heapBefore) / count }));

function withConstructs() {
  const { MeshApp, MeshService, StringMatch } = require(`${root}/src/index.js`);
  return () => {
    const app = new MeshApp({ outdir });
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    for (let index = 0; index < count; index += 1) {
      const name = `service-${index}`;
      const service = MeshService.fromName(chart, name, { name, ports: [{ port: 8080, name: 'http' }], versions: ['v1', 'v2'] });
      service.route(chart, `${name}-testers`, { match: { headers: { 'x-cohort': 'testers' } }, to: { version: 'v2' }, priority: 3 });
      service.route(chart, `${name}-reads`, { match: { uri: StringMatch.prefix('/api/'), method: 'GET' }, timeout: '3s', retries: { attempts: 2, perTryTimeout: '1s' } });
      service.route(chart, `${name}-api`, { match: { uri: StringMatch.prefix('/api/') }, timeout: '5s' });
      service.route(chart, `${name}-moved`, { match: { uri: '/old' }, redirect: { uri: '/new' }, priority: 1 });
      service.route(chart, `${name}-rest`, { to: { version: 'v1' } });
    }
    return app;
  };
}

function withImports() {
  const { DestinationRule, VirtualService } = require(`${imports}/networking.istio.io.js`);
  return () => {
    const app = new App({ outdir });
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    for (let index = 0; index < count; index += 1) {
      const name = `service-${index}`;
      const host = `${name}.shop.svc.cluster.local`;
      const metadata = { name, namespace: 'shop' };
      const to = (subset) => [{ destination: subset === undefined ? { host } : { host, subset } }];
      const subsets = ['v1', 'v2'].map((version) => ({ name: version, labels: { version } }));
      new DestinationRule(chart, `${name}-subsets`, { metadata, spec: { host, subsets } });
      const api = { uri: { prefix: '/api/' } };
      const http = [
        { name: `${name}-testers`, match: [{ headers: { 'x-cohort': { exact: 'testers' } } }], route: to('v2') },
        { name: `${name}-moved`, match: [{ uri: { exact: '/old' } }], redirect: { uri: '/new' } },
        { name: `${name}-reads`, timeout: '3s', retries: { attempts: 2, perTryTimeout: '1s' }, match: [{ ...api, method: { exact: 'GET' } }], route: to() },
        { name: `${name}-api`, timeout: '5s', match: [api], route: to() },
        { name: `${name}-rest`, route: to('v1') },
      ];
      new VirtualService(chart, `${name}-route`, { metadata, spec: { hosts: [host], http } });
    }
    return app;
  };
}
