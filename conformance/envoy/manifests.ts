import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { MeshApp } from '../../src';
import { asList, asRecord, text } from '../kubernetes/status';
import { field } from './json';
import type { JsonObject } from './json';

/** A program of the library, such as those in `examples/`. */
export type Program = (app: MeshApp) => unknown;

/** Takes something out of what a program makes, or turns it round. */
export type Edit = (manifests: readonly JsonObject[]) => readonly JsonObject[];

/** What a program writes, read back from its files; CRDs, which no proxy asks for, are left out. */
export function manifestsOf(program: Program): readonly JsonObject[] {
  const outdir = mkdtempSync(path.join(os.tmpdir(), 'mesh-constructs-out-'));
  try {
    const app = new MeshApp({ outdir });
    program(app);
    app.synth();
    const files = readdirSync(outdir, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml')).sort();
    return files
      .flatMap((file) => parseAllDocuments(readFileSync(path.join(outdir, file), 'utf8')))
      .map((document) => asRecord(document.toJS()))
      .filter((object) => object['kind'] !== 'CustomResourceDefinition');
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** Takes objects of a kind out: all of them, or those of a name or a host. */
export function drop(kind: string, name?: string): Edit {
  return (manifests) => {
    const left = manifests.filter((object) => !is(object, kind, name));
    // An edit that changes nothing would make a control that controls nothing.
    if (left.length === manifests.length) throw new Error(`there is no ${kind} ${name ?? ''} to take out`);
    return left;
  };
}

/** Changes the text of one object: what stands in its JSON is replaced, and has to be there. */
export function replace(kind: string, name: string, from: string | RegExp, to: string | ((...found: readonly string[]) => string)): Edit {
  return (manifests) => {
    let changes = 0;
    const edited = manifests.map((object) => {
      if (!is(object, kind, name)) return object;
      const before = JSON.stringify(object);
      const after = before.replace(from, to as string);
      if (after !== before) changes += 1;
      return asRecord(JSON.parse(after));
    });
    if (changes === 0) throw new Error(`${kind} ${name} has no ${String(from)} to replace`);
    return edited;
  };
}

/** Changes the spec of one object. */
export function change(kind: string, name: string, edit: (spec: JsonObject) => JsonObject): Edit {
  return (manifests) => {
    if (!manifests.some((object) => is(object, kind, name))) throw new Error(`there is no ${kind} ${name} to change`);
    return manifests.map((object) => (is(object, kind, name) ? { ...object, spec: edit(asRecord(object['spec'])) } : object));
  };
}

/** True for the object of that kind that has the name, or that is about the host of that name. */
function is(object: JsonObject, kind: string, name: string | undefined): boolean {
  if (object['kind'] !== kind) return false;
  if (name === undefined || text(field(object, 'metadata', 'name')) === name) return true;
  const servers = asList(field(object, 'spec', 'servers'));
  return [field(object, 'spec', 'hosts'), ...servers.map((server) => field(server, 'hosts'))].some((hosts) => asList(hosts).includes(name));
}
