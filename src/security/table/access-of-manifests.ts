import { ApiObject, App, Chart } from 'cdk8s';
import { SynthSession } from '../../core/synth-session';
import { meshError } from '../../errors/mesh-error';
import { isJsonObject } from '../../rules/json';
import type { JsonObject } from '../../rules/json';
import type { AskedQuestion } from '../decisions/asked-question';
import type { AccessFile } from './access-table-file';
import { accessTable } from './access-table';

/** An object that a program wrote, and the file that it stands in. */
export interface WrittenManifest {
  readonly file: string;
  readonly manifest: JsonObject;
}

/**
 * The table, and what is decided on a request, of objects alone: for programs that say nothing of access by constructs. Rows then name
 * the file in the place of the construct, and no line.
 *
 * @throws MeshError when the objects are of several clusters: one of them is in two files.
 */
export function accessOfManifests(written: readonly WrittenManifest[], question?: AskedQuestion): AccessFile {
  const root = new App({ outdir: '' });
  const charts = new Map<string, Chart>();
  const known = new Map<string, string>();
  for (const { file, manifest } of written) {
    const { apiVersion, kind, metadata } = manifest;
    if (typeof apiVersion !== 'string' || typeof kind !== 'string' || !isJsonObject(metadata) || typeof metadata['name'] !== 'string') continue;
    const { name, namespace } = metadata;
    const id = `${kind}.${apiVersion.includes('/') ? apiVersion.split('/')[0] : 'core'} ${typeof namespace === 'string' ? `${namespace}.` : ''}${name}`;
    const before = known.get(id);
    if (before !== undefined) throw twice(id, before, file);
    known.set(id, file);
    const chart = charts.get(file) ?? new Chart(root, file);
    charts.set(file, chart);
    new ApiObject(chart, id, manifest as never);
  }
  const rows = accessTable(root);
  if (question === undefined) return { rows };
  const { answerTo } = require('../decisions/asked-question') as typeof import('../decisions/asked-question');
  return { rows, answer: SynthSession.of(root).run(() => answerTo(root, question)) };
}

function twice(id: string, first: string, second: string): Error {
  return meshError({
    code: 'several-clusters',
    construct: '',
    property: '',
    got: `${id} in ${first} and in ${second}`,
    expected: 'the objects of one cluster, where a program says nothing of access by constructs',
    fix: 'run the program for one cluster',
  });
}
