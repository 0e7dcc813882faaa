import * as pulumi from '@pulumi/pulumi';
import { Mesh } from '../../../src';
import { fromInput, MeshComponent } from '../../../src/pulumi';
import { isSecret, Recorder, revealed, settled } from '../../pulumi/recorder';
import { caught } from '../../support/caught';
import { makeCertificate } from '../../support/certificate-maker';

const root = makeCertificate('root');
const ca = makeCertificate('ca', { issuer: root });

test('a key of Pulumi stays a secret, and istiod comes after it', async () => {
  const recorder = new Recorder();
  const pluginCa = { rootCert: root.pem, caCert: ca.pem, caKey: fromInput(pulumi.secret(ca.key.pem)) };
  new MeshComponent('platform', { program: (scope) => new Mesh(scope, 'mesh', { pluginCa }) });
  await settled();
  const secret = recorder.of('Secret', 'cacerts');
  const { stringData } = secret.inputs as { stringData: Readonly<Record<string, unknown>> };
  expect(isSecret(stringData) || isSecret(stringData['ca-key.pem'])).toBe(true);
  expect(revealed(stringData)).toMatchObject({ 'root-cert.pem': root.pem });
  expect(recorder.of('Deployment', 'istiod').dependencies).toContain(secret.urn);
});

test('what the program knows is checked all the same', () => {
  new Recorder();
  const pluginCa = { rootCert: ca.pem, caCert: root.pem, caKey: fromInput(pulumi.secret(ca.key.pem)) };
  expect(caught(() => new MeshComponent('platform', { program: (scope) => new Mesh(scope, 'mesh', { pluginCa }) })).findings).toMatchObject([{ code: 'swapped-certificates', property: 'caCert' }]);
});
