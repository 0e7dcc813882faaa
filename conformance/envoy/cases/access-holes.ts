import { inFrontOf } from '../case';
import type { Case, Check, Outcome } from '../case';
import { drop, replace } from '../manifests';
import type { Request } from '../request';
import { program } from './access-more';

/** What once got round a rule, or still does as the documentation says. */

const IN: Outcome = { status: 200, body: 'orders-v1' };
const OUT: Outcome = { status: 403, body: 'RBAC: access denied' };
const web = (what: Partial<Request>, expect: Outcome, control?: Outcome): Check => ({
  what: `${what.host ?? ''} ${what.path ?? '/'}`,
  request: { host: 'orders.shop.svc.cluster.local:8080', ...what },
  as: 'cluster.local/ns/shop/sa/web',
  expect,
  ...(control === undefined ? {} : { control }),
});

export const accessHoles: readonly Case[] = [
  {
    name: 'denyFrom: a host with a port behind it',
    promise: 'a denied host is refused whatever port the caller writes behind it',
    program: program(({ web: caller, orders: target }) => {
      target.allowFrom(caller);
      target.denyFrom('anyone', { hosts: ['admin.example.com'] });
    }),
    through: inFrontOf('orders', 'shop', 8080),
    checks: [
      web({ host: 'admin.example.com:8443' }, OUT, IN),
      web({ host: 'ADMIN.example.com:80' }, OUT, IN),
      web({ host: 'admin.example.com' }, OUT),
      web({ host: 'admin.example.community:80' }, IN),
    ],
    control: { what: 'the host as it was given', edit: replace('AuthorizationPolicy', 'orders.deny', ',"admin.example.com:*"', '') },
  },
  {
    name: 'allowFrom: what climbs out of a path',
    promise: 'dots do not lead out of a granted path, unless the slash is escaped, as the documentation says',
    program: program(({ web: caller, orders: target }) => target.allowFrom(caller, { paths: ['/public/*'] })),
    through: inFrontOf('orders', 'shop', 8080),
    checks: [web({ path: '/public/a' }, IN, OUT), web({ path: '/public/../admin' }, OUT), web({ path: '/public/%2e%2e/admin' }, OUT), web({ path: '/public/..%2Fadmin' }, IN, OUT)],
    control: { what: 'no grant', edit: drop('AuthorizationPolicy', 'orders') },
  },
];
