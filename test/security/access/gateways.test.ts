import { App, Chart } from 'cdk8s';
import { AuthorizationPolicy } from '../../../imports/istio';
import { Access, Cluster, EgressGateway, Gateway, IngressGateway, IngressRoute, IpBlock, JwtAuthentication, Mesh, RequestPrincipal, StandaloneGateway, Tls } from '../../../src';
import { synthTo } from '../../../src/testing';
import { refused } from '../../core/refused';
import { program } from '../../support/program';

/** Gateways say themselves who may call them, as services do. */

type Guarded = Pick<IngressGateway, 'allowFrom' | 'denyFrom' | 'auditFrom' | 'name' | 'selector'>;

const GATEWAYS: Readonly<Record<string, (made: ReturnType<typeof program>) => Guarded>> = {
  'an ingress gateway': ({ mesh }) => mesh.addIngressGateway('public'),
  'one of another program': ({ chart }) => IngressGateway.fromName(chart, 'named', { name: 'public' }),
  'a gateway alone': ({ platform }) => new Gateway(platform, 'public', { namespace: 'istio-ingress' }),
  'a standalone gateway': ({ platform }) => new StandaloneGateway(platform, 'public', { name: 'public' }),
  'an egress gateway': ({ platform }) => EgressGateway.from(new Gateway(platform, 'public', { namespace: 'istio-egress' })),
  'an egress gateway of another program': ({ chart }) => EgressGateway.fromName(chart, 'named', { name: 'public' }),
};

describe.each(Object.entries(GATEWAYS))('%s', (_what, make) => {
  test('says what Access.to says of it, for its own pods', () => {
    const [own, other] = [true, false].map((isOwn) => {
      const made = program();
      const gateway = make(made);
      const to = isOwn ? gateway : Access.to(gateway as unknown as Gateway);
      to.allowFrom(IpBlock.of('203.0.113.0/24'), { methods: ['GET'] });
      to.denyFrom(IpBlock.of('203.0.113.7'));
      to.auditFrom('anyone', { methods: ['DELETE'] });
      const policies = [made.chart, made.platform].flatMap((each) => synthTo(each).many(AuthorizationPolicy)).filter(({ metadata }) => metadata.name.startsWith('public'));
      return policies.map(({ metadata, spec }) => [metadata.name, metadata.namespace, spec]).sort();
    }) as [unknown[][], unknown[][]];
    expect(own).toEqual(other);
    expect(own.map(([name]) => name)).toEqual(['public', 'public.audit', 'public.deny']);
    expect(own[0]?.[2]).toMatchObject({ action: 'ALLOW', selector: { matchLabels: make(program()).selector }, rules: [{ from: [{ source: { remoteIpBlocks: ['203.0.113.0/24'] } }] }] });
  });

  test('refuses what has no meaning, with its own path', () => {
    const made = program();
    const gateway = make(made);
    expect(refused(() => gateway.allowFrom('anyone', { path: ['/a'] } as never))).toMatchObject({ code: 'unknown-access-key', property: 'allowFrom.path' });
    expect(refused(() => gateway.denyFrom('anyone'))).toMatchObject({ code: 'denies-everything', property: 'denyFrom' });
    expect(refused(() => gateway.allowFrom(null as never))).toMatchObject({ property: 'allowFrom' });
  });
});

test('what the gateway and its workload say is one policy', () => {
  const { mesh, platform } = program();
  const edge = mesh.addIngressGateway('public');
  edge.denyFrom(IpBlock.of('203.0.113.7'));
  (edge.node.findChild('workload') as Gateway).denyFrom(IpBlock.of('203.0.113.8'));
  expect(synthTo(platform).one(AuthorizationPolicy, 'public.deny').spec?.rules).toEqual([{ from: [{ source: { remoteIpBlocks: ['203.0.113.7', '203.0.113.8'] } }] }]);
});

test('a gateway asks for tokens, and lets in by what they say', () => {
  const { mesh, platform, chart, shop } = program();
  const edge = mesh.addIngressGateway('public');
  new IngressRoute(chart, 'web', { gateway: edge, host: 'shop.example.com', tls: Tls.plainText(), routes: [{ path: '/', to: shop.addService('web', { port: 8080 }) }] });
  new JwtAuthentication(chart, 'login', { target: edge, issuers: [{ issuer: 'https://login.example.com' }] });
  edge.allowFrom(RequestPrincipal.of({ issuer: 'https://login.example.com', claims: { groups: 'staff' } }));
  expect(synthTo(platform).one(AuthorizationPolicy, 'public').spec?.rules).toHaveLength(1);
});

describe('identities at a gateway', () => {
  const edgeProgram = (tls: Tls) => {
    const made = program();
    const edge = made.mesh.addIngressGateway('public');
    const web = made.shop.addService('web', { port: 8080 });
    new IngressRoute(made.chart, 'web', { gateway: edge, host: 'shop.example.com', tls, redirect: false, routes: [{ path: '/', to: web }] });
    return { ...made, edge, web };
  };

  test('are refused where it asks for none: nobody would be let in, or everybody', () => {
    const made = edgeProgram(Tls.secret('cert'));
    made.edge.allowFrom(made.web);
    expect(refused(() => synthTo(made.chart))).toMatchObject({ code: 'identity-without-mtls', property: 'allowFrom', got: 'callers let in by their identity, at a gateway that asks for none on port 443' });
    const denied = edgeProgram(Tls.secret('cert'));
    denied.edge.denyFrom(denied.shop);
    expect(refused(() => synthTo(denied.chart))).toMatchObject({ code: 'identity-with-plain-text', property: 'denyFrom' });
  });

  test('are taken where it asks clients for certificates, and where another program says how it is served', () => {
    const made = edgeProgram(Tls.mutual('cert'));
    made.edge.allowFrom(made.web);
    const named = program();
    IngressGateway.fromName(named.chart, 'edge', { name: 'edge' }).allowFrom(named.shop);
    for (const { chart } of [made, named]) expect(() => synthTo(chart)).not.toThrow();
  });
});

test('in two clusters of one program, each gateway has a policy of its own', () => {
  const app = new App({ outdir: 'unused' });
  const platforms = ['staging', 'prod'].map((name, index) => {
    const platform = new Chart(new Cluster(app, name), 'platform');
    new Mesh(platform, 'mesh', { controlPlane: false }).addIngressGateway('public').denyFrom(IpBlock.of(`203.0.113.${index}`));
    return platform;
  });
  const denied = platforms.map((platform) => synthTo(platform).one(AuthorizationPolicy, 'public.deny').spec?.rules?.[0]?.from);
  expect(denied).toEqual([0, 1].map((index) => [{ source: { remoteIpBlocks: [`203.0.113.${index}`] } }]));
});
