import { existsSync } from 'node:fs';
import { isJsonObject } from '../rules/json';
import type { Json } from '../rules/json';
import type { AskedQuestion } from '../security/decisions/asked-question';
import type { AccessFile } from '../security/table/access-table-file';
import type { CommandIo } from './command';
import { readManifests } from './read-manifests';

/**
 * What a program's files say of access, where its constructs say nothing: policies that are written by hand, or that all is open.
 *
 * @throws MeshError when the files cannot be read as objects of one cluster.
 */
export async function accessOfFolder(folder: string, question: AskedQuestion | undefined, io: CommandIo): Promise<AccessFile> {
  if (!existsSync(folder)) return { rows: [] };
  const { manifests } = await readManifests(['.'], { ...io, cwd: folder });
  const { accessOfManifests } = require('../security/table/access-of-manifests') as typeof import('../security/table/access-of-manifests');
  return accessOfManifests(manifests.flatMap(({ file, value }) => (isJsonObject(value as Json) ? [{ file, manifest: value as Record<string, Json> }] : [])), question);
}
