import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { Cases } from '../api/cases';
import type { JudgeRow } from '../runner/judge';
import type { Analysis, Programs } from './programs';

const FOLDER = path.join(__dirname, 'planted');

/** What a plant may have beside it, and the option of istio-analyze that takes it. */
const BESIDE = ['mesh-config', 'mesh-networks', 'other-cluster'];

/** Analyzers that find nothing, whatever they are given. */
const CANNOT: Readonly<Record<string, string>> = {
  'schema.ValidationAnalyzer.MeshConfig': 'Istio has no validation for the kind behind it: it accepts everything',
  'schema.ValidationAnalyzer.MeshNetworks': 'Istio has no validation for the kind behind it: it accepts everything',
};

/** A mistake that one analyzer is there to find. */
interface Plant {
  readonly analyzer: string;
  readonly file: string;
  readonly code: string;
  readonly resource: string;
  readonly options: readonly string[];
}

/** Each analyzer finds what was planted for it, so that its silence about an example means something. */
export async function plantedRow(programs: Programs, { executed }: Analysis): Promise<JudgeRow> {
  const cases = new Cases('planted mistakes');
  const plants = new Map(readPlants().map((plant) => [plant.analyzer, plant]));
  for (const analyzer of executed) {
    const plant = plants.get(analyzer);
    plants.delete(analyzer);
    if (plant !== undefined) cases.judge(analyzer, missed(plant, await programs.analyze([plant.file], plant.options)));
    else if (!(analyzer in CANNOT)) cases.judge(analyzer, 'nothing was planted for it');
  }
  for (const name of plants.keys()) cases.judge(name, 'there is no such analyzer');
  for (const [name, why] of Object.entries(CANNOT)) {
    if (executed.includes(name)) cases.skip(`${name}: ${why}`);
    else cases.judge(name, 'there is no such analyzer');
  }
  const reasons = Object.entries(CANNOT).map(([name, why]) => `${name}: ${why}`);
  return cases.row(`skipped are ${reasons.join('; ')}`);
}

/** The same mistakes in single objects are errors for Istio's validation. */
export async function refusedRow(programs: Programs): Promise<JudgeRow> {
  const cases = new Cases('planted: validation refuses');
  for (const { analyzer, file } of readPlants()) {
    if (!analyzer.startsWith('schema.ValidationAnalyzer.')) continue;
    const verdicts = await programs.validate([file]);
    const refused = verdicts.some(({ errors }) => errors.length > 0);
    cases.judge(analyzer, refused ? undefined : 'the planted object was accepted');
  }
  return cases.row();
}

function missed({ analyzer, code, resource }: Plant, { messages }: Analysis): string | undefined {
  const own = messages.filter((message) => message.analyzer === analyzer);
  if (own.some((message) => message.code === code && message.resource === resource)) return undefined;
  const said = own.map((message) => `${message.code} ${message.resource}: ${message.text}`).join('; ');
  return `not ${code} for ${resource}, but ${said === '' ? 'nothing' : said}`;
}

function readPlants(): Plant[] {
  const names = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml')).map((file) => file.slice(0, -'.yaml'.length));
  return names.filter((name) => !BESIDE.some((kind) => name.endsWith(`.${kind}`))).sort().map(readPlant);
}

function readPlant(analyzer: string): Plant {
  const file = path.join(FOLDER, `${analyzer}.yaml`);
  const expected = /^# expects: (IST\d{4}) (\S.*)$/m.exec(readFileSync(file, 'utf8'));
  if (expected === null) throw new Error(`${path.basename(file)} does not say what it expects`);
  const options = BESIDE.flatMap((kind) => {
    const beside = path.join(FOLDER, `${analyzer}.${kind}.yaml`);
    return existsSync(beside) ? [`--${kind}`, beside] : [];
  });
  return { analyzer, file, code: expected[1] ?? '', resource: expected[2] ?? '', options };
}
