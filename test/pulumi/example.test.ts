import { output, secret } from '@pulumi/pulumi';
import { shop } from '../../examples/07-pulumi/shop';
import { MeshApp } from '../../src';
import { SynthSession } from '../../src/core/synth-session';
import { MeshComponent } from '../../src/pulumi';
import { Chart } from 'cdk8s';
import type { JsonObject } from '../../src/rules/json';
import { isSecret, Recorder, revealed, settled, valueOf } from './recorder';

/** The example of a whole project: what it registers, with the values that Pulumi brings. */

const ADDRESS = '203.0.113.7';
const settings = { host: 'shop.example.com', database: output(ADDRESS), password: secret('open sesame') };

interface Described {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

function keyOf(object: unknown): string {
  const { apiVersion, kind, metadata } = object as Described;
  return [apiVersion, kind, metadata.namespace, metadata.name].join(' ');
}

test('the same objects as cdk8s would write, the Output and the secret in their places', async () => {
  const recorder = new Recorder();
  new MeshComponent('mesh', { cluster: { istio: '1.31.3' }, program: (scope) => shop(scope, settings) });
  await settled();
  const app = new MeshApp();
  shop(new Chart(app, 'shop'), settings);
  const synthesized = new Set(SynthSession.of(app).synthesize().objects.map(({ manifest }) => keyOf(manifest)));
  expect(new Set(recorder.objects.map(({ inputs }) => keyOf(revealed(inputs))))).toEqual(synthesized);

  const { spec } = recorder.of('ServiceEntry', 'database').inputs as { spec: JsonObject };
  expect(spec['endpoints']).toEqual([{ address: ADDRESS }]);
  const { stringData } = recorder.of('Secret', 'database-password').inputs;
  expect([isSecret(stringData), revealed(stringData)]).toEqual([true, { password: 'open sesame' }]);
  const others = recorder.objects.filter(({ type }) => !type.endsWith(':Secret'));
  expect(JSON.stringify(others)).not.toContain('open sesame');
});

test('pods are waited for, so that the Services are, too', async () => {
  const recorder = new Recorder({ 'kubernetes:core/v1:Service': { status: { loadBalancer: { ingress: [{ ip: '198.51.100.7' }] } } } });
  const component = new MeshComponent('mesh', { program: (scope) => shop(scope, settings) });
  await settled();
  const skipped = recorder.objects.filter(({ inputs }) => JSON.stringify(inputs['metadata']).includes('skipAwait'));
  expect(skipped).toEqual([]);
  expect(await valueOf(component.addressOf(component.result.edge))).toBe('198.51.100.7');
});
