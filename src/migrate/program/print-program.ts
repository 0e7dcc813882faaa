import type { Json, JsonObject } from '../../rules/json';
import { isJsonObject } from '../../rules/json';
import type { InstalledComponent, Installation } from '../installation';
import { printValue } from './print-value';

/** A program, and what it does not say. */
export interface PrintedProgram {
  readonly text: string;
  /** What the input asks for and no prop can say, a line each. */
  readonly notExpressed: readonly string[];
}

/**
 * The TypeScript program that makes an installation: one construct for each component, with the props that differ from the
 * defaults.
 */
export function printProgram(installation: Installation): PrintedProgram {
  const { istio, components } = installation;
  const notExpressed = components.flatMap(overlaysOf);
  const cluster = `new Cluster(app, 'cluster', ${printValue({ istio })});`;
  const isEmpty = components.length === 0;
  const names = namesOf(components);
  const hasSettings = components.some(({ settings }) => settings !== undefined);
  const imports = ['Cluster', 'MeshApp', ...(hasSettings ? [APPLY] : []), ...components.map(({ construct }) => construct)];
  const lines = [
    ...(isEmpty ? [] : ["import { Chart } from 'cdk8s';"]),
    `import { ${[...new Set(imports)].sort().join(', ')} } from 'mesh-constructs';`,
    '',
    ...notExpressed.map((line) => `// not expressed: ${line}`),
    'const app = new MeshApp();',
    // what is not used would be an error where the compiler is set to look for it
    ...(isEmpty ? [cluster] : [`const cluster = ${cluster}`, "const istio = new Chart(cluster, 'istio');"]),
    '',
    ...components.flatMap((component) => [printComponent(component, istio, names.get(component)), '']),
    'app.synth();',
    '',
  ];
  return { text: lines.join('\n'), notExpressed };
}

function printComponent({ construct, id, props, settings }: InstalledComponent, istio: string, name: string | undefined): string {
  // the cluster says the release of all its components
  const { istio: own, ...others } = props;
  const given = own === undefined || own === istio ? others : props;
  const head = `${name === undefined ? '' : `const ${name} = `}new ${construct}(istio, ${printValue(id)}`;
  const made = Object.keys(given).length === 0 ? `${head});` : `${head}, ${printValue(given, 0, head.length + 2)});`;
  if (name === undefined) return made;
  const call = `${APPLY}(${name}, `;
  return `${made}\n${call}${printValue(settings, 0, call.length)});`;
}

const APPLY = 'applyKubernetesSettings';

/** Variables for the components of which something is said besides. */
function namesOf(components: readonly InstalledComponent[]): ReadonlyMap<InstalledComponent, string> {
  const names = new Map<InstalledComponent, string>();
  const taken = new Set(['app', 'cluster', 'istio']);
  for (const component of components.filter(({ settings }) => settings !== undefined)) {
    const base = variableName(component.id);
    let name = base;
    for (let number = 2; taken.has(name); number += 1) name = `${base}${number}`;
    taken.add(name);
    names.set(component, name);
  }
  return names;
}

/** A gateway may be called `public`, or another word of the language. */
function variableName(id: string): string {
  const words = id.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const capital = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  const isName = words.length > 1 || COMPONENTS.includes(id);
  return isName && /^[A-Z]/.test(capital) ? capital.charAt(0).toLowerCase() + capital.slice(1) : `gateway${capital}`;
}

const COMPONENTS = ['istiod', 'cni', 'ztunnel'];

/** One line for each object that is changed, with all paths of it. */
function overlaysOf({ id, overlays = [] }: InstalledComponent): string[] {
  const paths = new Map<string, string[]>();
  for (const { kind, name, merge, patches } of overlays) {
    const object = `${kind} ${name}`;
    const changed = [...(merge === undefined ? [] : mergedPaths(merge, '')), ...patches.map((patch) => String(patch['path'] ?? ''))];
    paths.set(object, [...(paths.get(object) ?? []), ...changed]);
  }
  return [...paths].map(([object, changed]) => `${id}: overlay of ${object} at ${changed.join(', ')}`.replace(/\s+/g, ' '));
}

/** Where a patch sets something, written as the overlays of an IstioOperator write it. */
function mergedPaths(value: Json, path: string): string[] {
  const step = (key: string): string => (path === '' ? key : `${path}.${key}`);
  if (isJsonObject(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([key, each]) => mergedPaths(each, step(key.replaceAll('.', '\\.'))));
  }
  const items = Array.isArray(value) ? (value as readonly Json[]) : [];
  const names = items.map((item) => (isJsonObject(item) && typeof item['name'] === 'string' ? item['name'] : undefined));
  if (names.length === 0 || names.includes(undefined) || !/\.(containers|env)$/.test(path)) return [path];
  return items.flatMap((item, index) => {
    const { name: _name, ...rest } = item as JsonObject;
    const at = step(`[name:${names[index] ?? ''}]`);
    return path.endsWith('.env') ? [at] : mergedPaths(rest, at);
  });
}
