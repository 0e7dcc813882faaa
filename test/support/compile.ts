import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '../..');

/** One error of the compiler. */
export interface CompileError {
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}

export interface CompileOptions {
  readonly file: string;
  /** What stands in the file; read from disk without it. */
  readonly text?: string;
  readonly declarations?: boolean;
  readonly paths?: Record<string, string[]>;
  /** Report the errors of every file in this folder that is reached. */
  readonly wholeProgram?: string;
}

/** Options of the project's own tsconfig, without what concerns files. */
export function projectOptions(): ts.CompilerOptions {
  const file = join(ROOT, 'tsconfig.json');
  const { config } = ts.readConfigFile(file, (path) => ts.sys.readFile(path)) as { config: { compilerOptions: object } };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  const { outDir: _outDir, rootDir: _rootDir, incremental: _incremental, ...rest } = options;
  return rest;
}

/** Compiles one file with all that it imports, and gives the errors in that file and the texts it declares. */
export function compile({ file, text, declarations = false, paths, wholeProgram }: CompileOptions): {
  readonly errors: readonly CompileError[];
  readonly declared: ReadonlyMap<string, string>;
} {
  const options: ts.CompilerOptions = {
    ...projectOptions(),
    ...(paths === undefined ? {} : { paths }),
    ...(declarations ? { declaration: true, emitDeclarationOnly: true, noEmitOnError: false, outDir: '/out', rootDir: '/' } : { noEmit: true }),
  };
  const host = ts.createCompilerHost(options);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (name, languageOptions, ...rest) =>
    name === file && text !== undefined
      ? ts.createSourceFile(name, text, languageOptions, true)
      : getSourceFile(name, languageOptions, ...rest);
  const program = ts.createProgram([file], options, host);
  const source = program.getSourceFile(file) as ts.SourceFile;
  const checked = program.getSourceFiles().filter((other) => other === source || isIn(wholeProgram, other.fileName));
  const diagnostics = checked.flatMap((other) => [...program.getSyntacticDiagnostics(other), ...program.getSemanticDiagnostics(other)]);
  const declared = new Map<string, string>();
  if (declarations) program.emit(source, (name, content) => declared.set(name, content));
  return { errors: diagnostics.map((diagnostic) => describeDiagnostic(diagnostic)), declared };
}

function isIn(folder: string | undefined, file: string): boolean {
  return folder !== undefined && file.startsWith(folder);
}

function describeDiagnostic(diagnostic: ts.Diagnostic): CompileError {
  const { line } = (diagnostic.file as ts.SourceFile).getLineAndCharacterOfPosition(diagnostic.start ?? 0);
  return { line: line + 1, message: ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n') };
}
