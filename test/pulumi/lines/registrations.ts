import { Config, output, runtime, secret } from '@pulumi/pulumi';
import { version } from '@pulumi/pulumi/package.json';
import { shop } from '../../../examples/07-pulumi/shop';
import { fromInput, MeshComponent } from '../../../src/pulumi';
import { ConfigMap } from '../../../imports/kubernetes';
import { Recorder, settled, valueOf } from '../recorder';
import type { Registered } from '../recorder';

/** What came of the example with the installed line of Pulumi. */
export interface Registrations {
  readonly sdk: string;
  readonly address: string | undefined;
  readonly objects: readonly Omit<Registered, 'version'>[];
}

/** Registers the example, and an Output that is a secret inside a text. */
export async function registrations(): Promise<Registrations> {
  const recorder = new Recorder({ 'kubernetes:core/v1:Service': { status: { loadBalancer: { ingress: [{ ip: '198.51.100.7' }] } } } });
  runtime.setAllConfig({ 'project:host': 'shop.example.com' });
  const settings = { host: new Config().require('host'), database: output('203.0.113.7'), password: secret('open sesame') };
  const component = new MeshComponent('mesh', {
    cluster: { istio: '1.31.3' },
    program: (scope) => {
      new ConfigMap(scope, 'note', { metadata: { namespace: 'shop' }, data: { note: fromInput(settings.password.apply((password) => `it is ${password}`)) } });
      return shop(scope, settings);
    },
  });
  const address = await valueOf(component.addressOf(component.result.edge));
  await settled();
  const objects = recorder.objects.map(({ version: _version, ...registered }) => registered);
  return { sdk: version, address, objects: objects.sort((a, b) => (a.urn < b.urn ? -1 : 1)) };
}

if (require.main === module) {
  void registrations().then((made) => {
    process.stdout.write(JSON.stringify({ ...made, node: process.versions.node }));
  });
}
