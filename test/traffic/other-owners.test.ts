import { Chart } from 'cdk8s';
import { DestinationRule, VirtualService } from '../../imports/istio';
import type { VirtualServiceSpec } from '../../imports/istio/virtual-service';
import { synthTo } from '../../src/testing';
import { caught } from '../support/caught';
import { program } from '../support/program';

const host = 'web.shop.svc.cluster.local';

/** A service with a rule, and a VirtualService that the program writes itself. */
function beside(spec: VirtualServiceSpec, namespace: string) {
  const { app, chart, shop } = program();
  shop.addService('web', { port: 8080 }).route(chart, 'rule', { timeout: '5s' });
  const other = new Chart(app, 'other', { namespace });
  new VirtualService(other, 'own', { spec: { http: [{ route: [{ destination: { host } }] }], ...spec } });
  return () => synthTo(chart);
}

test.each<[string, VirtualServiceSpec, string]>([
  ['the same host', { hosts: [host] }, 'shop'],
  ['its short name', { hosts: ['web'] }, 'shop'],
  ['the same host, from another namespace', { hosts: [host] }, 'ops'],
  ['the mesh beside gateways', { hosts: [host], gateways: ['mesh', 'edge'] }, 'shop'],
])('a VirtualService for %s is a second owner', (_name, spec, namespace) => {
  expect(caught(beside(spec, namespace)).findings).toMatchObject([
    { code: 'second-owner', construct: 'other/own', property: 'spec.hosts', got: `${host}, for which shop/shop/services/web/mesh/route is the VirtualService` },
  ]);
});

test.each<[string, VirtualServiceSpec, string]>([
  ['another host', { hosts: ['other'] }, 'shop'],
  ['the same short name in another namespace', { hosts: ['web'] }, 'ops'],
  ['gateways only', { hosts: [host], gateways: ['edge'] }, 'shop'],
  ['callers of its own namespace', { hosts: [host], exportTo: ['.'] }, 'ops'],
])('one for %s is none', (_name, spec, namespace) => {
  expect(beside(spec, namespace)).not.toThrow();
});

test('a DestinationRule beside that of the service is refused, one of a caller namespace is not', () => {
  const { app, chart, shop } = program();
  const web = shop.addService('web', { port: 8080 });
  new DestinationRule(new Chart(app, 'callers', { namespace: 'ops' }), 'own', { spec: { host, trafficPolicy: { loadBalancer: { simple: 'RANDOM' } } } });
  new DestinationRule(chart, 'beside', { spec: { host: 'web', trafficPolicy: { loadBalancer: { simple: 'RANDOM' } } } });
  // nobody else yet
  expect(() => synthTo(chart)).not.toThrow();
  web.trafficPolicy(chart, { outlierDetection: 'server-errors' });
  expect(caught(() => synthTo(chart)).findings).toMatchObject([{ code: 'second-owner', construct: 'shop/beside', property: 'spec.host' }]);
});
