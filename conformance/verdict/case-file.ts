import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Json } from '../../src/rules/json';
import { isJsonObject } from '../../src/rules/json';
import type { OurVerdict } from './ours';
import { normaliseOurs } from './normalise';
import type { ServerVerdict } from './normalise';
import type { Releases } from './subjects';

/** A disagreement as it is kept. */
export interface CaseFile {
  readonly object: Json;
  readonly server: ServerVerdict;
  /** What we said when the case was written: accepted, or the fields. */
  readonly ours: { readonly accepted: boolean; readonly fields: readonly string[] };
  readonly isBuiltIn: boolean;
  /** Channel of the Gateway API that the server had. */
  readonly channel: Releases['channel'];
}

export interface FoundCase {
  readonly object: Json;
  readonly server: ServerVerdict;
  readonly ours: OurVerdict;
  readonly what: string;
  readonly isBuiltIn: boolean;
  readonly channel: Releases['channel'];
}

/** Writes a case and gives the name of its file; a case of the same name is the same case. */
export function writeCase({ object, server, ours, what, isBuiltIn, channel }: FoundCase, folder: string): string {
  const kind = isJsonObject(object) && typeof object['kind'] === 'string' ? object['kind'] : 'none';
  const words = what.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, 60);
  const hash = createHash('sha256').update(JSON.stringify(object)).digest('hex').slice(0, 6);
  const content: CaseFile = {
    object,
    server,
    ours: { accepted: ours.accepted, fields: [...normaliseOurs(ours, 'validation').paths] },
    isBuiltIn,
    channel,
  };
  mkdirSync(folder, { recursive: true });
  const name = `${kind.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${words}-${hash}.json`;
  writeFileSync(path.join(folder, name), `${JSON.stringify(content, null, 2)}\n`);
  return name;
}
