import { bookinfo } from '../../../examples/01-bookinfo/main';
import { inFrontOf } from '../case';
import type { Case, Outcome } from '../case';
import { replace } from '../manifests';

/** All of Bookinfo under deny by default: who calls whom. */

const GATEWAY = 'cluster.local/ns/istio-ingress/sa/public';
const identity = (name: string): string => `cluster.local/ns/bookinfo/sa/${name}`;
const SERVICES = ['productpage', 'details', 'reviews', 'ratings'];
/** The calls of the application. */
const CALLERS: Readonly<Record<string, readonly string[]>> = {
  productpage: [GATEWAY],
  details: [identity('productpage')],
  reviews: [identity('productpage')],
  ratings: [identity('reviews')],
};
const OUT: Outcome = { status: 403, body: 'RBAC: access denied' };

export const accessBookinfo: readonly Case[] = SERVICES.map((name): Case => {
  const inside: Outcome = { status: 200, body: `${name}-v1` };
  const callers = [GATEWAY, ...SERVICES.map(identity), 'cluster.local/ns/elsewhere/sa/productpage'];
  return {
    name: `Bookinfo: who calls ${name}`,
    promise: 'every call of the application is let in, and every other pair is refused',
    program: bookinfo,
    through: inFrontOf(name, 'bookinfo', 9080),
    checks: callers.map((as) => {
      const isGranted = CALLERS[name]?.includes(as) === true;
      const request = { host: `${name}.bookinfo.svc.cluster.local:9080` };
      return { what: as, request, as, expect: isGranted ? inside : OUT, ...(isGranted ? {} : { control: inside }) };
    }),
    control: { what: 'the grant is for everybody', edit: replace('AuthorizationPolicy', name, /"principals":\[[^\]]*\]/, '"principals":["*"]') },
  };
});
