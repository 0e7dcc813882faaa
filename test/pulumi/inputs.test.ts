import * as pulumi from '@pulumi/pulumi';
import type { Chart } from 'cdk8s';
import { ServiceEntry } from '../../imports/istio';
import { ConfigMap, Secret } from '../../imports/kubernetes';
import { Cluster, ExternalService, IngressGateway, Mesh, MeshApp, unknown } from '../../src';
import { fromInput, MeshComponent } from '../../src/pulumi';
import { caught } from '../support/caught';
import { isSecret, Recorder, revealed, settled } from './recorder';

/** The inputs of the one object of its kind that a program makes. */
async function inputsOf(kind: string, name: string, program: (scope: Chart) => unknown, isPreview = false): Promise<Readonly<Record<string, unknown>>> {
  const recorder = new Recorder({}, isPreview);
  new MeshComponent('mesh', { namespace: 'shop', program });
  await settled();
  return recorder.of(kind, name).inputs;
}

function later<T>(value: T): pulumi.Output<T> {
  return pulumi.output(0).apply(() => new Promise<T>((resolve) => setTimeout(() => resolve(value), 10))) as unknown as pulumi.Output<T>;
}

/** What Pulumi sends for what is not known in a preview. */
const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

class Database extends pulumi.CustomResource {
  declare public readonly address: pulumi.Output<string>;

  public constructor(name: string) {
    super('cloud:index:Database', name, { address: undefined });
  }
}

describe('an Output arrives whole', () => {
  test('in a text, a number, a boolean, an item, a value of a map, and inside a text', async () => {
    const entry = (scope: Chart): unknown =>
      new ServiceEntry(scope, 'database', {
        metadata: { labels: { tier: fromInput(later('data')) }, annotations: { note: fromInput(pulumi.interpolate`at ${later('203.0.113.7')}!`) } },
        spec: {
          hosts: ['db.example.com'],
          addresses: ['198.51.100.1', fromInput(later('198.51.100.2'))],
          ports: [{ number: 5432, name: 'tcp', protocol: 'TCP', targetPort: fromInput(later(15432)) }],
          resolution: 'STATIC',
          endpoints: fromInput([{ address: later('203.0.113.7'), labels: { zone: later('a') }, weight: later(3) }]),
        },
      });
    expect(await inputsOf('ServiceEntry', 'database', entry)).toMatchObject({
      metadata: { labels: { tier: 'data' }, annotations: { note: 'at 203.0.113.7!' } },
      spec: {
        addresses: ['198.51.100.1', '198.51.100.2'],
        ports: [{ targetPort: 15432 }],
        endpoints: [{ address: '203.0.113.7', labels: { zone: 'a' }, weight: 3 }],
      },
    });
  });

  test('as a list, as a map, from a promise, and of null', async () => {
    const map = (scope: Chart): unknown => {
      new ConfigMap(scope, 'whole', { data: fromInput(later({ a: '1', b: '2' })), immutable: fromInput(Promise.resolve(true)) });
      return new ServiceEntry(scope, 'entry', { spec: { hosts: ['a.example.com'], addresses: fromInput(later(['198.51.100.1'])), ports: [{ number: 80, name: 'http', protocol: 'HTTP' }], resolution: 'DNS' } });
    };
    expect(await inputsOf('ConfigMap', 'whole', map)).toMatchObject({ data: { a: '1', b: '2' }, immutable: true });
    expect(await inputsOf('ServiceEntry', 'entry', map)).toMatchObject({ spec: { addresses: ['198.51.100.1'] } });
  });

  test('through constructs, to what they make', async () => {
    const service = { annotations: { 'cloud.example.com/address': fromInput(later('203.0.113.7')) } };
    const program = (scope: Chart): unknown => new Mesh(scope, 'mesh', { crds: false }).addIngressGateway('public', { workload: { service } });
    expect(await inputsOf('Service', 'public', program)).toMatchObject({ metadata: { annotations: { 'cloud.example.com/address': '203.0.113.7' } } });
  });

  test('as it is, in a program that is not type-checked', async () => {
    const program = (scope: Chart): unknown => new ConfigMap(scope, 'plain', { metadata: { labels: { a: later('b') as never } }, data: { key: later('value') as never } });
    expect(await inputsOf('ConfigMap', 'plain', program)).toMatchObject({ metadata: { labels: { a: 'b' } }, data: { key: 'value' } });
  });

  test('of a resource: in a preview it stays unknown', async () => {
    const program = (scope: Chart): unknown => new ConfigMap(scope, 'address', { data: { address: fromInput(new Database('orders').address), kind: 'sql' } });
    expect(await inputsOf('ConfigMap', 'address', program, true)).toMatchObject({ data: { address: UNKNOWN, kind: 'sql' } });
  });
});

test('a secret stays secret, and only it', async () => {
  const program = (scope: Chart): unknown => {
    new ConfigMap(scope, 'mixed', { data: { open: 'yes', hidden: fromInput(pulumi.secret('open sesame')) } });
    return new Secret(scope, 'key', { stringData: { key: fromInput(later('k')) } });
  };
  const { data } = (await inputsOf('ConfigMap', 'mixed', program)) as { data: Readonly<Record<string, unknown>> };
  expect([data['open'], isSecret(data['hidden']), revealed(data['hidden'])]).toEqual(['yes', true, 'open sesame']);
  expect(revealed((await inputsOf('Secret', 'key', program))['stringData'])).toEqual({ key: 'k' });
});

test('values that are none of Pulumi are left as they are', () => {
  const gateway = IngressGateway.fromName(new Cluster(new MeshApp(), 'c'), 'g', { name: 'public' });
  const given = { text: 'a', list: [1, null, undefined], gateway, fn: fromInput, date: new Date(0) };
  expect(fromInput(given)).toEqual(given);
  expect(fromInput(given).gateway).toBe(gateway);
});

describe('refused, with what to do', () => {
  const refusedBy = (program: (scope: Chart) => unknown): unknown => {
    new Recorder();
    return caught(() => new MeshComponent('mesh', { namespace: 'shop', program })).findings[0];
  };

  test.each<[string, (scope: Chart) => unknown, object]>([
    ['a name', (scope) => new ConfigMap(scope, 'a', { metadata: { name: fromInput(later('x')) as never } }), { code: 'unknown-value', property: 'metadata.name' }],
    ['a name that was not lifted', (scope) => new ConfigMap(scope, 'a', { metadata: { name: later('x') as never } }), { code: 'unknown-value', property: 'metadata.name' }],
    ['a host', (scope) => new ExternalService(scope, 'a', { host: fromInput(later('x.example.com')) as never, ports: [{ port: 443, protocol: 'TLS' }] }), { code: 'unknown-value', property: 'host' }],
    ['a namespace', (scope) => new Mesh(scope, 'a', { namespace: fromInput(later('x')) as never }), { code: 'bad-reference', property: 'namespace', got: expect.stringContaining('known only later') as string }],
    ['a text made of an Output', (scope) => new ConfigMap(scope, 'a', { data: { a: `x${String(later('x'))}` } }), { code: 'output-in-text', property: 'data.a' }],
    ['JSON made of an Output', (scope) => new ConfigMap(scope, 'a', { data: { a: JSON.stringify(later('x')) } }), { code: 'output-in-text', property: 'data.a' }],
    ['an Unknown that stands for nothing', (scope) => new ConfigMap(scope, 'a', { data: { a: unknown<string>('the address') } }), { code: 'unknown-value', got: expect.stringContaining('the address') as string }],
  ])('%s', (_name, program, finding) => {
    expect(refusedBy(program)).toMatchObject(finding);
  });

  test('the resource that an Output is of is named, and no secret is told', () => {
    const finding = refusedBy((scope) => new ConfigMap(scope, 'a', { metadata: { name: fromInput(new Database('orders').address) as never } }));
    expect(finding).toMatchObject({ got: 'a value that is known only later (an Output of "orders")' });
    const secret = refusedBy((scope) => new ConfigMap(scope, 'a', { metadata: { name: fromInput(pulumi.secret('sesame')) as never } }));
    expect(JSON.stringify(secret)).not.toContain('sesame');
  });
});
