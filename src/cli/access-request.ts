import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { AskedQuestion } from '../security/decisions/asked-question';
import type { RequestFacts } from '../security/decisions/request-facts';

/** What `mesh-constructs access` is asked for. */
export interface AccessRequest {
  readonly app: string;
  readonly form: 'text' | 'json' | 'mermaid';
  /** Only rows about what is called so, or who calls so. */
  readonly only: string | undefined;
  readonly question: AskedQuestion | undefined;
  readonly expect: 'allowed' | 'denied' | undefined;
}

const OPTIONS = {
  'app': { type: 'string' },
  'json': { type: 'boolean' },
  'mermaid': { type: 'boolean' },
  'only': { type: 'string' },
  'from': { type: 'string' },
  'to': { type: 'string' },
  'cluster': { type: 'string' },
  'port': { type: 'string' },
  'connect': { type: 'boolean' },
  'method': { type: 'string' },
  'path': { type: 'string' },
  'host': { type: 'string' },
  'header': { type: 'string', multiple: true },
  'token': { type: 'string' },
  'source-ip': { type: 'string' },
  'remote-ip': { type: 'string' },
  'sni': { type: 'string' },
  'authorizer': { type: 'string', multiple: true },
  'expect': { type: 'string' },
  'help': { type: 'boolean', short: 'h' },
} as const;

type Values = ReturnType<typeof parsed>;

/** Options that say something of a request. */
const OF_REQUEST = ['cluster', 'port', 'connect', 'method', 'path', 'host', 'header', 'token', 'source-ip', 'remote-ip', 'sni', 'authorizer', 'expect'] as const;

/** A wrong use, as it is told. */
class Misuse {
  public constructor(public readonly misuse: string) {}
}

/** Reads the command line. */
export function readAccessRequest(args: readonly string[], cwd: string): AccessRequest | 'help' | { readonly misuse: string } {
  try {
    const values = parsed(args);
    if (values.help === true) return 'help';
    const forms = [values.json === true, values.mermaid === true].filter(Boolean).length;
    if (forms > 1) return { misuse: 'both --json and --mermaid: one of them' };
    const question = questionOf(values);
    if (question !== undefined && (values.mermaid === true || values.only !== undefined)) return { misuse: '--mermaid and --only are for the table, and --from and --to ask for one request' };
    const { expect } = values;
    if (expect !== undefined && expect !== 'allowed' && expect !== 'denied') return { misuse: `--expect ${JSON.stringify(expect)}: allowed or denied` };
    const app = values.app ?? appOf(cwd);
    if (app === undefined || app.trim() === '') return { misuse: 'no program: give --app, or "app" in cdk8s.yaml of this folder' };
    return { app, form: values.json === true ? 'json' : values.mermaid === true ? 'mermaid' : 'text', only: values.only, question, expect };
  } catch (error) {
    if (error instanceof Misuse) return error;
    return { misuse: (error instanceof Error ? error.message : String(error)).split('. To specify')[0] ?? '' };
  }
}

function parsed(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, strict: true }).values;
}

function questionOf(values: Values): AskedQuestion | undefined {
  const { from, to, cluster, port, connect, method, path } = values;
  if (from === undefined && to === undefined) {
    const stray = OF_REQUEST.find((key) => values[key] !== undefined);
    if (stray !== undefined) throw new Misuse(`--${stray} without --from and --to`);
    return undefined;
  }
  if (from === undefined || to === undefined) throw new Misuse(from === undefined ? '--to without --from' : '--from without --to');
  if (connect === true && (method !== undefined || path !== undefined)) throw new Misuse('--connect is a connection of bytes: it has no --method and no --path');
  if (port !== undefined && !/^\d{1,5}$/.test(port)) throw new Misuse(`--port ${JSON.stringify(port)}: a number`);
  return {
    from,
    to,
    facts: factsOf(values),
    ...(cluster !== undefined && { cluster }),
    ...(port !== undefined && { port: Number(port) }),
    ...(connect !== undefined && { connect }),
    ...(method !== undefined && { method }),
    ...(path !== undefined && { path }),
  };
}

function factsOf({ host, header, token, 'source-ip': sourceIp, 'remote-ip': remoteIp, sni, authorizer }: Values): RequestFacts {
  return {
    ...(host !== undefined && { host }),
    ...(header !== undefined && { headers: pairs('header', ':', header) }),
    ...(token !== undefined && { token: tokenOf(token) as NonNullable<RequestFacts['token']> }),
    ...(sourceIp !== undefined && { sourceIp }),
    ...(remoteIp !== undefined && { remoteIp }),
    ...(sni !== undefined && { sni }),
    ...(authorizer !== undefined && { authorizers: pairs('authorizer', '=', authorizer) as NonNullable<RequestFacts['authorizers']> }),
  };
}

function pairs(option: string, between: string, texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf(between);
      if (at < 1) throw new Misuse(`--${option} ${JSON.stringify(text)}: write it as NAME${between}VALUE`);
      return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
    }),
  );
}

/** The text is not shown: it may be a token in earnest. */
function tokenOf(text: string): object {
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // said below
  }
  throw new Misuse('--token: what it says, as JSON, such as \'{"issuer": "https://login.example.com", "claims": {"groups": ["admins"]}}\'');
}

/** As the command line of cdk8s finds it. */
function appOf(folder: string): string | undefined {
  const file = join(folder, 'cdk8s.yaml');
  if (!existsSync(file)) return undefined;
  const { parse } = require('yaml') as typeof import('yaml');
  try {
    const { app } = (parse(readFileSync(file, 'utf8')) ?? {}) as { readonly app?: unknown };
    return typeof app === 'string' ? app : undefined;
  } catch {
    return undefined;
  }
}
