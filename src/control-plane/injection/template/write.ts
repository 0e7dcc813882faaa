import { canBeLiteral, writeString } from '../../../core/yaml-scalar';
import { Go, literal } from './go';
import { Each, Opened, Parts, Run, When } from './nodes';
import type { Fields, Item, Items, Node, Part, Template } from './nodes';

/**
 * The text of a template. Each line of YAML is on a line of its own; a line with an action takes the line break before it
 * away, so that an action leaves nothing behind.
 */
export function writeTemplate(template: Template): string {
  const variables = (template.variables ?? []).flatMap((variable) =>
    'code' in variable ? variable.code.map((code) => action(0, code)) : [action(0, `${variable[0]} := ${variable[1].code}`)],
  );
  const documents = template.documents.map((document) => fieldLines(document, 0));
  return [...variables, ...documents.flatMap((lines, index) => (index === 0 ? lines : ['---', ...lines]))].join('\n') + '\n';
}

function fieldLines(fields: Fields, depth: number): string[] {
  if (fields instanceof Parts) return fields.parts.flatMap((part) => (part === undefined ? [] : partLines(part, depth)));
  return Object.entries(fields).flatMap(([key, node]) => (node === undefined ? [] : entryLines(key, node, depth)));
}

function partLines(part: Part, depth: number): string[] {
  if (part instanceof When) return conditional(part, depth, fieldLines);
  if (part instanceof Run) return part.parts.flatMap((step) => runLines(step, depth));
  return fieldLines(part, depth);
}

function runLines(step: Opened | Item, depth: number): string[] {
  if (!(step instanceof Opened)) return itemLines([step], depth);
  return [action(depth, `if ${step.condition.code}`), line(depth, `${writeString(step.key)}:`), action(depth, 'end')];
}

function entryLines(key: string, node: Node, depth: number): string[] {
  const name = `${writeString(key)}:`;
  if (typeof node === 'string' && node.includes('\n')) return blockLines(name, node, depth);
  if (isScalar(node)) return [line(depth, `${name} ${scalar(node)}`)];
  const children = isItems(node) ? itemLines(node, depth) : fieldLines(node, depth + 1);
  if (children.length === 0) return [line(depth, `${name} ${isItems(node) ? '[]' : '{}'}`)];
  return [line(depth, name), ...children];
}

/** Items stand as deep as the key that they are under, which is how Kubernetes' own tools write them. */
function itemLines(items: Items, depth: number): string[] {
  return items.flatMap((item) => {
    if (item === undefined) return [];
    if (item instanceof When) return conditional(item, depth, itemLines);
    if (item instanceof Each) return loop(item, depth);
    return oneItem(item, depth);
  });
}

function oneItem(item: Node, depth: number): string[] {
  if (isScalar(item)) return [line(depth, `- ${scalar(item)}`)];
  const children = isItems(item) ? itemLines(item, depth + 1) : fieldLines(item, depth + 1);
  const [first, ...rest] = children;
  if (first === undefined) return [line(depth, isItems(item) ? '- []' : '- {}')];
  // an action cannot stand behind the dash: what it takes away would be the dash's own line break
  if (first.trimStart().startsWith('{{')) return [line(depth, '-'), ...children];
  return [line(depth, `- ${first.trimStart()}`), ...rest];
}

function conditional<T extends Fields | Items>(branch: When<T>, depth: number, write: (body: T, depth: number) => string[]): string[] {
  const lines = [action(depth, `if ${branch.condition.code}`), ...write(branch.then, depth)];
  let { otherwise } = branch;
  while (otherwise instanceof When) {
    lines.push(action(depth, `else if ${otherwise.condition.code}`), ...write(otherwise.then, depth));
    otherwise = otherwise.otherwise;
  }
  if (otherwise !== undefined) lines.push(action(depth, 'else'), ...write(otherwise, depth));
  return [...lines, action(depth, 'end')];
}

function loop({ variables, over, body }: Each<Items>, depth: number): string[] {
  return [action(depth, `range ${variables} := ${over.code}`), ...itemLines(body, depth), action(depth, 'end')];
}

function blockLines(name: string, text: string, depth: number): string[] {
  if (text.includes('{{') || !canBeLiteral(text)) return [line(depth, `${name} ${scalar(text)}`)];
  const clipped = text.endsWith('\n');
  const body = clipped ? text.slice(0, -1) : text;
  return [line(depth, `${name} ${clipped ? '|' : '|-'}`), ...body.split('\n').map((one) => (one === '' ? '' : line(depth + 1, one)))];
}

function scalar(value: string | number | boolean | Go): string {
  if (value instanceof Go) return `{{ ${value.code}${value.bare ? '' : ' | quote'} }}`;
  // what looks like an action in text that the user gave is no action
  if (typeof value === 'string') return value.includes('{{') ? `{{ ${literal(value)} | quote }}` : writeString(value);
  return String(value);
}

function isScalar(node: Node): node is string | number | boolean | Go {
  return typeof node !== 'object' || node instanceof Go;
}

function isItems(node: Fields | Items): node is Items {
  return Array.isArray(node);
}

function action(depth: number, code: string): string {
  return line(depth, `{{- ${code} }}`);
}

function line(depth: number, text: string): string {
  return `${'  '.repeat(depth)}${text}`;
}
