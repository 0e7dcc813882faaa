import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { JsonObject } from '../../src/rules/json';
import { normalForm, readObjects } from './normal-form';
import type { NormalForm } from './normal-form';

/** Where the renderings of Istio's own tools are; not part of the project. */
export const GOLDENS = resolve(__dirname, '../../../shared/goldens');
/** Why a family is left out where they are missing. */
export const NO_GOLDENS = 'there is no ../shared/goldens here';

const CACHE = resolve(__dirname, '../../.cache/parity-goldens.json');

type Entries = readonly (readonly [string, JsonObject])[];

/** Reading seven megabytes of YAML takes longer than all the rest: what was read is kept, by the hash of its text. */
export class Goldens {
  private readonly known: Map<string, Entries>;
  private readonly salt: string;
  private grown = false;

  public constructor(private readonly injectorPaths: readonly string[]) {
    const form = readFileSync(join(__dirname, 'normal-form.ts'), 'utf8');
    this.salt = `${form}\n${injectorPaths.join('\n')}\n`;
    this.known = new Map(existsSync(CACHE) ? readCache() : []);
  }

  public read(file: string): NormalForm {
    const text = readFileSync(file, 'utf8');
    const key = createHash('sha256').update(this.salt).update(text).digest('hex');
    const known = this.known.get(key);
    if (known !== undefined) return new Map(known);
    const form = normalForm(readObjects(text), this.injectorPaths);
    this.known.set(key, [...form]);
    this.grown = true;
    return form;
  }

  /** Our own rendering in the same form. */
  public formOf(objects: readonly JsonObject[]): NormalForm {
    return normalForm(objects, this.injectorPaths);
  }

  public save(): void {
    if (!this.grown) return;
    mkdirSync(dirname(CACHE), { recursive: true });
    writeFileSync(CACHE, JSON.stringify([...this.known]));
  }
}

function readCache(): readonly (readonly [string, Entries])[] {
  try {
    return JSON.parse(readFileSync(CACHE, 'utf8')) as readonly (readonly [string, Entries])[];
  } catch {
    // a cache that another run is writing
    return [];
  }
}
