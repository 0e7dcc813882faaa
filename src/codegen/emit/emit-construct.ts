import type { KindHistory } from '../model';
import { strings } from '../normalise/rule';
import type { JsonObject } from '../../rules/json';

/** What the code of a construct is made of. */
export interface ConstructParts {
  readonly kind: KindHistory;
  readonly className: string;
  /** Schema of the props, which says whether any of them is required. */
  readonly props: JsonObject;
}

/** The class of a kind: its type is known, all else are its props. */
export function emitConstruct({ kind, className, props }: ConstructParts): string {
  const isOptional = strings(props['required']).length === 0;
  const scope = kind.scope === 'Namespaced' ? 'a namespaced kind' : 'a kind of the whole cluster';
  return [
    `/** ${kind.kind} of ${kind.group === '' ? 'the core group' : kind.group}, ${scope}. */`,
    `export class ${className} extends MeshObject {`,
    `  public static readonly apiVersion = ${quote(apiVersionOf(kind, kind.preferredVersion))};`,
    `  public static readonly kind = ${quote(kind.kind)};`,
    '',
    `  public constructor(scope: Construct, id: string, props: ${className}Props${isOptional ? ' = {}' : ''}) {`,
    `    super(scope, id, { apiVersion: ${className}.apiVersion, kind: ${className}.kind, scope: ${quote(kind.scope)} }, props);`,
    '  }',
    '}',
    '',
  ].join('\n');
}

/** `networking.istio.io/v1`, or `v1` in the core group. */
export function apiVersionOf(kind: { group: string }, version: string): string {
  return kind.group === '' ? version : `${kind.group}/${version}`;
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
