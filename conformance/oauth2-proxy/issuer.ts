import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Who logs in with it: one person, without being asked for anything. */
export const PERSON = { sub: 'ann', email: 'ann@example.com', email_verified: true, groups: ['editors'] } as const;

interface Asked {
  readonly nonce: string | undefined;
  readonly client: string;
  /** Of PKCE: what the code is handed out for. */
  readonly challenge: string | undefined;
}

/** An OpenID provider, as small as it can be: discovery, keys, codes and tokens that are signed in truth. */
export class Issuer {
  public static async start(): Promise<Issuer> {
    const issuer = new Issuer();
    await new Promise<void>((resolve) => issuer.server.listen(0, '127.0.0.1', resolve));
    issuer.server.unref();
    return issuer;
  }

  private readonly server = createServer((request, response) => void this.answer(request, response));
  private readonly keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  private readonly codes = new Map<string, Asked>();

  private constructor() {}

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const json = (value: unknown, status = 200): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    switch (pathname) {
      case '/.well-known/openid-configuration':
        return json({
          issuer: this.url,
          authorization_endpoint: `${this.url}/authorize`,
          token_endpoint: `${this.url}/token`,
          jwks_uri: `${this.url}/keys`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
          code_challenge_methods_supported: ['S256'],
        });
      case '/keys':
        return json({ keys: [{ ...this.keys.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] });
      case '/authorize': {
        const code = randomUUID();
        this.codes.set(code, { nonce: searchParams.get('nonce') ?? undefined, client: searchParams.get('client_id') ?? '', challenge: searchParams.get('code_challenge') ?? undefined });
        const back = new URL(searchParams.get('redirect_uri') ?? '');
        back.searchParams.set('code', code);
        back.searchParams.set('state', searchParams.get('state') ?? '');
        return void response.writeHead(302, { location: back.href }).end();
      }
      case '/token': {
        const form = new URLSearchParams(await textOf(request));
        const asked = this.codes.get(form.get('code') ?? '');
        this.codes.delete(form.get('code') ?? '');
        const shown = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
        if (asked === undefined || asked.challenge !== shown) return json({ error: 'invalid_grant' }, 400);
        return json({ access_token: randomUUID(), token_type: 'Bearer', expires_in: 3_600, id_token: this.token(asked) });
      }
      default:
        return json({}, 404);
    }
  }

  private token({ nonce, client }: Asked): string {
    const now = Math.floor(Date.now() / 1_000);
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const body = `${part({ alg: 'RS256', typ: 'JWT', kid: 'one' })}.${part({ ...PERSON, iss: this.url, aud: client, iat: now, exp: now + 3_600, nonce })}`;
    return `${body}.${sign('sha256', Buffer.from(body), this.keys.privateKey).toString('base64url')}`;
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
