import { RE2JS } from 're2js';

/** The one module that loads the RE2 engine; `re2.ts` requires it at the first pattern that needs it. */

export type Engine = { readonly test: (text: string) => boolean; readonly find: (text: string, limit: number) => string[] };

/** A compiled pattern, or what is wrong with it. */
export function compileRe2(pattern: string): Engine | { readonly error: string } {
  try {
    const compiled = RE2JS.compile(pattern);
    return { test: (text) => compiled.test(text), find: (text, limit) => findAll(compiled, text, limit) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function findAll(compiled: RE2JS, text: string, limit: number): string[] {
  const found: string[] = [];
  const matcher = compiled.matcher(text);
  let end = -1;
  while ((limit < 0 || found.length < limit) && matcher.find()) {
    const match = matcher.group() ?? '';
    // as in Go, no empty match stands right behind another match
    if (match !== '' || matcher.start() !== end) found.push(match);
    end = matcher.end();
  }
  return found;
}
