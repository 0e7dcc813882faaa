import { MtlsPolicy } from '../../../src';
import { inFrontOf } from '../case';
import type { Case, Outcome } from '../case';
import { drop, replace } from '../manifests';
import { program } from './access-more';

/** Modes of mutual TLS, in front of a pod. */

const host = 'orders.shop.svc.cluster.local:8080';
const as = 'cluster.local/ns/shop/sa/web';
const orders = inFrontOf('orders', 'shop', 8080);
const IN: Outcome = { status: 200, body: 'orders-v1' };
const CUT: Outcome = { status: 'cut' };

export const accessMtls: readonly Case[] = [
  ...(['PERMISSIVE', 'DISABLE', 'STRICT'] as const).map((mode): Case => ({
    name: `MtlsPolicy: ${mode}`,
    promise: 'pods take plain text, mutual TLS, or both, as the mode says',
    program: program(({ chart, orders: target }) => {
      target.allowFrom('anyone');
      new MtlsPolicy(chart, 'mode', { target, mode });
    }),
    through: orders,
    checks: [
      { what: 'plain text', request: { host }, expect: mode === 'STRICT' ? CUT : IN, control: mode === 'STRICT' ? IN : CUT },
      { what: 'mutual TLS', request: { host }, as, expect: mode === 'DISABLE' ? CUT : IN, ...(mode === 'DISABLE' && { control: IN }) },
      { what: 'TLS without a certificate', request: { host }, as: 'anonymous', expect: CUT },
    ],
    control:
      mode === 'STRICT'
        ? { what: 'plain text is taken as well', edit: replace('PeerAuthentication', 'orders', 'STRICT', 'PERMISSIVE') }
        : { what: 'the mode of the namespace', edit: drop('PeerAuthentication', 'orders') },
  })),
  {
    name: 'MtlsPolicy: a port of its own',
    promise: 'one port takes plain text, and no other does',
    program: program(({ chart, orders: target }) => {
      target.allowFrom('anyone');
      new MtlsPolicy(chart, 'mode', { target, ports: { 8080: 'PERMISSIVE' } });
    }),
    through: orders,
    checks: [{ what: 'plain text', request: { host }, expect: IN, control: CUT }, { what: 'mutual TLS', request: { host }, as, expect: IN }],
    control: { what: 'another port', edit: replace('PeerAuthentication', 'orders', '"8080"', '"5432"') },
  },
];
