import { Config, output, secret } from '@pulumi/pulumi';
import { MeshComponent } from 'mesh-constructs/pulumi';
import { shop } from './shop';

const config = new Config();
const settings = {
  host: config.get('host') ?? 'shop.example.com',
  // in a stack of yours: an output of the database's resource, and a secret of the stack's configuration
  database: output('203.0.113.7'),
  password: config.getSecret('password') ?? secret('change me'),
};

const deployed = new MeshComponent('mesh', {
  cluster: { istio: '1.31.3' },
  // done when the API server has everything, unless asked to wait until pods run and the gateway has its address
  skipAwait: config.getBoolean('wait') !== true,
  program: (scope) => shop(scope, settings),
});

export const address = deployed.addressOf(deployed.result.edge);
export const meshId = deployed.result.mesh.meshId;
