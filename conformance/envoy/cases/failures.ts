import { traffic } from '../../../examples/02-traffic/main';
import { sidecarOf } from '../case';
import type { Case } from '../case';
import { withoutField } from './routes';

/** What a caller sees of slow and broken services, real ones and rehearsed ones. */

const through = sidecarOf('web', 'shop', 8080);
const orders = 'orders.shop.svc.cluster.local:8080';
const payments = 'payments.shop.svc.cluster.local:8080';
const rehearse = (what: string): Readonly<Record<string, string>> => ({ 'x-rehearse': what });

export const failures: readonly Case[] = [
  {
    name: 'timeout',
    promise: 'after 500 ms the caller gets 504, and the service was asked once',
    program: traffic,
    through,
    checks: [
      {
        what: 'a report that takes 2 s',
        request: { host: orders, path: '/orders/report' },
        upstreams: { 'orders-v1': () => ({ delayMs: 2_000 }) },
        expect: { status: 504, milliseconds: [450, 1_500], arrived: { 'orders-v1': 1 } },
        control: { status: 200, body: 'orders-v1', milliseconds: [1_950, 5_000] },
      },
      {
        what: 'a report that takes 100 ms',
        request: { host: orders, path: '/orders/report' },
        upstreams: { 'orders-v1': () => ({ delayMs: 100 }) },
        expect: { status: 200, body: 'orders-v1' },
      },
    ],
    control: { what: 'no timeout', edit: withoutField('orders-patience', 'report', 'timeout') },
  },
  {
    name: 'retries',
    promise: 'a request that fails is made again, twice at most',
    program: traffic,
    through,
    checks: [
      {
        what: 'two failures, then success',
        request: { host: orders, path: '/orders/7' },
        upstreams: { 'orders-v1': (nth) => (nth <= 2 ? { status: 500 } : {}) },
        expect: { status: 200, body: 'orders-v1', arrived: { 'orders-v1': 3 } },
        control: { status: 500, arrived: { 'orders-v1': 1 } },
      },
      {
        what: 'failures only',
        request: { host: orders, path: '/orders/7' },
        upstreams: { 'orders-v1': () => ({ status: 500 }) },
        expect: { status: 500, arrived: { 'orders-v1': 3 } },
        control: { status: 500, arrived: { 'orders-v1': 1 } },
      },
      {
        what: 'a failure of the caller',
        request: { host: orders, path: '/orders/7' },
        upstreams: { 'orders-v1': () => ({ status: 404 }) },
        expect: { status: 404, arrived: { 'orders-v1': 1 } },
      },
    ],
    control: { what: 'no retries of its own', edit: withoutField('orders-patience', 'orders', 'retries') },
  },
  {
    name: 'fault: abort for a cohort',
    promise: 'who sends the header gets 503 and no service is asked; nobody else notices',
    program: traffic,
    through,
    checks: [
      {
        what: 'with the header',
        request: { host: payments, path: '/pay', headers: rehearse('broken') },
        expect: { status: 503, body: 'fault filter abort', arrived: { 'payments-v1': 0 } },
        control: { status: 200, body: 'payments-v1', arrived: { 'payments-v1': 1 } },
      },
      { what: 'without it', request: { host: payments, path: '/pay' }, expect: { status: 200, body: 'payments-v1' } },
    ],
    control: { what: 'no fault', edit: withoutField('payments-rehearsal', 'broken', 'fault') },
  },
  {
    name: 'fault: delay for a cohort',
    promise: 'who sends the header waits a second longer; nobody else notices',
    program: traffic,
    through,
    checks: [
      {
        what: 'with the header',
        request: { host: payments, path: '/pay', headers: rehearse('slow') },
        expect: { status: 200, body: 'payments-v1', milliseconds: [950, 5_000] },
        control: { status: 200, body: 'payments-v1', milliseconds: [0, 900] },
      },
      {
        what: 'without it',
        request: { host: payments, path: '/pay' },
        expect: { status: 200, body: 'payments-v1', milliseconds: [0, 900] },
      },
    ],
    control: { what: 'no fault', edit: withoutField('payments-rehearsal', 'slow', 'fault') },
  },
];
