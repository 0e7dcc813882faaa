import { meshError } from '../../errors/mesh-error';

const MOST_BYTES = 64 * 1024 * 1024;
const LONGEST_WAIT = 30_000;

/** The text at an https address. The only place of the library that uses the network, and only when told to. */
export async function fetchText(address: string, fetcher: typeof fetch = fetch): Promise<string> {
  if (!address.startsWith('https://')) throw problem(address, 'an address that is not https', 'use https, or download the file');
  let response: Response;
  try {
    response = await fetcher(address, { signal: AbortSignal.timeout(LONGEST_WAIT) });
  } catch (error) {
    throw problem(address, reasonOf(error), 'check the address and the network, or download the file');
  }
  if (!response.ok) throw problem(address, `HTTP status ${response.status}`, 'check the address');
  const text = await response.text().catch((error: unknown) => {
    throw problem(address, reasonOf(error), 'try again, or download the file');
  });
  if (text.length > MOST_BYTES) throw problem(address, `${text.length} characters`, 'download the file and import what is needed');
  return text;
}

/** Node says "fetch failed" and hides the reason in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function problem(address: string, got: string, fix: string): Error {
  return meshError({ code: 'import-cannot-fetch', property: address, got, expected: 'a document of CRDs', fix });
}
