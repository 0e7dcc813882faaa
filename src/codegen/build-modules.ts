import { emitConstruct } from './emit/emit-construct';
import { emitIndex } from './emit/emit-index';
import type { ModuleNames } from './emit/emit-index';
import { emitModule, typeNamesIn } from './emit/emit-module';
import type { ForeignType } from './emit/emit-module';
import type { Imports } from './emit/imports';
import { unionOfKind, propsSchema } from './build-types';
import { buildDefinitionTypes } from './definition-types';
import type { DefinitionTypes } from './definition-types';
import type { KindNames } from './kind-names';
import type { KindHistory, Source } from './model';
import { nameTypes } from './name-types';
import type { NamedType } from './name-types';
import { applyRules } from './normalise/rule';
import { TYPE_RULES } from './normalise/type-rules';

/** Pass "modules": the types and constructs of one source, by file. */
export async function buildModules(
  source: Source,
  kinds: readonly KindHistory[],
  names: readonly KindNames[],
  options: { readonly imports: Imports; readonly docs: boolean },
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const index: ModuleNames[] = [];
  const taken = new Set(names.flatMap(({ className }) => [className, `${className}Props`]).concat('ObjectMeta', 'Construct', 'MeshObject'));
  const roots = kinds.map((kind) => unionOfKind(kind, options.docs));
  const definitions = buildDefinitionTypes(source, roots, names, taken, options);
  for (const [at, kind] of kinds.entries()) {
    const { className, file } = names[at] as KindNames;
    const named = nameTypes(className, definitions.link(roots[at] as NamedType['schema']), new Set([...taken, ...definitions.names]));
    const props = propsSchema(kind, named.root);
    const types = [{ name: `${className}Props`, schema: props }, ...named.types, ...definitions.typesOf(file)];
    const text = await emitModule({
      imports: ["import type { Construct } from 'constructs';", `import { MeshObject } from '${options.imports.meshObject}';`],
      code: emitConstruct({ kind, className, props }),
      types: types.map(normaliseType),
      foreign: foreignTypes(types, file, definitions, options.imports),
    });
    files.set(`${file}.ts`, text);
    index.push({ file, classes: [className], types: types.map((type) => type.name) });
  }
  for (const file of definitions.sharedFiles) {
    const types = definitions.typesOf(file);
    const foreign = foreignTypes(types, file, definitions, options.imports);
    files.set(`${file}.ts`, await emitModule({ types: types.map(normaliseType), foreign }));
    index.push({ file, classes: [], types: types.map((type) => type.name) });
  }
  files.set('index.ts', emitIndex(index, options.imports));
  return files;
}

function normaliseType({ name, schema }: NamedType): NamedType {
  return { name, schema: applyRules(TYPE_RULES, schema) };
}

/** Types that a module uses and another one has. */
function foreignTypes(
  types: readonly NamedType[],
  file: string,
  definitions: DefinitionTypes,
  imports: Imports,
): ForeignType[] {
  const own = new Set(types.map((type) => type.name));
  const used = new Set(types.flatMap((type) => typeNamesIn(type.schema)));
  return [...used].filter((name) => !own.has(name)).map((name) => {
    const home = definitions.fileOf(name);
    if (home === undefined) return { name, from: imports.objectMeta };
    return { name, from: home === file ? '' : `./${home}${imports.extension}` };
  });
}
