import { className, kebabCase, pascalCase } from './names';

/** How a kind is called in the generated code. */
export interface KindNames {
  readonly group: string;
  readonly kind: string;
  /** Base name of its files, without folder and ending. */
  readonly file: string;
  readonly className: string;
}

/** Files of a source that no kind may take. */
const RESERVED = new Set(['index', 'definitions']);

/**
 * Names for the kinds of one source. Kinds that would share a file or a class, such as one kind name in two API
 * groups, all carry their group, so that no name depends on which came first.
 */
export function nameKinds(kinds: readonly { group: string; kind: string }[], taken: readonly string[] = []): KindNames[] {
  const reserved = new Set([...RESERVED, ...taken]);
  const plain = kinds.map(({ group, kind }) => ({ group, kind, file: kebabCase(kind), className: className(kind) }));
  return plain.map((names) => {
    const clashes = plain.some(
      (other) => other !== names && (other.file === names.file || other.className === names.className),
    );
    if (clashes) return withGroup(names);
    return reserved.has(names.file) ? { ...names, file: `${names.file}-kind` } : names;
  });
}

function withGroup(names: KindNames): KindNames {
  const group = names.group === '' ? 'core' : names.group;
  return { ...names, file: `${names.file}-${kebabCase(group)}`, className: `${names.className}${pascalCase(group)}` };
}
