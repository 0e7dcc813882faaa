import type { HTTPRouteRulesFiltersCors } from '../../../imports/gateway-api/http-route';
import type { VirtualServiceHttpCorsPolicy } from '../../../imports/istio/virtual-service';
import { Duration } from '../../core/duration';
import { within } from '../rules/refuse';
import type { Place } from '../rules/refuse';
import { noForm } from './no-form';

/** Origins as filters take them: one, all of a domain, or any. */
const ORIGIN = /^(\*|https?:\/\/(\*|(\*\.)?[a-zA-Z0-9.-]+)(:[0-9]{1,5})?)$/;

/** What pages of other origins may do. @throws MeshError when origins are told by anything but their whole text. */
export function corsFilter(cors: VirtualServiceHttpCorsPolicy, place: Place): HTTPRouteRulesFiltersCors {
  const { allowOrigins = [], allowMethods, allowHeaders, exposeHeaders, maxAge, allowCredentials, ...others } = cors;
  const [other] = Object.keys(others);
  if (other !== undefined && cors.unmatchedPreflights !== 'IGNORE') {
    throw noForm(within(place, other), String(others[other as keyof typeof others]), 'origins, methods, headers, maxAge and credentials: filters say nothing else');
  }
  return {
    allowOrigins: allowOrigins.map((origin) => originOf(origin, within(place, 'allowOrigins'))),
    ...(allowMethods === undefined ? {} : { allowMethods: allowMethods as NonNullable<HTTPRouteRulesFiltersCors['allowMethods']> }),
    ...(allowHeaders === undefined ? {} : { allowHeaders: [...allowHeaders] }),
    ...(exposeHeaders === undefined ? {} : { exposeHeaders: [...exposeHeaders] }),
    ...(maxAge === undefined ? {} : { maxAge: Duration.parse(maxAge).toSeconds() }),
    ...(allowCredentials === true ? { allowCredentials } : {}),
  };
}

function originOf(origin: object, place: Place): string {
  const { exact } = origin as { readonly exact?: string };
  if (exact !== undefined && ORIGIN.test(exact)) return exact;
  const got = exact === undefined ? 'an origin by prefix or pattern' : JSON.stringify(exact);
  throw noForm(place, got, 'origins such as "https://shop.example.com", "https://*.example.com" or "*"', 'name each origin');
}
