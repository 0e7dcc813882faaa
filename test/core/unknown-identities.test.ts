import { App, Chart } from 'cdk8s';
import { Mesh } from '../../src/mesh/mesh';
import { Duration } from '../../src/core/duration';
import { Host } from '../../src/core/host';
import { Port } from '../../src/core/port';
import { Selector } from '../../src/core/selector';
import { StringMatch } from '../../src/core/string-match';
import { unknown } from '../../src/core/unknown';
import { Weight } from '../../src/core/weight';
import { CanaryRelease } from '../../src/delivery/canary-release';
import { IngressGateway } from '../../src/ingress/ingress-gateway';
import { IngressRoute } from '../../src/ingress/ingress-route';
import { Tls } from '../../src/ingress/tls';
import { StrictMtlsNamespace } from '../../src/security/namespace/strict-mtls-namespace';
import type { MeshService } from '../../src/traffic/mesh-service';
import { refused } from './refused';

/** As a program gives it that is not type-checked. */
const later = unknown('the output "x"') as never;
const GOT = 'a value that is known only later (the output "x")';
const place = { construct: 'shop/web', property: 'at' };

describe('value classes compute with what they are given: it has to be known', () => {
  test.each<[string, () => unknown, string]>([
    ['Weight.percent', () => Weight.percent(later, place), 'at'],
    ['Weight.of', () => Weight.of(later, place), 'at'],
    ['Weight.split', () => Weight.split({ v1: later, v2: undefined }, place), 'at.v1'],
    ['Host.parse', () => Host.parse(later, place), 'at'],
    ['Host.of', () => Host.of(later, place), 'at'],
    ['Host.service', () => Host.service(later, 'shop', place), 'at'],
    ['Port.of', () => Port.of(later, place), 'at'],
    ['Port.of number', () => Port.of({ number: later }, place), 'at.number'],
    ['Port.of name', () => Port.of({ number: 80, name: later }, place), 'at.name'],
    ['Selector.labels', () => Selector.labels(later, place), 'at'],
    ['Selector.of a label', () => Selector.of({ app: later }, place), 'at.app'],
    ['StringMatch.prefix', () => StringMatch.prefix(later, place), 'at'],
    ['StringMatch.of', () => StringMatch.of(later, place), 'at'],
    ['StringMatch.regex', () => StringMatch.regex(later, place), 'at'],
    ['Duration.seconds', () => Duration.seconds(later, place), 'at'],
    ['Duration.of', () => Duration.of(later, place), 'at'],
  ])('%s', (_name, body, property) => {
    expect(refused(body)).toMatchObject({ code: 'unknown-value', construct: 'shop/web', property, got: GOT });
  });

  test('without a place they say what it is', () => {
    expect([() => Weight.of(later), () => Host.of(later), () => Port.of(later), () => Duration.of(later)].map((body) => refused(body).property)).toEqual([
      'weight',
      'host',
      'port',
      'duration',
    ]);
  });
});

describe('constructs refuse it where it decides what is made, with construct and prop', () => {
  function shop(): { readonly chart: Chart; readonly mesh: Mesh; readonly gateway: IngressGateway; readonly service: MeshService } {
    const chart = new Chart(new App(), 'shop', { namespace: 'shop' });
    const mesh = new Mesh(chart, 'mesh');
    const namespace = new StrictMtlsNamespace(chart, 'ns', { mesh });
    return { chart, mesh, gateway: mesh.addIngressGateway('edge'), service: namespace.addService('web', { port: 80, versions: ['v1', 'v2'] }) };
  }

  test.each<[string, (made: ReturnType<typeof shop>) => unknown, string, string]>([
    ['namespace of a mesh', ({ chart }) => new Mesh(chart, 'x', { namespace: later }), 'shop/x', 'namespace'],
    ['revision of a mesh', ({ chart }) => new Mesh(chart, 'x', { revision: later }), 'shop/x', 'revision'],
    ['name of a gateway', ({ chart }) => new IngressGateway(chart, 'x', { name: later }), 'shop/x', 'name'],
    ['namespace of a gateway', ({ chart }) => new IngressGateway(chart, 'x', { namespace: later }), 'shop/x', 'namespace'],
    ['name of a namespace', ({ chart, mesh }) => new StrictMtlsNamespace(chart, 'x', { mesh, name: later }), 'shop/x', 'name'],
    ['host of a route', ({ chart, gateway, service }) => new IngressRoute(chart, 'x', { gateway, tls: Tls.plainText(), host: later, routes: [{ path: '/', to: service }] }), 'shop/x', 'host'],
    ['path of a route', ({ chart, gateway, service }) => new IngressRoute(chart, 'x', { gateway, tls: Tls.plainText(), host: 'a.example.com', routes: [{ path: later, to: service }] }), 'shop/x', 'routes[0].path'],
    ['weight of a canary', ({ chart, service }) => new CanaryRelease(chart, 'x', { service, stable: 'v1', canary: 'v2', weight: later }), 'shop/x', 'weight'],
    ['version of a canary', ({ chart, service }) => new CanaryRelease(chart, 'x', { service, stable: later, canary: 'v2', weight: 10 }), 'shop/x', 'stable'],
  ])('%s', (_name, make, construct, property) => {
    const finding = refused(() => make(shop()));
    expect(finding).toMatchObject({ construct, property: expect.stringContaining(property) as string });
    expect(finding.got).toContain(GOT);
  });
});
