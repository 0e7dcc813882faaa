import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type { App } from 'cdk8s';
import { transformSync } from 'esbuild';
import ts from 'typescript';
import * as library from '../../src/index';
import { installationFromHelm } from '../../src/migrate/from-helm';
import type { Installation } from '../../src/migrate/installation';
import { JUDGED_RELEASES } from '../../src/migrate/judged-releases';
import { installationFromOperator } from '../../src/migrate/operator/from-operator';
import { writeYaml } from '../../src/core/yaml-writer';
import { printProgram } from '../../src/migrate/program/print-program';
import { renderApp, renderInstallation } from '../../src/migrate/render';
import type { ChartName } from '../../src/migrate/values/charts';
import type { JsonObject } from '../../src/rules/json';
import type { Family, Outcome, ParityCase } from './case';
import { compare } from './compare';
import { helmCases, installCases } from './golden-cases';
import { NO_GOLDENS } from './goldens';
import type { Goldens } from './goldens';
import { readObjects } from './normal-form';

const ROOT = resolve(__dirname, '../..');
const OWN_CASES = join(ROOT, 'test/migrate/cases');
const load = createRequire(__filename);

interface PrintedCase {
  readonly name: string;
  readonly file: string;
  readonly installation: Installation;
  readonly program: string;
}

/** What a program of typed constructs has no need of. */
const FORBIDDEN = /fromHelmValues|fromOperator|fromProfile|JsonPatch|addJsonPatch|apiVersion:/;

/**
 * The programs that `migrate` prints for every input: each compiles, is shorter than the manifests, says all by props, and makes
 * the objects that `render` makes. Besides the inputs of the goldens there are files of our own, of every release.
 */
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
      return printedCases([...printed, ...ownCases().map(({ name, make }) => ({ name: `migrate/${name}`, make }))], goldens);
    },
  };
}

/** A file as users have them, with a release that it is for. */
export interface OwnCase {
  readonly name: string;
  readonly istio: string;
  readonly make: () => Installation;
}

/** The files of `test/migrate/cases`: `<chart>.<what>.yaml` holds values, `operator.<what>.yaml` an IstioOperator; for every release. */
export function ownCases(): readonly OwnCase[] {
  const files = readdirSync(OWN_CASES).filter((file) => file.endsWith('.yaml')).sort();
  return files.flatMap((file) => JUDGED_RELEASES.map(({ judged }) => ownCase(file, judged)));
}

function ownCase(file: string, istio: string): OwnCase {
  const [kind = ''] = file.split('.');
  const make = (): Installation => {
    const [content = {}] = readObjects(readFileSync(join(OWN_CASES, file), 'utf8'));
    return kind === 'operator' ? installationFromOperator(content, { istio }) : installationFromHelm([{ chart: kind as ChartName, values: content }], { istio });
  };
  return { name: `${istio}/own/${file.replace('.yaml', '')}`, istio, make };
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
    const objects = renderInstallation(installation);
    const failure = faultOf(program, objects);
    if (failure !== undefined) return { differences: [], failure };
    return { differences: compare(goldens.formOf(renderInstallation(expressedPart(installation))), goldens.formOf(runProgram(program))) };
  } catch (thrown) {
    return { differences: [], failure: thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown) };
  }
}

/** Why a program is no better than the manifests that it makes; undefined where it is. */
export function faultOf(program: string, objects: readonly JsonObject[]): string | undefined {
  const forbidden = FORBIDDEN.exec(program);
  if (forbidden !== null) return `the program holds ${forbidden[0]}`;
  const manifests = writeYaml(objects).length;
  return objects.length > 0 && program.length >= manifests ? `the program has ${program.length} characters, the manifests ${manifests}` : undefined;
}

/** An installation without what its program names as not expressed. */
export function expressedPart(installation: Installation): Installation {
  return { ...installation, components: installation.components.map(({ overlays: _overlays, ...component }) => component) };
}

/** The objects that a program would write. */
export function runProgram(program: string): readonly JsonObject[] {
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

/** The first error of each program that does not compile, by its file: as our own sources are compiled, and as most are. */
function compileErrors(cases: readonly PrintedCase[]): ReadonlyMap<string, string> {
  const texts = new Map(cases.map(({ file, program }) => [file, program]));
  const sources = new Map<string, ts.SourceFile | undefined>();
  return new Map([false, true].flatMap((exactOptionalPropertyTypes) => [...errorsWith({ exactOptionalPropertyTypes }, texts, sources)]));
}

function errorsWith(own: ts.CompilerOptions, texts: ReadonlyMap<string, string>, sources: Map<string, ts.SourceFile | undefined>): ReadonlyMap<string, string> {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.dev.json'), (path) => ts.sys.readFile(path)) as { config: { compilerOptions: object; extends: string } };
  const parsed = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, ROOT, { incremental: false, noEmit: true, strict: true, ...own });
  const { tsBuildInfoFile: _info, ...options } = parsed.options;
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (file) => texts.has(file) || fileExists.call(host, file);
  host.getSourceFile = (file, language, ...rest) => {
    const text = texts.get(file);
    if (!sources.has(file)) sources.set(file, text === undefined ? getSourceFile.call(host, file, language, ...rest) : ts.createSourceFile(file, text, language, true));
    return sources.get(file);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  const errors = new Map<string, string>();
  for (const file of texts.keys()) {
    const [first] = ts.getPreEmitDiagnostics(program, program.getSourceFile(file));
    if (first !== undefined) errors.set(file, `does not compile: ${ts.flattenDiagnosticMessageText(first.messageText, ' ')}`);
  }
  return errors;
}
