import { Chart } from 'cdk8s';
import { addWorkload } from '../../../examples/02-traffic/workload';
import { AuthorizationPolicy } from '../../../imports/istio';
import { Cluster, Mesh, MeshNamespace, StrictMtlsNamespace, TrustDomainMigration } from '../../../src';
import type { TrustDomainStage } from '../../../src';
import { inFrontOf } from '../case';
import type { Case, Check, Outcome } from '../case';
import { drop, replace } from '../manifests';
import type { Edit, Program } from '../manifests';

/** A mesh on its way from one trust domain to another: who is let in at each stage, by the certificates that there are then. */

const [OLD, NEW, FAR] = ['old.example', 'new.example', 'far.example'];
const IN: Outcome = { status: 200, body: 'orders-v1' };
const OUT: Outcome = { status: 403, body: 'RBAC: access denied' };
const CUT: Outcome = { status: 'cut' };

/** `web` may call `orders`, all of the namespace `monitoring` may, and `batch` may not. */
const at = (stage: TrustDomainStage, from = 'old.example'): Program => (app) => {
  const domain = TrustDomainMigration.of({ from, to: 'new.example', stage });
  const prod = new Cluster(app, 'prod', { trustDomain: domain.trustDomain });
  const mesh = new Mesh(new Chart(prod, 'platform'), 'mesh', { trustDomainMigration: domain });
  const chart = new Chart(prod, 'shop', { namespace: 'shop' });
  const shop = new StrictMtlsNamespace(chart, 'shop', { mesh });
  const web = shop.addService('web', { port: 8080 });
  shop.addService('batch', { port: 8080 });
  const orders = shop.addService('orders', { port: 8080 });
  for (const service of [web, orders]) addWorkload(chart, service);
  orders.allowFrom([web, MeshNamespace.fromName(chart, 'monitoring')]);
};

/** The same, and a policy of one's own that denies `web` by its old name. */
const withOwnPolicy = (stage: TrustDomainStage): Program => (app) => {
  at(stage)(app);
  const chart = new Chart(app.node.findChild('prod'), 'own', { namespace: 'shop' });
  const rules = [{ from: [{ source: { principals: [`${OLD ?? ''}/ns/shop/sa/web`] } }] }];
  new AuthorizationPolicy(chart, 'no-web', { metadata: { name: 'no-web' }, spec: { action: 'DENY', rules } });
};

const asks = (domain: string | undefined, account: string, expect: Outcome, control?: Outcome, namespace = 'shop'): Check => ({
  what: `${domain ?? ''}/ns/${namespace}/sa/${account}`,
  request: { host: 'orders.shop.svc.cluster.local:8080' },
  as: `${domain ?? ''}/ns/${namespace}/sa/${account}`,
  expect,
  ...(control === undefined ? {} : { control }),
});

const noAlias: Edit = replace('ConfigMap', 'istio', /trustDomainAliases:\\n\s*- [a-z.]+\\n/, '');
const noGrant: Edit = drop('AuthorizationPolicy', 'orders');

const through = inFrontOf('orders', 'shop', 8080);
/** Whoever may call, with certificates of the one and the other trust domain, and who may not. */
const both = (own: string | undefined, other: string | undefined): readonly Check[] => [
  asks(own, 'web', IN),
  asks(other, 'web', IN, CUT),
  asks(own, 'prometheus', IN, undefined, 'monitoring'),
  asks(other, 'prometheus', IN, CUT, 'monitoring'),
  asks(own, 'batch', OUT),
  asks(other, 'batch', OUT, CUT),
  asks(FAR, 'web', CUT),
];

export const trustDomain: readonly Case[] = [

  {
    name: 'trust domain: before the migration',
    promise: 'certificates of the old trust domain are accepted, and no others',
    program: at('before'),
    through,
    checks: [asks(OLD, 'web', IN, OUT), asks(OLD, 'batch', OUT), asks(NEW, 'web', CUT)],
    control: { what: 'no grant', edit: noGrant },
  },
  {
    name: 'trust domain: the new one is accepted',
    promise: 'both are let in by the grants of the old one, and refused where those refuse',
    program: at('accept-new'),
    through,
    checks: both(OLD, NEW),
    control: { what: 'no alias', edit: noAlias },
  },
  {
    name: 'trust domain: the new one is issued',
    promise: 'both are let in by the grants of the new one, so that nobody is refused while certificates are renewed',
    program: at('issue-new'),
    through,
    checks: both(NEW, OLD),
    control: { what: 'no alias', edit: noAlias },
  },
  {
    name: 'trust domain: sidecars that have not renewed their certificates yet',
    promise: 'both sides of a connection trust certificates of the old trust domain, here the default one, while the new one is issued',
    program: at('issue-new', 'cluster.local'),
    // certificates of sidecars are of cluster.local here
    through: { first: { direction: 'outbound', app: 'web', namespace: 'shop', port: 8080 }, second: { direction: 'inbound', app: 'orders', namespace: 'shop', port: 8080 } },
    checks: [{ what: 'a call', request: { host: 'orders.shop.svc.cluster.local:8080' }, expect: IN, control: { status: 503 } }],
    control: { what: 'no alias', edit: noAlias },
  },
  {
    name: 'trust domain: after the migration',
    promise: 'certificates of the old trust domain are refused',
    program: at('done'),
    through,
    checks: [asks(NEW, 'web', IN, OUT), asks(NEW, 'batch', OUT), asks(OLD, 'web', CUT)],
    control: { what: 'no grant', edit: noGrant },
  },
  {
    name: 'trust domain: a policy of one\'s own by the old one, while both are accepted',
    promise: 'it holds for certificates of both',
    program: withOwnPolicy('issue-new'),
    through,
    checks: [asks(OLD, 'web', OUT, IN), asks(NEW, 'web', OUT, IN)],
    control: { what: 'without it', edit: drop('AuthorizationPolicy', 'no-web') },
  },
  {
    name: 'trust domain: a policy of one\'s own by the old one, after the migration',
    promise: 'whom it denies is let in, which is why it is warned of',
    program: withOwnPolicy('done'),
    through,
    checks: [asks(NEW, 'web', IN, OUT)],
    control: { what: 'by the new one', edit: replace('AuthorizationPolicy', 'no-web', /old\.example/, 'new.example') },
  },
];
