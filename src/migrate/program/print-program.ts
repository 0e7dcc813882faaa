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
  const classes = ['Cluster', 'MeshApp', ...components.map(({ construct }) => construct)];
  const lines = [
    "import { Chart } from 'cdk8s';",
    `import { ${[...new Set(classes)].sort().join(', ')} } from 'mesh-constructs';`,
    '',
    ...notExpressed.map((line) => `// not expressed: ${line}`),
    'const app = new MeshApp();',
    `const cluster = new Cluster(app, 'cluster', ${printValue({ istio })});`,
    "const istio = new Chart(cluster, 'istio');",
    '',
    ...components.flatMap((component) => [printComponent(component, istio), '']),
    'app.synth();',
    '',
  ];
  return { text: lines.join('\n'), notExpressed };
}

function printComponent({ construct, id, props }: InstalledComponent, istio: string): string {
  // the cluster says the release of all its components
  const { istio: own, ...others } = props;
  const given = own === undefined || own === istio ? others : props;
  const head = `new ${construct}(istio, ${printValue(id)}`;
  if (Object.keys(given).length === 0) return `${head});`;
  return `${head}, ${printValue(given, 0, head.length + 2)});`;
}

function overlaysOf({ id, overlays = [] }: InstalledComponent): string[] {
  return overlays.map(({ kind, name, patches }) => {
    const paths = patches.map((patch) => String(patch['path'] ?? '')).join(', ');
    return `${id}: overlay of ${kind} ${name} at ${paths}`.replace(/\s+/g, ' ');
  });
}
