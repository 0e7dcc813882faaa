/**
 * YAML asks that the lines of a quoted text be indented deeper than its key; the parser that Kubernetes' own tools are
 * built on does not, and CRDs are published that only it reads. How deep such lines stand changes nothing in the text,
 * so they are moved to the right.
 */
export function indentQuotes(text: string): string {
  let quote: string | undefined;
  let blockIndent: number | undefined;
  let indent = 0;
  return text
    .split('\n')
    .map((line) => {
      if (quote !== undefined) {
        const moved = line.trim() === '' ? line : `${' '.repeat(indent + 2)}${line.trimStart()}`;
        if (closes(line, quote)) quote = undefined;
        return moved;
      }
      const depth = line.length - line.trimStart().length;
      if (blockIndent !== undefined && (line.trim() === '' || depth > blockIndent)) return line;
      blockIndent = /(^|[:\-] )[|>][+-]?\d?\s*$/.test(line) ? depth : undefined;
      const opened = /^(?:\s*- )*\s*(?:[^\s'"#][^'"#]*: +|- +)(['"])(.*)$/.exec(line);
      if (opened !== null && !closes(opened[2] as string, opened[1] as string)) {
        quote = opened[1];
        indent = depth;
      }
      return line;
    })
    .join('\n');
}

/** True where a text holds the end of a quoted scalar: `''` and `\"` stand for the quote itself. */
function closes(text: string, quote: string): boolean {
  return quote === "'" ? text.replace(/''/g, '').includes("'") : text.replace(/\\./g, '').includes('"');
}
