import type { Output } from '@pulumi/pulumi';
import type { Chart } from 'cdk8s';
import { CanaryRelease, IngressRoute, Mesh, StrictMtlsNamespace, Tls } from 'mesh-constructs';
import type { IngressGateway } from 'mesh-constructs';
import { ServiceEntry } from 'mesh-constructs/istio';
import { Deployment, Secret } from 'mesh-constructs/kubernetes';
import { fromInput } from 'mesh-constructs/pulumi';

/** What is known when the program runs, and what only later. */
export interface ShopSettings {
  readonly host: string;
  /** Address of a database that another resource makes. */
  readonly database: Output<string>;
  readonly password: Output<string>;
}

/** A mesh and a shop in it: the same constructs as for `cdk8s synth`. */
export function shop(scope: Chart, { host, database, password }: ShopSettings): { readonly mesh: Mesh; readonly edge: IngressGateway } {
  const mesh = new Mesh(scope, 'mesh');
  const edge = mesh.addIngressGateway('public');
  const namespace = new StrictMtlsNamespace(scope, 'shop', { mesh });
  const web = namespace.addService('web', { port: 8080 });
  const reviews = namespace.addService('reviews', { port: 8080, versions: ['v1', 'v2'] });
  reviews.allowFrom(web, { methods: ['GET'] });
  new CanaryRelease(scope, 'canary', { service: reviews, stable: 'v1', canary: 'v2', weight: 10 });
  new IngressRoute(scope, 'web', { gateway: edge, host, tls: Tls.secret('shop-cert'), routes: [{ path: '/', to: web }] });

  new ServiceEntry(scope, 'database', {
    metadata: { namespace: 'shop' },
    spec: {
      hosts: ['db.example.com'],
      ports: [{ number: 5432, name: 'tcp-postgresql', protocol: 'TCP' }],
      resolution: 'STATIC',
      endpoints: [{ address: fromInput(database) }],
    },
  });
  new Secret(scope, 'database-password', { metadata: { namespace: 'shop' }, stringData: { password: fromInput(password) } });
  addWorkloads(scope);
  return { mesh, edge };
}

/** The pods are whoever's; here they only wait. */
function addWorkloads(scope: Chart): void {
  for (const [name, version] of [['web', 'v1'], ['reviews', 'v1'], ['reviews', 'v2']] as const) {
    const labels = { app: name, version };
    const containers = [{ name: 'app', image: 'registry.k8s.io/pause:3.10' }];
    new Deployment(scope, `${name}-${version}`, {
      metadata: { namespace: 'shop' },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { serviceAccountName: name, containers } } },
    });
  }
}
