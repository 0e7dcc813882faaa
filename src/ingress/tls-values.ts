import { describeValue } from '../core/refusal';
import { oneOf, refuse, someList, within } from '../traffic/rules/refuse';
import type { Place } from '../traffic/rules/refuse';
import type { TlsCipherSuite, TlsOptions, TlsVersion } from './tls-options';

/** Versions, ciphers and names of clients as a server of Istio's Gateway has them. */
export interface TlsSettings extends Omit<TlsOptions, 'dnsNames'> {
  readonly subjectAltNames?: readonly string[];
}

export const OPTION_KEYS = ['minProtocolVersion', 'maxProtocolVersion', 'cipherSuites', 'dnsNames'] as const;
export const CLIENT_KEYS = [...OPTION_KEYS, 'clientCa', 'subjectAltNames'] as const;

const VERSIONS: readonly TlsVersion[] = ['TLSV1_0', 'TLSV1_1', 'TLSV1_2', 'TLSV1_3'];
const LEAST: TlsVersion = 'TLSV1_2';
const CIPHERS: readonly TlsCipherSuite[] = [
  'ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305', 'ECDHE-ECDSA-AES128-SHA', 'ECDHE-RSA-AES128-SHA',
  'ECDHE-ECDSA-AES256-SHA', 'ECDHE-RSA-AES256-SHA', 'AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'AES128-SHA', 'AES256-SHA',
];

/** Versions and ciphers that fit together; what is the default stays unsaid, so that equal settings are equal. @throws MeshError */
export function checkedOptions(options: TlsOptions, place: Place): TlsSettings {
  const least = options.minProtocolVersion === undefined ? LEAST : oneOf(within(place, 'minProtocolVersion'), options.minProtocolVersion, VERSIONS);
  const most = options.maxProtocolVersion === undefined ? undefined : oneOf(within(place, 'maxProtocolVersion'), options.maxProtocolVersion, VERSIONS);
  const ciphers = options.cipherSuites === undefined ? undefined : checkedCiphers(options.cipherSuites, within(place, 'cipherSuites'));
  if (most !== undefined && VERSIONS.indexOf(most) < VERSIONS.indexOf(least)) {
    throw refuse(within(place, 'maxProtocolVersion'), 'bad-tls', most, `${least} or newer, as the oldest that is taken`, 'give a minProtocolVersion that is not newer');
  }
  if (ciphers === undefined && VERSIONS.indexOf(least) < VERSIONS.indexOf(LEAST)) {
    throw refuse(within(place, 'cipherSuites'), 'bad-tls', `none, for ${least}`, 'ciphers that clients so old know: proxies have none of them by default', "give cipherSuites, such as ['ECDHE-RSA-AES128-SHA']");
  }
  if (ciphers !== undefined && least === 'TLSV1_3') {
    throw refuse(within(place, 'cipherSuites'), 'bad-tls', 'ciphers, for TLSV1_3 only', 'no ciphers: TLS 1.3 has its own', 'take cipherSuites out');
  }
  return {
    ...(least === LEAST ? {} : { minProtocolVersion: least }),
    ...(most === undefined ? {} : { maxProtocolVersion: most }),
    ...(ciphers === undefined ? {} : { cipherSuites: ciphers }),
  };
}

function checkedCiphers(given: readonly TlsCipherSuite[], place: Place): readonly TlsCipherSuite[] {
  const ciphers = someList(place, given).map((cipher, index) => {
    const at = { ...place, property: `${place.property}[${index}]` };
    if (typeof cipher === 'string' && /^TLS_/.test(cipher)) {
      throw refuse(at, 'bad-tls', describeValue(cipher), 'a cipher of TLS 1.2: those of TLS 1.3 are always all taken', 'take it out');
    }
    return oneOf(at, cipher, CIPHERS);
  });
  const second = ciphers.find((cipher, index) => ciphers.indexOf(cipher) !== index);
  if (second === undefined) return ciphers;
  throw refuse(place, 'bad-tls', `${second} twice`, 'each cipher once', 'take one of the two out');
}

/** A path in the proxy's container. @throws MeshError */
export function filePath(place: Place, value: unknown): string {
  if (typeof value === 'string' && /^\/[^\n]*[^/\n]$/.test(value)) return value;
  throw refuse(place, 'bad-tls', describeValue(value), 'the path of a file in the proxy\'s container, which begins with "/"', 'mount it: workload: { volumes, volumeMounts } of the gateway');
}
