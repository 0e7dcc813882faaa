import { text } from '../kubernetes/status';
import type { Certificate, CertificateAuthority } from './certificates';
import type { Xds } from './istio-xds';
import { rewrite } from './json';
import type { JsonObject } from './json';

/** Who signs in a scene. */
export interface Authorities {
  /** That of istiod, and of all whom a case trusts. */
  readonly trusted: CertificateAuthority;
  /** One that nobody trusts. */
  readonly stranger: CertificateAuthority;
}

/**
 * The certificates that stand behind names of Istio's, as the fields of an Envoy secret. `default` and `ROOTCA` are a proxy's
 * identity and what it checks others against. The rest are Secrets or files: certificates for a host of the Secret's name (so
 * that a client sees which was shown), and for authorities the one that is trusted.
 */
export async function secretFor(name: string, principal: string, authorities: Authorities, strangers: readonly string[]): Promise<JsonObject> {
  const { trusted } = authorities;
  if (name === 'default') return ofCertificate(await trusted.identity(principal));
  const plain = plainName(name);
  const authority = strangers.includes(plain) ? authorities.stranger : trusted;
  if (name === 'ROOTCA' || name.startsWith('file-root:') || name.endsWith('-cacert')) {
    return { validationContext: { trustedCa: { inlineString: authority.root } } };
  }
  return ofCertificate(await authority.host(plain));
}

/** The names of all secrets that a configuration asks for. */
export function secretNames({ listeners, clusters }: Xds): readonly string[] {
  const names = new Set<string>();
  rewrite([listeners, clusters], (object) => {
    if ('sdsConfig' in object) names.add(text(object['name']));
    return object;
  });
  return [...names];
}

/** `kubernetes://NAME`, `kubernetes-gateway://NAMESPACE/NAME`, `file-cert:CERTIFICATE~KEY`, `file-root:FILE`: the last word of it. */
function plainName(name: string): string {
  const path = name.replace(/^[a-z-]+:(\/\/)?/, '').replace(/~.*$/, '').replace(/-cacert$/, '');
  return path.split('/').pop() ?? path;
}

function ofCertificate({ certificate, key }: Certificate): JsonObject {
  return { tlsCertificate: { certificateChain: { inlineString: certificate }, privateKey: { inlineString: key } } };
}
