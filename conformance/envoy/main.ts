/** `npx tsx --tsconfig tsconfig.dev.json conformance/envoy/main.ts [WORD]...`: the cases in whose names a word is, or all; `forms` compares both forms, `random` decisions on random policies. */
import type { JudgeRow } from '../runner/judge';
import { allCases } from './all-cases';
import { judgeCases } from './judge';

const words = process.argv.slice(2);
const files = allCases();
const chosen = files.flatMap(({ cases }) => cases).filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
const isAsked = (word: string): boolean => words.length === 0 || words.includes(word);
const print = ({ name, agree, disagree, seconds, note, details = [] }: JudgeRow): void => {
  process.stdout.write(`${disagree === 0 ? 'agrees' : 'DISAGREES'}  ${name} (${agree} of ${agree + disagree}, ${seconds.toFixed(1)} s)\n`);
  if (name.startsWith('decisions')) process.stdout.write(`  ${note ?? ''}\n`);
  for (const detail of details) process.stdout.write(`  ${detail}\n`);
  if (disagree > 0) process.exitCode = 1;
};
const log = (line: string): void => void process.stderr.write(`${line}\n`);

for (const { name, error } of files) if (error !== undefined) log(`${name} cannot be loaded: ${error}`);
void judgeCases(chosen, { log, row: print, signal: new AbortController().signal }, { forms: isAsked('forms'), random: isAsked('random') });
