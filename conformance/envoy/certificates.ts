import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { Unavailable } from '../runner/judge';
import { runProgram } from './run-program';

/** A certificate and its key, in PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/**
 * A certificate authority of the test, in the place of istiod's: it gives identities as Istio has them, so that policies
 * about principals are judged over real mutual TLS.
 */
export class CertificateAuthority {
  /** @param folder a temporary folder that the caller removes */
  public static async make(folder: string): Promise<CertificateAuthority> {
    mkdirSync(folder, { recursive: true });
    await openssl(folder, ['req', '-x509', ...NEW_KEY, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/O=test', '-days', '2']);
    return new CertificateAuthority(folder, readFileSync(path.join(folder, 'ca.crt'), 'utf8'));
  }

  private readonly issued = new Map<string, Promise<Certificate>>();

  private constructor(
    private readonly folder: string,
    /** What a certificate is checked against. */
    public readonly root: string,
  ) {}

  /** The certificate of a principal as Istio writes it, such as `cluster.local/ns/shop/sa/web`. */
  public identity(principal: string): Promise<Certificate> {
    return this.issue(`URI:spiffe://${principal}`);
  }

  /** The certificate of a server that clients know by a DNS name. */
  public host(name: string): Promise<Certificate> {
    return this.issue(`DNS:${name}`);
  }

  private issue(name: string): Promise<Certificate> {
    const known = this.issued.get(name);
    if (known !== undefined) return known;
    const made = this.make(name, this.issued.size + 1);
    this.issued.set(name, made);
    return made;
  }

  private async make(name: string, serial: number): Promise<Certificate> {
    const file = `leaf-${serial}`;
    // Two steps, because one (`req -CA`) needs OpenSSL 3.
    writeFileSync(path.join(this.folder, `${file}.ext`), `subjectAltName=critical,${name}\n`);
    await openssl(this.folder, ['req', ...NEW_KEY, '-keyout', `${file}.key`, '-out', `${file}.csr`, '-subj', '/O=test']);
    const signed = ['x509', '-req', '-in', `${file}.csr`, '-CA', 'ca.crt', '-CAkey', 'ca.key', '-set_serial', String(serial)];
    await openssl(this.folder, [...signed, '-days', '2', '-extfile', `${file}.ext`, '-out', `${file}.crt`]);
    const read = (ending: string): string => readFileSync(path.join(this.folder, `${file}.${ending}`), 'utf8');
    return { certificate: read('crt'), key: read('key') };
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

async function openssl(folder: string, args: readonly string[]): Promise<void> {
  const result = await runProgram('openssl', args, { timeoutMs: 30_000, cwd: folder });
  if (result.missing) throw new Unavailable('there is no OpenSSL here (no program named openssl in PATH)');
  if (result.code !== 0) throw new Error(`openssl ${args[0] ?? ''} failed: ${result.stderr.trim().split('\n').pop() ?? ''}`);
}
