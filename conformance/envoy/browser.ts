import type { Request, Response } from './request';

/** Redirects of one visit elsewhere; more are a circle. */
const MOST_REDIRECTS = 5;

/** What a browser remembers between requests: cookies, and where it was sent. */
export class Browser {
  private readonly cookies = new Map<string, string>();
  private sentTo: string | undefined;

  /** Sends a request with the cookies there are, and keeps those that come. */
  public async send(request: Request, ask: (request: Request) => Promise<Response>): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const path = request.path ?? this.sentTo ?? '/';
    const response = await ask({ ...request, path, headers: { ...(cookie === '' ? {} : { cookie }), ...request.headers } });
    for (const each of response.headers['set-cookie'] ?? []) this.keep(each);
    const { location } = response.headers;
    this.sentTo = location === undefined ? undefined : await cameBack(location, request.host);
    return response;
  }

  private keep(cookie: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    if (value === '' || /;\s*max-age=0/i.test(cookie)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** The path that other sites send the browser back to; undefined where they do not. */
async function cameBack(location: string, host: string): Promise<string | undefined> {
  let url = new URL(location, `https://${host}`);
  for (let redirects = 0; redirects < MOST_REDIRECTS; redirects += 1) {
    if (url.host === host) return `${url.pathname}${url.search}`;
    const answer = await fetch(url, { redirect: 'manual' });
    const next = answer.headers.get('location');
    if (next === null) return undefined;
    url = new URL(next, url);
  }
  return undefined;
}
