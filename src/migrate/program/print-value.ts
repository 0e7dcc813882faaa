/** Longest line that a value stands on by itself. */
const LINE = 110;
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/**
 * A value as TypeScript: plain data, with keys in the order in which they are given. What fits stands on one line.
 *
 * @param indent how far in the value's first line starts
 * @param taken how many characters stand before the value on its line
 */
export function printValue(value: unknown, indent = 0, taken = indent): string {
  if (typeof value === 'string') return printText(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const line = printLine(value);
  if (!line.includes('\n') && taken + line.length <= LINE) return line;
  const inner = ' '.repeat(indent + 2);
  const close = ' '.repeat(indent);
  if (Array.isArray(value)) {
    const items = value.map((item) => `${inner}${printValue(item, indent + 2)},\n`);
    return `[\n${items.join('')}${close}]`;
  }
  const entries = definedEntries(value).map(([key, item]) => {
    const head = `${inner}${printKey(key)}: `;
    return `${head}${printValue(item, indent + 2, head.length)},\n`;
  });
  return `{\n${entries.join('')}${close}}`;
}

function printLine(value: unknown): string {
  if (typeof value === 'string') return printText(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(printLine).join(', ')}]`;
  const entries = definedEntries(value).map(([key, item]) => `${printKey(key)}: ${printLine(item)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

function definedEntries(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, item]) => item !== undefined);
}

/** `__proto__` would set the prototype as a plain key. */
function printKey(key: string): string {
  if (key === '__proto__') return "['__proto__']";
  return IDENTIFIER.test(key) ? key : printQuoted(key);
}

/** Texts of several lines are easier to read, and to change, as a template literal. */
function printText(text: string): string {
  const isPlain = !/[\0-\x08\x0b-\x1f\x7f\u2028\u2029]/.test(text);
  if (text.includes('\n') && isPlain) return `\`${text.replace(/[\\`]|\$(?=\{)/g, '\\$&')}\``;
  return printQuoted(text);
}

function printQuoted(text: string): string {
  const quoted = JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"').replace(/'/g, "\\'");
  return `'${quoted.replace(/[\u2028\u2029]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16)}`)}'`;
}
