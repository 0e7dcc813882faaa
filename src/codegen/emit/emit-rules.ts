import type { Json } from '../../rules/json';
import type { KindRules, SharedRules } from '../../rules/kind-rules';
import { layoutJson, rawTemplate } from './json-layout';
import { HEADER } from './marker';
import type { Imports } from './imports';

/** The module with the rules of one kind. */
export function emitRules(rules: KindRules, imports: Imports): string {
  return emit('KindRules', 'rules', rules as unknown as Json, imports);
}

/** The module with the definitions that the kinds of one source share. */
export function emitSharedRules(rules: SharedRules, imports: Imports): string {
  return emit('SharedRules', 'shared', rules as unknown as Json, imports);
}

function emit(type: string, name: string, value: Json, imports: Imports): string {
  const json = rawTemplate(layoutJson(value));
  return [
    `${HEADER}/* eslint-disable */`,
    `import type { ${type} } from '${imports.rulesTypes}';`,
    '',
    `export const ${name}: ${type} = JSON.parse(String.raw\`${json}\`) as ${type};`,
    '',
  ].join('\n');
}
