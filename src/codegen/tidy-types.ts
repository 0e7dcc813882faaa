/**
 * Lays out what json-schema-to-typescript prints without its formatter: indentation, semicolons, short comments, no
 * needless parentheses, and none of the sentences by which it says where a type came from.
 */
export function tidyTypes(printed: string): Map<string, string> {
  const lines = withoutOrigins(printed)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const blocks: string[] = [];
  let block: string[] = [];
  for (const line of lines) {
    // a declaration ends where the next comment or declaration at the top begins
    if (block.length > 0 && depthOf(block) === 0 && !isComment(block[block.length - 1] as string, true)) {
      blocks.push(layOut(block));
      block = [];
    }
    block.push(line);
  }
  if (block.length > 0) blocks.push(layOut(block));
  return new Map(blocks.map((text) => [/^export (?:interface|type) (\w+)/m.exec(text)?.[1] ?? '', text]));
}

function withoutOrigins(printed: string): string {
  return printed.replace(/ \* This interface was referenced by `[^`]*`'s JSON-Schema\n \* via the `definition` "[^"]*"\.\n/g, '');
}

function layOut(block: readonly string[]): string {
  const lines = shortenComments(withoutOuterParentheses(block));
  const result: string[] = [];
  let depth = 0;
  lines.forEach((line, index) => {
    if (isComment(line)) {
      result.push(`${'  '.repeat(depth)}${line.startsWith('*') ? ' ' : ''}${line}`);
      return;
    }
    if (closes(line)) depth -= 1;
    const isLast = index === lines.length - 1;
    const isInterface = lines.some((other) => other.startsWith('export interface '));
    result.push(`${'  '.repeat(depth)}${isLast && isInterface ? line : tidyLine(line)}`);
    if (opens(line)) depth += 1;
  });
  return result.join('\n');
}

/** `export type A = ({ … } & { … })` needs no parentheses. */
function withoutOuterParentheses(block: readonly string[]): readonly string[] {
  const head = block.findIndex((line) => /^export type \w+ = \(/.test(line));
  const last = block.length - 1;
  if (head < 0 || !(block[last] as string).endsWith(')')) return block;
  const opened = block.map((line, index) => (index === head ? line.replace(' = (', ' = ') : line));
  return opened.map((line, index) => (index === last ? line.slice(0, -1) : line));
}

/** Comments without empty lines at their end; one that then has a single line stands on one. */
function shortenComments(lines: readonly string[]): string[] {
  const result: string[] = [];
  let comment: string[] | undefined;
  for (const line of lines) {
    if (comment === undefined && line === '/**') comment = [];
    else if (comment === undefined) result.push(line);
    else if (line !== '*/') comment.push(line);
    else {
      result.push(...formatComment(comment));
      comment = undefined;
    }
  }
  return result;
}

function formatComment(comment: readonly string[]): string[] {
  const text = [...comment];
  while (text[text.length - 1] === '*') text.pop();
  if (text.length === 0) return [];
  return text.length === 1 ? [`/** ${(text[0] as string).slice(1).trim()} */`] : ['/**', ...text, '*/'];
}

function tidyLine(line: string): string {
  const text = line.replace('[k: string]', '[key: string]').replace(/"([^"'\\]*)"/g, "'$1'");
  if (opens(text)) return text;
  const property = /^(.*?\??: |export type \w+ = )\((.*)\)$/.exec(text);
  const inner = property?.[2];
  const bare = property !== null && inner !== undefined && isBalanced(inner) ? `${property[1]}${inner}` : text;
  return `${bare};`;
}

/** True where the parentheses of a text belong to each other, so that the pair around it was one. */
function isBalanced(text: string): boolean {
  let depth = 0;
  for (const character of text.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, '')) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

function depthOf(block: readonly string[]): number {
  return block
    .filter((line) => !isComment(line))
    .reduce((depth, line) => depth + (opens(line) ? 1 : 0) - (closes(line) ? 1 : 0), 0);
}

function opens(line: string): boolean {
  return line.endsWith('{');
}

function closes(line: string): boolean {
  return line.startsWith('}');
}

/** Every line of a comment starts with a star or opens one; with `atTop`, the end of a comment counts as well. */
function isComment(line: string, atTop = false): boolean {
  return line.startsWith('/**') || line.startsWith('*') || (atTop && line.endsWith('*/'));
}
