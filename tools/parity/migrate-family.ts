import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type { App } from 'cdk8s';
import { transformSync } from 'esbuild';
import ts from 'typescript';
import * as library from '../../src/index';
import type { Installation } from '../../src/migrate/installation';
import { printProgram } from '../../src/migrate/program/print-program';
import { renderApp, renderInstallation } from '../../src/migrate/render';
import type { JsonObject } from '../../src/rules/json';
import type { Family, Outcome, ParityCase } from './case';
import { compare } from './compare';
import { helmCases, installCases } from './golden-cases';
import { NO_GOLDENS } from './goldens';
import type { Goldens } from './goldens';

const ROOT = resolve(__dirname, '../..');
const load = createRequire(__filename);

interface PrintedCase {
  readonly name: string;
  readonly file: string;
  readonly installation: Installation;
  readonly program: string;
}

/** The programs that `migrate` prints for every input: each compiles, and makes the objects that `render` makes. */
export function migrateFamily(goldens: Goldens): Family {
  return {
    name: 'migrate',
    cases: () => {
      const [helm, install] = [helmCases(), installCases()];
      if (helm === undefined || install === undefined) return { skipped: NO_GOLDENS };
      const printed = [...helm, ...install].flatMap(({ name, expected, ways }) => {
        const [way] = ways;
        if (expected === undefined || way === undefined) return [];
        return [{ name: `migrate/${name}`, make: way }];
      });
      return printedCases(printed, goldens);
    },
  };
}

function printedCases(given: readonly { readonly name: string; readonly make: () => Installation }[], goldens: Goldens): readonly ParityCase[] {
  const cases = given.map(({ name, make }): PrintedCase => {
    const installation = make();
    const file = join(ROOT, 'tools/parity', `${name.replace(/[^\w-]/g, '_')}.program.ts`);
    return { name, file, installation, program: printProgram(installation).text };
  });
  let errors: ReadonlyMap<string, string> | undefined;
  return cases.map((each) => ({
    name: each.name,
    // all programs are compiled at once: reading the library's types takes longer than checking them
    run: () => runCase(each, (errors ??= compileErrors(cases)).get(each.file), goldens),
  }));
}

function runCase({ installation, program }: PrintedCase, error: string | undefined, goldens: Goldens): Outcome {
  if (error !== undefined) return { differences: [], failure: error };
  try {
    return { differences: compare(goldens.formOf(renderInstallation(installation)), goldens.formOf(runProgram(program))) };
  } catch (thrown) {
    return { differences: [], failure: thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown) };
  }
}

/** The objects that a program would write. */
function runProgram(program: string): readonly JsonObject[] {
  const { code } = transformSync(program, { loader: 'ts', format: 'cjs', target: 'node20' });
  let objects: readonly JsonObject[] = [];
  class CapturingApp extends library.MeshApp {
    public override synth(): void {
      objects = renderApp(this as App);
    }
  }
  const loadForProgram = (name: string): unknown => (name === 'mesh-constructs' ? { ...namesOf(library), MeshApp: CapturingApp } : load(name));
  const run = new Function('require', 'module', 'exports', code) as (load: (name: string) => unknown, module: object, exports: object) => void;
  run(loadForProgram, { exports: {} }, {});
  return objects;
}

function namesOf(module: object): object {
  return Object.fromEntries(Object.keys(module).map((name) => [name, (module as Record<string, unknown>)[name]]));
}

/** The first error of each program that does not compile, by its file. */
function compileErrors(cases: readonly PrintedCase[]): ReadonlyMap<string, string> {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.dev.json'), (path) => ts.sys.readFile(path)) as { config: { compilerOptions: object; extends: string } };
  const parsed = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, ROOT, { incremental: false, noEmit: true, noUnusedLocals: false });
  const { tsBuildInfoFile: _info, ...options } = parsed.options;
  const texts = new Map(cases.map(({ file, program }) => [file, program]));
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (file) => texts.has(file) || fileExists.call(host, file);
  host.getSourceFile = (file, language, ...rest) => {
    const text = texts.get(file);
    return text === undefined ? getSourceFile.call(host, file, language, ...rest) : ts.createSourceFile(file, text, language, true);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  const errors = new Map<string, string>();
  for (const file of texts.keys()) {
    const [first] = ts.getPreEmitDiagnostics(program, program.getSourceFile(file));
    if (first !== undefined) errors.set(file, `does not compile: ${ts.flattenDiagnosticMessageText(first.messageText, ' ')}`);
  }
  return errors;
}
