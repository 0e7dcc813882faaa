import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import ts from 'typescript';

/** One name that an index exports: `name` is `original` of the module, or the module itself where `original` is '*'. */
interface LazyName {
  readonly name: string;
  readonly original: string;
  readonly module: string;
}

/**
 * The script for an index that loads a module when one of its names is first read.
 *
 * `source` is the index in TypeScript: it may only export from other modules. `script` is where its compiled form
 * lies, with the modules that it exports from compiled beside it; they are loaded to list what `export *` stands for.
 * The names stand as plain assignments too, because that is what Node reads to offer them to ES modules.
 */
export function lazyIndex(source: string, script: string): string {
  const names = exportedNames(source, script);
  const seen = new Set<string>();
  for (const { name } of names) {
    if (seen.has(name)) throw new Error(`${source} exports ${name} twice`);
    seen.add(name);
  }
  // assignments run from the right, and the first to be assigned is the first to be listed
  const hints = names.map(({ name }) => `exports.${name} = `).reverse().join('');
  return [
    '"use strict";',
    'Object.defineProperty(exports, "__esModule", { value: true });',
    ...(names.length === 0 ? [] : [`${hints}void 0;`]),
    'const define = (name, property) => Object.defineProperty(exports, name, { enumerable: true, configurable: true, ...property });',
    'const lazy = (name, load) => define(name, { get: () => { const value = load(); define(name, { value }); return value; } });',
    ...names.map(lazyLine),
    '',
  ].join('\n');
}

function lazyLine({ name, original, module }: LazyName): string {
  const value = original === '*' ? '' : `.${original}`;
  return `lazy(${JSON.stringify(name)}, () => require(${JSON.stringify(module)})${value});`;
}

function exportedNames(source: string, script: string): LazyName[] {
  const file = ts.createSourceFile(source, readFileSync(source, 'utf8'), ts.ScriptTarget.ES2022);
  return file.statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier === undefined) {
      const { line } = file.getLineAndCharacterOfPosition(statement.getStart(file));
      throw new Error(`${source}:${line + 1}: an index may only hold "export … from …": it is loaded name by name`);
    }
    if (statement.isTypeOnly) return [];
    const module = (statement.moduleSpecifier as ts.StringLiteral).text;
    return namesOf(statement.exportClause, module, script);
  });
}

function namesOf(clause: ts.NamedExportBindings | undefined, module: string, script: string): LazyName[] {
  if (clause === undefined) {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- only the loaded module knows its names
    const loaded = require(resolve(dirname(script), module)) as object;
    return Object.keys(loaded).filter((name) => name !== 'default').map((name) => ({ name, original: name, module }));
  }
  if (ts.isNamespaceExport(clause)) return [{ name: clause.name.text, original: '*', module }];
  return clause.elements
    .filter((element) => !element.isTypeOnly)
    .map((element) => ({ name: element.name.text, original: (element.propertyName ?? element.name).text, module }));
}
