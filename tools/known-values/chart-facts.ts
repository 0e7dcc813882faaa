import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDocuments } from '../../src/cli/manifest-text';
import type { Json } from '../../src/rules/json';
import { isJsonObject } from '../../src/rules/json';
import { addFact } from './facts';
import type { Facts } from './facts';

/** Keys below which users write what they like; a chart's defaults show only some of it. */
const OPEN = new Set(['resources', 'requests', 'limits', 'updateStrategy', 'podAnnotations', 'labels', 'defaultResources', 'token', 'networkGatewayPorts']);
/** Numbers whose default is an empty map, for "none". */
const NUMBERS_BY_NONE = new Set(['targetMemoryUtilizationPercentage']);
const INTERNAL = /^(defaults|_internal_defaults_do_not_set|_original)(\.|$)/;

/** Adds the defaults of a chart, and the values that its templates name. */
export function addChartFacts(facts: Facts, folder: string): void {
  addDefaults(facts, folder);
  for (const path of readPaths(folder)) if (!INTERNAL.test(path)) addFact(facts, path, { isRead: true });
}

function addDefaults(facts: Facts, folder: string): void {
  const [document] = readDocuments(readFileSync(join(folder, 'values.yaml'), 'utf8'));
  const values = document?.value;
  const defaults = isJsonObject(values) ? (values['_internal_defaults_do_not_set'] ?? values) : {};
  walk(facts, defaults, '');
}

function walk(facts: Facts, value: Json, path: string): void {
  const key = path.split('.').pop() ?? '';
  if (isJsonObject(value) && Object.keys(value).length > 0 && !OPEN.has(key)) {
    for (const [name, child] of Object.entries(value)) walk(facts, child, path === '' ? name : `${path}.${name}`);
    return;
  }
  const kind = NUMBERS_BY_NONE.has(key) ? undefined : kindOf(value);
  const fallback = typeof value === 'object' ? {} : { fallback: value };
  addFact(facts, path, { ...(kind === undefined ? {} : { kind }), ...fallback });
}

function kindOf(value: Json): string | undefined {
  if (value === null) return undefined;
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object') return 'map';
  return typeof value === 'string' ? 'text' : typeof value;
}

/** Paths after `.Values` in the templates, and after the name that gateways' charts give to their section. */
function readPaths(folder: string): Set<string> {
  const paths = new Set<string>();
  for (const text of templatesOf(folder)) {
    for (const [, path = ''] of text.matchAll(/\.Values\)?((?:\)?\.\w+)+)/g)) paths.add(path.replaceAll(')', '').slice(1));
    const section = /\$gateway := index \.Values "gateways" "([\w-]+)"/.exec(text)?.[1];
    if (section === undefined) continue;
    for (const [, path = ''] of text.matchAll(/\$gateway\.((?:\w+\.)*\w+)/g)) paths.add(`gateways.${section}.${path}`);
  }
  return paths;
}

function templatesOf(folder: string): string[] {
  return ['templates', 'files'].flatMap((name) =>
    readdirSync(join(folder, name))
      .filter((file) => !/^profile-|^crd-all|zz[yz]_|\.txt$/.test(file))
      .map((file) => readFileSync(join(folder, name, file), 'utf8')),
  );
}
