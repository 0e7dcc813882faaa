import { parseAllDocuments } from 'yaml';
import { goYamlReader } from '../../conformance/yaml/reader';
import { sortKeys } from '../../src/rules/json';
import type { Json } from '../../src/rules/json';

/** A reader gives the documents as JSON texts with sorted keys, or throws. */
export type Reader = (text: string) => string[];

const go = goYamlReader();
if (go === undefined) process.stderr.write('no Go here: what sigs.k8s.io/yaml reads is not tested\n');

/** Every reader that a file of ours has to be the same to. */
export const READERS: ReadonlyMap<string, Reader> = new Map([
  ['yaml, version 1.2', (text: string) => readByPackage(text, '1.2')],
  ['yaml, version 1.1', (text: string) => readByPackage(text, '1.1')],
  ...(go === undefined ? [] : ([['sigs.k8s.io/yaml', readByGo]] as const)),
]);

/** What a reader should give for `document`. */
export function canonical(document: unknown): string {
  return JSON.stringify(sortKeys(JSON.parse(JSON.stringify(document)) as Json));
}

function readByPackage(text: string, version: '1.1' | '1.2'): string[] {
  return [...parseAllDocuments(text, { version })].map((document) => {
    const problem = document.errors[0] ?? document.warnings[0];
    if (problem !== undefined) throw problem;
    return canonical(document.toJS());
  });
}

function readByGo(text: string): string[] {
  return (go?.(text) ?? []).map((verdict) => {
    if (verdict.error !== undefined) throw new Error(verdict.error);
    return canonical(verdict.data);
  });
}
