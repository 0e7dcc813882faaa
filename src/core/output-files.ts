import { createHash } from 'node:crypto';
import { Names, YamlOutputType } from 'cdk8s';
import { Cluster } from './cluster';
import { compareConstructs } from './construct-path';
import { planFiles } from './file-plan';
import type { FilePart } from './file-plan';
import type { ObjectGraph, ObjectItem } from './object-graph';

/** One file to write, and what is in it. */
export interface OutputFile {
  /** Folder of the file's cluster below the output folder: empty, or ending in a slash. */
  readonly folder: string;
  /** Path of the file below that. */
  readonly name: string;
  readonly items: readonly ObjectItem[];
}

/** File systems take 255 bytes; the rest is for a number in front and an extension. */
const LONGEST_NAME = 200;

type NamedFile = Omit<OutputFile, 'folder'>;

/**
 * Which object goes to which file. Names are cdk8s's own: a file a chart, with a number in front where charts need each
 * other, or a file a resource; a chart's CRDs stand in a file of their own. What belongs to a Cluster stands in a folder
 * of the cluster's name.
 *
 * @param ordered all items of the program, in order
 */
export function outputFiles(
  ordered: readonly ObjectItem[],
  graph: ObjectGraph,
  type: YamlOutputType,
  extension: string,
): OutputFile[] {
  const clusters = byCluster(ordered);
  const folders = foldersOf([...clusters.keys()]);
  return [...clusters].flatMap(([cluster, items]) =>
    filesOfCluster(items, graph, type, extension).map((file) => ({ ...file, folder: folders.get(cluster) ?? '' })),
  );
}

function filesOfCluster(
  items: readonly ObjectItem[],
  graph: ObjectGraph,
  type: YamlOutputType,
  extension: string,
): NamedFile[] {
  switch (type) {
    case YamlOutputType.FILE_PER_APP:
      return [{ name: `app${extension}`, items }];
    case YamlOutputType.FILE_PER_RESOURCE:
      return filesPerResource(items, '', extension);
    case YamlOutputType.FILE_PER_CHART:
    case YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE:
      return filesPerChart(items, graph, type, extension);
    default:
      return unreachable(type);
  }
}

function filesPerChart(
  items: readonly ObjectItem[],
  graph: ObjectGraph,
  type: YamlOutputType.FILE_PER_CHART | YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE,
  extension: string,
): NamedFile[] {
  const { parts, orderMatters } = planFiles(items, graph);
  return parts.flatMap((part, index) => {
    const number = orderMatters ? `${String(index).padStart(4, '0')}-` : '';
    const name = `${number}${chartName(part)}${part.crds ? '-crds' : ''}`;
    return type === YamlOutputType.FILE_PER_CHART
      ? [{ name: `${name}${extension}`, items: part.items }]
      : filesPerResource(part.items, `${name}/`, extension);
  });
}

/**
 * `Kind.name`, as cdk8s names it; where two objects would share that, namespace and group are added, and where they still
 * would, or the disk takes no name as long, a hash of the object's identity. An object that is called like its file keeps
 * the name.
 */
function filesPerResource(items: readonly ObjectItem[], folder: string, extension: string): NamedFile[] {
  const short = countsOf(items, shortName);
  const nameOf = (item: ObjectItem): string => (short.get(shortName(item).toLowerCase()) === 1 ? shortName(item) : longName(item));
  const names = new Map<ObjectItem, string>();
  const taken = new Set<string>();
  for (const item of [...items].sort((a, b) => lossOf(a) - lossOf(b) || compareConstructs(a.object.construct, b.object.construct))) {
    const plain = nameOf(item);
    const isFree = !taken.has(plain.toLowerCase()) && plain.length <= LONGEST_NAME;
    const name = isFree ? plain : withHash(plain, item.object.construct.node.path);
    taken.add(name.toLowerCase());
    names.set(item, name);
  }
  return items.map((item) => ({ name: `${folder}${names.get(item) ?? ''}${extension}`, items: [item] }));
}

/** How often each name is there, on a disk that does not tell capitals. */
function countsOf(items: readonly ObjectItem[], nameOf: (item: ObjectItem) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) {
    const name = nameOf(item).toLowerCase();
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** 0 where the file's name says all of the object's name. */
function lossOf({ object: { identity } }: ObjectItem): number {
  return fileSafe(identity.name) === identity.name && identity.name !== '' ? 0 : 1;
}

function shortName({ object: { identity } }: ObjectItem): string {
  return fileSafe(`${identity.kind}.${identity.name}`);
}

function longName(item: ObjectItem): string {
  const { namespace, group } = item.object.identity;
  return [shortName(item), namespace, group].filter((part) => part !== '').map(fileSafe).join('.');
}

/** The chart's path below its cluster; a path of several parts has cdk8s's hash, so that `a/b-c` is not `a-b/c`. */
function chartName({ chart }: FilePart): string {
  const cluster = Cluster.find(chart);
  if (cluster === undefined) return Names.toDnsLabel(chart);
  const below = chart.node.path.slice(cluster.node.path.length + 1);
  return below.includes('/') ? Names.toDnsLabel(chart) : plainName(below, below);
}

/**
 * Folder of each cluster by its path: the parts of the path. Where two clusters would share one, also on a disk that
 * does not tell capitals, the one that is named like the folder keeps it.
 */
function foldersOf(clusters: readonly string[]): Map<string, string> {
  const nameOf = (cluster: string): string => plainName(cluster.split('/').join('-'), cluster);
  const exactFirst = (cluster: string): number => (nameOf(cluster) === cluster ? 0 : 1);
  const sorted = [...clusters].sort((a, b) => exactFirst(a) - exactFirst(b) || (a < b ? -1 : 1));
  const taken = new Set<string>();
  const folders = new Map<string, string>();
  for (const cluster of sorted) {
    const name = nameOf(cluster);
    const own = taken.has(name.toLowerCase()) ? withHash(name, cluster) : name;
    taken.add(own.toLowerCase());
    folders.set(cluster, cluster === '' ? '' : `${own}/`);
  }
  return folders;
}

/** A name for a file or folder that is neither empty, hidden nor too long; one that had to be changed has a hash of the path. */
function plainName(name: string, path: string): string {
  const safe = fileSafe(name).replace(/^\.+/, '');
  return safe === name && safe !== '' && safe.length <= LONGEST_NAME ? safe : withHash(safe, path);
}

function withHash(name: string, path: string): string {
  return [name.slice(0, LONGEST_NAME - 9), hashOf(path)].filter((part) => part !== '').join('-');
}

function hashOf(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 8);
}

function fileSafe(name: string): string {
  return name.replace(/[^0-9a-zA-Z-_.]/g, '');
}

function byCluster(items: readonly ObjectItem[]): Map<string, ObjectItem[]> {
  const clusters = new Map<string, ObjectItem[]>();
  for (const item of items) {
    const { cluster } = item.object.identity;
    const group = clusters.get(cluster);
    if (group === undefined) clusters.set(cluster, [item]);
    else group.push(item);
  }
  return clusters;
}

/** MeshApp refuses any other type. */
function unreachable(type: never): never {
  throw new TypeError(`unknown YamlOutputType ${String(type)}`);
}

