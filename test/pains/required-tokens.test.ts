import { AuthorizationPolicy, RequestAuthentication } from '../../imports/istio';
import { JwtAuthentication, RequestPrincipal } from '../../src';
import type { JwtAuthenticationProps } from '../../src';
import { synthTo } from '../../src/testing';
import { refused } from '../core/refused';
import { program } from '../support/program';

/** Pain 14: a RequestAuthentication alone lets requests without a token in, and nothing says so. */

const LOGIN = { issuer: 'https://login.example.com' };

function api(props: Partial<JwtAuthenticationProps> = {}) {
  const made = program();
  const web = made.shop.addService('web', { port: 8080 });
  new JwtAuthentication(made.chart, 'login', { target: web, issuers: [LOGIN], ...props });
  return { ...made, web };
}

const denials = (made: ReturnType<typeof api>) => synthTo(made.chart).many(AuthorizationPolicy).find(({ metadata }) => metadata.name === 'web.deny')?.spec;

test('a token is required: whoever shows none is refused, whatever is granted', () => {
  const made = api();
  made.web.allowFrom('anyone');
  expect(denials(made)).toMatchObject({ action: 'DENY', selector: { matchLabels: { app: 'web' } }, rules: [{ from: [{ source: { notRequestPrincipals: ['*'] } }] }] });
  expect(denials(made)?.rules?.[0]?.to).toEqual([{ operation: { notPorts: ['15021'] } }]);
});

test('only where it is said in so many words is it optional', () => {
  expect(denials(api({ optional: true }))).toBeUndefined();
  expect(denials(api({ optional: false }))).toBeDefined();
});

test('paths that need none are named, and all others need one', () => {
  expect(denials(api({ exemptPaths: ['/healthz'] }))?.rules?.[0]?.to).toEqual([{ operation: expect.objectContaining({ notPaths: ['/healthz'] }) }]);
});

test('the same pods are meant by both objects: none is checked and not required', () => {
  const made = api();
  const { spec, metadata } = synthTo(made.chart).one(RequestAuthentication);
  expect(spec?.selector).toEqual(denials(made)?.selector);
  expect(metadata.namespace).toBe('shop');
});

test('a grant that asks what a token says lets nobody in without one', () => {
  const made = api({ optional: true });
  made.web.allowFrom('anyone', { when: { 'request.auth.claims[groups]': { notValues: 'guests' } } });
  made.web.allowFrom(RequestPrincipal.any(), { paths: ['/any'] });
  for (const rule of synthTo(made.chart).one(AuthorizationPolicy, 'web').spec?.rules ?? []) {
    const isAsked = rule.from?.every(({ source }) => source?.requestPrincipals !== undefined) ?? rule.when?.some(({ key, values }) => key.startsWith('request.auth.') && values !== undefined);
    expect(isAsked).toBe(true);
  }
});

test('a rule about tokens that nobody checks is refused', () => {
  const { chart, shop } = program();
  shop.addService('web', { port: 8080 }).allowFrom(RequestPrincipal.any());
  expect(refused(() => synthTo(chart))).toMatchObject({ code: 'token-never-checked', fix: expect.stringContaining('make one') });
});
