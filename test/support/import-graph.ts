import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';

/** One import of a file: of another file of the project, or of a package. */
export interface Import {
  readonly from: string;
  /** A file relative to the project, or the name of a package. */
  readonly to: string;
  readonly isPackage: boolean;
  /** Erased by the compiler. */
  readonly typeOnly: boolean;
  readonly line: number;
}

/** All imports of the files, which are named relative to `root`. */
export function importsOf(root: string, files: readonly string[]): Import[] {
  return files.flatMap((file) => {
    const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.ES2022, true);
    return specifiers(source).map(({ text, typeOnly, node }) => {
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      const isPackage = !text.startsWith('.');
      return { from: file, to: isPackage ? packageName(text) : resolveFile(root, file, text), isPackage, typeOnly, line };
    });
  });
}

/** The cycles among imports that stay at run time, each as the files on it. */
export function cycles(imports: readonly Import[]): string[][] {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports.filter(({ isPackage, typeOnly }) => !isPackage && !typeOnly)) {
    next.set(from, [...(next.get(from) ?? []), to]);
  }
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) found.push([...path.slice(start), file]);
    if (start >= 0 || done.has(file)) return;
    for (const target of next.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  return found;
}

interface Specifier {
  readonly text: string;
  readonly typeOnly: boolean;
  readonly node: ts.Node;
}

function specifiers(source: ts.SourceFile): Specifier[] {
  const found: Specifier[] = [];
  const add = (literal: ts.Node | undefined, typeOnly: boolean): void => {
    if (literal !== undefined && ts.isStringLiteralLike(literal)) found.push({ text: literal.text, typeOnly, node: literal });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, importsTypesOnly(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isExternalModuleReference(node)) add(node.expression, false);
    else if (ts.isImportTypeNode(node)) add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    else if (ts.isCallExpression(node) && isImportCall(node.expression)) add(node.arguments[0], false);
    // the data of generated files is large and imports nothing
    if (!ts.isObjectLiteralExpression(node) || !source.fileName.endsWith('.rules.ts')) ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function importsTypesOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const named = clause.namedBindings;
  return clause.name === undefined && named !== undefined && ts.isNamedImports(named) && named.elements.every((element) => element.isTypeOnly);
}

function isImportCall(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require');
}

function resolveFile(root: string, from: string, text: string): string {
  const base = posix.join(posix.dirname(from), text);
  // a file that is missing is the compiler's to report
  return [`${base}.ts`, `${base}/index.ts`].find((file) => existsSync(join(root, file))) ?? `${base}.ts`;
}

function packageName(text: string): string {
  return text.startsWith('node:') ? text : text.split('/').slice(0, text.startsWith('@') ? 2 : 1).join('/');
}
