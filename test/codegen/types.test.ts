import { PACKAGE_IMPORTS } from '../../src/codegen/emit/imports';
import { generate } from '../../src/codegen/generate';
import { GENERATOR_VERSION } from '../../src/codegen/lock';
import type { JsonObject } from '../../src/rules/json';
import { crd, release } from './crd';

const TEXT = { type: 'string' };

/** The types of a kind with these fields in its spec, without what stands above them. */
async function typesOf(...specs: readonly JsonObject[]): Promise<string> {
  const releases = specs.map((spec, index) => release(`${index + 1}.0.0`, crd({ versions: { v1: { type: 'object', ...spec } } })));
  const lock = { generator: GENERATOR_VERSION, sources: {} };
  const { files } = await generate([{ name: 'example', releases }], { imports: PACKAGE_IMPORTS, docs: false, lock });
  const text = files.get('example/widget.ts') as string;
  return text.slice(text.indexOf('export interface WidgetProps')).split('\n\n').slice(1).join('\n\n').trim();
}

const cases: { readonly [what: string]: { readonly schema: JsonObject; readonly types: string } } = {
  'an int or string': {
    schema: { properties: { port: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] } } },
    types: 'export interface WidgetSpec {\n  port?: number | string;\n}',
  },
  'what may be null': {
    schema: { properties: { a: { type: 'integer', nullable: true }, b: { type: 'array', nullable: true, items: TEXT } } },
    types: 'export interface WidgetSpec {\n  a?: number | null;\n  b?: string[] | null;\n}',
  },
  'an object that keeps unknown fields': {
    schema: { properties: { a: TEXT }, 'x-kubernetes-preserve-unknown-fields': true },
    types: 'export interface WidgetSpec {\n  a?: string;\n  [key: string]: unknown;\n}',
  },
  'anything at all': {
    schema: { properties: { a: { 'x-kubernetes-preserve-unknown-fields': true }, b: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } },
    types: 'export interface WidgetSpec {\n  a?: unknown;\n  b?: { [key: string]: unknown };\n}',
  },
  'an object without fields': {
    schema: { properties: { a: { type: 'object' } } },
    types: 'export interface WidgetSpec {\n  a?: { [key: string]: never };\n}',
  },
  'a map of lists of an enum': {
    schema: { properties: { a: { type: 'object', additionalProperties: { type: 'array', items: { type: 'string', enum: ['x', 'y'] } } } } },
    types: "export interface WidgetSpec {\n  a?: {\n    [key: string]: ('x' | 'y')[];\n  };\n}",
  },
  'names that are no identifiers': {
    schema: { properties: { 'a-b': TEXT, class: { type: 'object', properties: { 'x.y': TEXT } }, '$ref': TEXT } },
    types: "export interface WidgetSpec {\n  $ref?: string;\n  'a-b'?: string;\n  class?: WidgetClass;\n}\n\nexport interface WidgetClass {\n  'x.y'?: string;\n}",
  },
  'equal shapes under the name of the shortest path': {
    schema: {
      properties: {
        deep: { type: 'object', properties: { zone: { type: 'object', description: 'one', properties: { a: TEXT } } } },
        area: { type: 'array', items: { type: 'object', description: 'two', properties: { a: TEXT } } },
      },
    },
    types:
      'export interface WidgetSpec {\n  area?: WidgetArea[];\n  deep?: WidgetDeep;\n}\n\n' +
      'export interface WidgetArea {\n  a?: string;\n}\n\nexport interface WidgetDeep {\n  zone?: WidgetArea;\n}',
  },
  'two paths that read the same': {
    schema: {
      properties: {
        aB: { type: 'object', properties: { x: TEXT } },
        a: { type: 'object', properties: { b: { type: 'object', properties: { y: TEXT } } } },
      },
    },
    types:
      'export interface WidgetSpec {\n  a?: WidgetA;\n  aB?: WidgetAB;\n}\n\nexport interface WidgetA {\n  b?: WidgetSpecAB;\n}\n\n' +
      'export interface WidgetAB {\n  x?: string;\n}\n\nexport interface WidgetSpecAB {\n  y?: string;\n}',
  },
  'alternatives where none may be set': {
    schema: {
      properties: { a: TEXT, b: TEXT },
      oneOf: [{ not: { anyOf: [{ required: ['a'] }, { required: ['b'] }] } }, { required: ['a'] }, { required: ['b'] }],
    },
    types: 'export type WidgetSpec = {\n  a?: string;\n  b?: never;\n} | {\n  a?: never;\n  b?: string;\n};',
  },
  'alternatives where one must be set, beside another field': {
    schema: { properties: { a: TEXT, b: TEXT, c: TEXT }, required: ['c'], oneOf: [{ required: ['a'] }, { required: ['b'] }] },
    types: 'export type WidgetSpec = {\n  c: string;\n} & ({\n  a: string;\n  b?: never;\n} | {\n  a?: never;\n  b: string;\n});',
  },
};

test.each(Object.entries(cases))('%s', async (_what, { schema, types }) => {
  expect(await typesOf(schema)).toBe(types);
});

test('an alternative that a newer release adds belongs to the others', async () => {
  const arms = (...keys: string[]): JsonObject => ({
    properties: Object.fromEntries(keys.map((key) => [key, TEXT])),
    oneOf: [{ not: { anyOf: keys.map((key) => ({ required: [key] })) } }, ...keys.map((key) => ({ required: [key] }))],
  });
  const types = await typesOf(arms('a', 'b'), arms('a', 'b', 'c'));
  expect(types.match(/never/g)).toHaveLength(6);
  expect(types.split('} | {')).toHaveLength(3);
});

test('alternatives that a newer release gives up are none', async () => {
  const properties = { a: TEXT, b: TEXT };
  const types = await typesOf({ properties, oneOf: [{ required: ['a'] }, { required: ['b'] }] }, { properties });
  expect(types).toBe('export interface WidgetSpec {\n  a?: string;\n  b?: string;\n}');
});

test('a field that changes its type takes both', async () => {
  const types = await typesOf({ properties: { a: { type: 'integer' } } }, { properties: { a: { type: 'array', items: TEXT } } });
  expect(types).toBe('export interface WidgetSpec {\n  a?: number | string[];\n}');
});

test('a closed value that opens takes any of its type', async () => {
  const types = await typesOf({ properties: { a: { type: 'string', enum: ['x'] } } }, { properties: { a: TEXT } });
  expect(types).toBe('export interface WidgetSpec {\n  a?: string;\n}');
});
