import * as path from 'node:path';
import { modeOf } from '../../src/security/mtls/mtls-mode';
import type { PeerPolicy } from '../../src/security/mtls/mtls-mode';
import { Cases } from '../api/cases';
import { runProgram } from '../envoy/run-program';
import { goBinaries } from '../kubernetes/binaries';
import type { BinariesOptions } from '../kubernetes/binaries';
import type { JudgeRow } from '../runner/judge';
import { Random } from '../verdict/random';

/** How many random sets of PeerAuthentications are asked about. */
const SETS = 2_000;
const TIMEOUT_MS = 110_000;
/** What one call of the program is asked: it gives up after two minutes. */
const BATCH = 500;
const ROOT = 'istio-system';
const PORTS = [80, 8080, 9090];

/** Pods, and the policies that may be for them. */
interface Question {
  readonly rootNamespace: string;
  readonly policies: readonly (PeerPolicy & { readonly created: number })[];
  readonly pods: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> };
  readonly ports: readonly number[];
}

/** Our reading of the precedence of PeerAuthentications is Istio's own. */
export async function mtlsRow(options: BinariesOptions = {}): Promise<JudgeRow> {
  const program = await mtlsBinary(options);
  const cases = new Cases(`mTLS modes of ${SETS} random sets of PeerAuthentications`);
  const random = new Random(7);
  let wrongly = 0;
  const questions = Array.from({ length: SETS }, () => questionOf(random));
  for (let start = 0; start < SETS; start += BATCH) {
    const batch = questions.slice(start, start + BATCH);
    const { code, stdout, stderr } = await runProgram(program, [], { timeoutMs: TIMEOUT_MS, input: batch.map((each) => `${JSON.stringify(each)}\n`).join('') });
    if (code !== 0) throw new Error(`istio-mtls failed: ${stderr.trim().split('\n').pop() ?? ''}`);
    const answers = stdout.trim().split('\n').map((line) => (JSON.parse(line) as { readonly modes: readonly string[] }).modes);
    if (answers.length !== batch.length) throw new Error(`istio-mtls answered ${answers.length} of ${batch.length} questions`);
    batch.forEach((question, index) => {
      const ours = modesOf(question, question.policies);
      const theirs = answers[index] ?? [];
      const newest = question.policies.map((policy) => ({ ...policy, created: -policy.created }));
      if (JSON.stringify(modesOf(question, newest)) !== JSON.stringify(theirs)) wrongly += 1;
      const same = JSON.stringify(ours) === JSON.stringify(theirs);
      cases.judge(`set ${start + index}`, same ? undefined : `${ours.join()}, Istio says ${theirs.join()}: ${JSON.stringify(question)}`);
    });
  }
  if (wrongly === 0) cases.judge('control', 'the newest policy instead of the oldest gives the same answers: nothing is told apart');
  return cases.row(`control: with the newest policy instead of the oldest, ${wrongly} sets come out otherwise`);
}

function modesOf({ rootNamespace, pods, ports }: Question, policies: readonly PeerPolicy[]): readonly string[] {
  return ports.map((port) => modeOf(policies, rootNamespace, pods, port));
}

/** Built apart from the others: a change of one leaves the other as it is. */
async function mtlsBinary(options: BinariesOptions): Promise<string> {
  const programs = { name: 'istio-mtls', module: __dirname, programs: ['istio-mtls'], sources: ['cmd/istio-mtls', 'internal', 'agentgateway-api'], flags: '-s -w' };
  return path.join(await goBinaries(programs, options), 'istio-mtls');
}

function questionOf(random: Random): Question {
  const namespaces = [ROOT, 'shop', 'shop', 'other'];
  const policies = Array.from({ length: random.below(7) }, (_, index) => {
    const isWide = random.below(3) === 0;
    const labels = { ...(random.below(2) === 0 ? { app: random.pick(['web', 'orders']) } : {}), ...(random.below(3) === 0 ? { version: 'v1' } : {}) };
    const hasLabels = !isWide && Object.keys(labels).length > 0;
    return {
      name: random.pick(['default', 'a', 'b.c', `p${index}`]) + (random.below(2) === 0 ? '' : String(index)),
      namespace: random.pick(namespaces),
      created: random.below(3),
      spec: {
        ...(hasLabels ? { selector: { matchLabels: labels } } : random.below(4) === 0 ? { selector: {} } : {}),
        ...(random.below(5) === 0 ? {} : { mtls: modeSpec(random) }),
        ...(hasLabels && random.below(2) === 0 ? { portLevelMtls: Object.fromEntries(PORTS.filter(() => random.below(2) === 0).map((port) => [port, modeSpec(random)])) } : {}),
      },
    };
  });
  const unique = policies.filter((one, index) => policies.findIndex((other) => other.name === one.name && other.namespace === one.namespace) === index);
  return { rootNamespace: ROOT, policies: unique, pods: { namespace: random.pick(namespaces), labels: { app: random.pick(['web', 'orders']), version: random.pick(['v1', 'v2']) } }, ports: PORTS };
}

function modeSpec(random: Random): { mode?: string } {
  const mode = random.pick(['STRICT', 'PERMISSIVE', 'DISABLE', 'UNSET', '']);
  return mode === '' ? {} : { mode };
}
