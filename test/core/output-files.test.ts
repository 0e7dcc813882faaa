import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chart, YamlOutputType } from 'cdk8s';
import { Construct } from 'constructs';
import { parseAllDocuments } from 'yaml';
import { ClusterRole, ConfigMap } from '../../imports/kubernetes';
import { Cluster } from '../../src/core/cluster';
import { MeshApp } from '../../src/core/mesh-app';
import type { MeshAppProps } from '../../src/core/mesh-app';

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'output-files-'));
});
afterEach(() => rmSync(outdir, { recursive: true, force: true }));

function meshApp(props: MeshAppProps = {}): MeshApp {
  return new MeshApp({ outdir, ...props });
}

function files(): string[] {
  return readdirSync(outdir, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml'))
    .sort();
}

function kinds(path: string): string[] {
  const documents = parseAllDocuments(readFileSync(join(outdir, path), 'utf8'));
  return documents.map((document) => document.toJS() as { kind: string; metadata: { name: string } }).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
}

function addMap(cluster: Cluster): void {
  new ConfigMap(new Chart(cluster, 'shop', { namespace: 'shop' }), 'map');
}

describe('names of files and folders', () => {
  const hash = '[0-9a-f]{8}';

  test.each([
    ['..', `^${hash}$`],
    ['.', `^${hash}$`],
    ['***', `^${hash}$`],
    ['.hidden', `^hidden-${hash}$`],
    ['prod (eu)', `^prodeu-${hash}$`],
    ['prod-eu.1', '^prod-eu.1$'],
  ])('a cluster %s stands in a visible folder below the output folder', (name, folder) => {
    const app = meshApp();
    addMap(new Cluster(app, name));
    app.synth();
    const [file = ''] = files();
    expect(file.split('/')[0]).toMatch(new RegExp(folder));
    expect(file.split('/').slice(1)).toEqual(['shop.k8s.yaml']);
  });

  test.each(['..', '***', '.hidden'])('a chart %s of a cluster gets a visible file', (name) => {
    const app = meshApp();
    const cluster = new Cluster(app, 'prod');
    new ConfigMap(new Chart(cluster, name, { namespace: 'x' }), 'one');
    app.synth();
    expect(files()).toEqual([expect.stringMatching(new RegExp(`^prod/(hidden-)?${hash}\\.k8s\\.yaml$`))]);
  });

  test('clusters whose paths read the same share no folder, nor do those that differ in case', () => {
    const app = meshApp();
    addMap(new Cluster(new Construct(app, 'eu'), 'prod'));
    for (const name of ['eu-prod', 'EU-prod', 'eu(prod)', 'euprod']) addMap(new Cluster(app, name));
    app.synth();
    const folders = files().map((path) => path.split('/')[0] ?? '');
    expect(new Set(folders.map((folder) => folder.toLowerCase())).size).toBe(5);
    expect(folders).toEqual(expect.arrayContaining(['EU-prod', 'euprod']));
  });
});

describe('a file a resource', () => {
  test('names that differ only in what no file name holds, or in case, give a file each, the same in every run', () => {
    const names = ['istio:reader', 'istioreader', 'Istioreader', 'istio::reader'];
    const filesOf = (order: readonly string[]): string[] => {
      const app = meshApp({ yamlOutputType: YamlOutputType.FILE_PER_RESOURCE });
      const chart = new Chart(app, 'shop');
      for (const name of order) new ClusterRole(chart, name, { rules: [] });
      app.synth();
      return files().map((path) => `${path} holds ${kinds(path).join()}`);
    };
    const made = filesOf(names);
    expect(new Set(made.map((line) => line.split(' ')[0]?.toLowerCase())).size).toBe(names.length);
    // exact names go before those that were changed
    expect(made).toContain('ClusterRole.Istioreader.rbac.authorization.k8s.io.k8s.yaml holds ClusterRole Istioreader');
    expect(filesOf([...names].reverse())).toEqual(made);
  });

  test('a name that reads like the long name of another object gives a file of its own', () => {
    const app = meshApp({ yamlOutputType: YamlOutputType.FILE_PER_RESOURCE });
    const chart = new Chart(app, 'shop', { namespace: 'x' });
    new ConfigMap(chart, 'same.a');
    for (const namespace of ['a', 'b']) new ConfigMap(chart, namespace, { metadata: { name: 'same', namespace } });
    app.synth();
    expect(files()).toHaveLength(3);
  });

  test('objects whose names the server makes up, and names as long as can be, get a file each', () => {
    const app = meshApp({ yamlOutputType: YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE });
    const chart = new Chart(new Cluster(app, 'y'.repeat(300)), 'x'.repeat(300), { namespace: 'x' });
    for (const id of ['one', 'two']) new ConfigMap(chart, id, { metadata: { generateName: 'same-' } });
    for (const end of ['a', 'b']) new ConfigMap(chart, `${'z'.repeat(252)}${end}`);
    app.synth();
    expect(files()).toHaveLength(4);
    for (const part of files().flatMap((path) => path.split('/'))) expect(part.length).toBeLessThanOrEqual(255);
  });
});
