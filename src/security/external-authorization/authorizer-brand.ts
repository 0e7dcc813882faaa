import type { ExternalAuthorizer } from './external-authorizer';

/** What an ExternalAuthorizer is known by; apart from it, so that what it is given to need not load it. */
export const AUTHORIZER_BRAND = Symbol.for('mesh-constructs.ExternalAuthorizer');

/** True for an ExternalAuthorizer of any copy of this library. */
export function isExternalAuthorizer(value: unknown): value is ExternalAuthorizer {
  return typeof value === 'object' && value !== null && AUTHORIZER_BRAND in value;
}
