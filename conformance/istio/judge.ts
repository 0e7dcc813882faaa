import { existsSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import { Cases, messageOf } from '../api/cases';
import { docsPages } from '../api/docs-pages';
import { exampleNames, synthesize } from '../api/examples';
import type { ExampleOutput } from '../api/examples';
import type { Judge, JudgeIo, JudgeRow } from '../runner/judge';
import { NOT_HERE, Unavailable } from '../runner/judge';
import { istioBinaries } from './binaries';
import { caRow } from './ca-rows';
import type { IstioBinaries } from './binaries';
import { asInCluster } from './cluster';
import { injectedPodsRow } from './example-pods';
import { injectionRows } from './injection-rows';
import { mtlsRow } from './mtls-rows';
import { plantedRow, refusedRow } from './planted';
import type { Analysis } from './programs';
import { Programs, withFile } from './programs';
import { surroundingsOf } from './surroundings';

/**
 * What Istio says of every EnvoyFilter, whatever is in it: rate limits have no other form. (The analyzers' code for it is
 * IST0133, which stands for other things as well, so that it is the sentence that is looked for.)
 */
const OF_EVERY_ENVOY_FILTER = /EnvoyFilter exposes internal implementation details that may change at any time/;

const EXTRAS = path.join(__dirname, 'extras');


export const judge: Judge = {
  name: 'istio',
  what: "Istio's own validation and analyzers find nothing in what the examples and the documentation write, and do find planted mistakes; its injection makes of our templates what is meant",

  async run({ log, row, signal }) {
    const binaries = await build(log);
    const programs = new Programs(binaries, signal);
    const controls = (): Promise<void> => controlRows(programs, log, row);
    const examples = exampleNames().map((name) => ({ name, rows: () => exampleRows(programs, binaries, name, row) }));
    const pages = docsPages('istio').map(({ page, outputs }) => ({ name: page, rows: () => docsRows(programs, page, outputs, row) }));
    const injection = { name: 'injection', rows: () => injectionRows(binaries, row) };
    const mtls = { name: 'mTLS modes', rows: async () => row(await mtlsRow({ log })) };
    const authorities = { name: 'plug-in CAs', rows: async () => row(await caRow({ log })) };
    for (const part of [{ name: 'analyzers', rows: controls }, injection, mtls, authorities, ...examples, ...pages]) {
      signal.throwIfAborted();
      log(part.name);
      try {
        await part.rows();
      } catch (error) {
        signal.throwIfAborted();
        const cases = new Cases(part.name);
        cases.judge('not judged', messageOf(error));
        row(cases.row());
      }
    }
    return { rows: [] };
  },
};

async function build(log: JudgeIo['log']): Promise<IstioBinaries> {
  try {
    return await istioBinaries({ log });
  } catch (error) {
    const message = messageOf(error);
    if (NOT_HERE.test(message)) throw new Unavailable(message);
    throw error;
  }
}

/** Which analyzers run at all, and that each can find something. */
async function controlRows(programs: Programs, log: JudgeIo['log'], keep: (row: JudgeRow) => void): Promise<void> {
  const analysis = await withFile([], (file) => programs.analyze([file]));
  const { executed, skipped } = analysis;
  log(`analyzers that are executed: ${executed.join(', ')}`);
  log(`analyzers that are skipped: ${skipped.length === 0 ? 'none' : skipped.join(', ')}`);
  keep(executedRow(analysis));
  keep(await plantedRow(programs, analysis));
  keep(await refusedRow(programs));
}

function executedRow({ executed, skipped }: Analysis): JudgeRow {
  const cases = new Cases('analyzers executed');
  for (const name of executed) cases.judge(name);
  for (const name of skipped) cases.judge(name, 'it was skipped');
  return cases.row(`skipped by Istio: ${skipped.length === 0 ? 'none' : skipped.join(', ')}`);
}

async function exampleRows(programs: Programs, { inject }: IstioBinaries, name: string, keep: (row: JudgeRow) => void): Promise<void> {
  for (const output of await synthesize(name)) {
    keep(await validationRow(programs, output));
    keep(await analysisRow(programs, output));
    const pods = await injectedPodsRow(inject, output);
    if (pods !== undefined) keep(pods);
  }
}

/** Analyzers see what a page writes in the cluster that it leaves out. */
async function docsRows(programs: Programs, page: string, outputs: () => Promise<ExampleOutput[]>, keep: (row: JudgeRow) => void): Promise<void> {
  const valid = new Cases(`${page}: validation`);
  for (const output of await outputs()) {
    await validate(programs, output.objects, valid);
    keep(await analysisRow(programs, output, surroundingsOf(output.objects)));
  }
  keep(valid.row());
}

/** Every object of Istio is valid, without a word. */
async function validationRow(programs: Programs, { name, objects }: ExampleOutput): Promise<JudgeRow> {
  const cases = new Cases(`${name}: validation`);
  const count = await validate(programs, objects, cases);
  if (count === 0) cases.skip('it writes nothing of Istio');
  return cases.row();
}

/** How many objects are Istio's. */
async function validate(programs: Programs, objects: ExampleOutput['objects'], cases: Cases): Promise<number> {
  const verdicts = await withFile(objects, (file) => programs.validate([file]));
  for (const { object, errors, warnings } of verdicts) {
    const meant = warnings.filter((warning) => !OF_EVERY_ENVOY_FILTER.test(warning));
    const said = [...errors, ...meant.map((warning) => `warning: ${warning}`)];
    cases.judge(object, said.length === 0 ? undefined : said.join('; '));
  }
  return verdicts.length;
}

/** No analyzer has anything to say; the cases are the analyzers. */
async function analysisRow(programs: Programs, { name, objects }: ExampleOutput, others: ExampleOutput['objects'] = []): Promise<JudgeRow> {
  const cases = new Cases(`${name}: analysis`);
  const extras = extrasOf(name);
  const isSecret = (object: ExampleOutput['objects'][number]): boolean => object['kind'] === 'Secret';
  const cluster = asInCluster([...objects, ...others.filter((object) => !isSecret(object))]);
  const analysis = await withFile(others.filter(isSecret), (secrets) => {
    const options = [secrets, ...extras].flatMap((file) => ['--extras', file]);
    return withFile(cluster, (file) => programs.analyze([file], options));
  });
  const silent = new Set(analysis.executed);
  for (const { analyzer, code, level, resource, text } of analysis.messages) {
    if (OF_EVERY_ENVOY_FILTER.test(text)) continue;
    silent.delete(analyzer);
    cases.judge(resource, `${code} (${level}, ${analyzer}) ${text}`);
  }
  for (const analyzer of silent) cases.judge(analyzer);
  for (const analyzer of analysis.skipped) cases.judge(analyzer, 'it was skipped');
  return cases.row(extras.length === 0 ? undefined : `beside it: ${extras.map((file) => path.relative(EXTRAS, file)).join(', ')}`);
}

/** What a cluster has beside the example: what it refers to, and leaves to others to make. */
function extrasOf(name: string): string[] {
  const folder = path.join(EXTRAS, ...name.split('/'));
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  return files.sort().map((file) => path.join(folder, file));
}
