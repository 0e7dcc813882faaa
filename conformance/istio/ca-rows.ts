import * as path from 'node:path';
import { Chart } from 'cdk8s';
import { Cluster } from '../../src/core/cluster';
import { MeshApp } from '../../src/core/mesh-app';
import { MeshError } from '../../src/errors/mesh-error';
import { Mesh } from '../../src/mesh/mesh';
import { PluginCa } from '../../src/security/certificates/plugin-ca';
import { authorityCases, authorityPairs } from '../../test/security/certificates/authorities';
import type { Authority } from '../../test/security/certificates/authorities';
import { Cases } from '../api/cases';
import { runProgram } from '../envoy/run-program';
import { goBinaries } from '../kubernetes/binaries';
import type { BinariesOptions } from '../kubernetes/binaries';
import type { JudgeRow } from '../runner/judge';

const TIMEOUT_MS = 110_000;

/** What Istio's own code says: why istiod would not start, and why peers would refuse what it signs; empty for no reason. */
interface Verdict {
  readonly refused: string;
  readonly distrusted: string;
}

/** What istiod's own code refuses as a plug-in CA we refuse, and what it takes we take, but for what a case gives a reason for. */
export async function caRow(options: BinariesOptions = {}): Promise<JudgeRow> {
  const asked = authorityCases();
  const verdicts = await verdictsOf(asked.map(({ files }) => files), false, options);
  const cases = new Cases('plug-in CAs');
  asked.forEach(({ what, files, stricter }, index) => {
    const { refused = '', distrusted = '' } = verdicts[index] ?? {};
    const works = refused === '' && distrusted === '';
    const ours = ourRefusal(files);
    if (stricter !== undefined) {
      cases.judge(what, works && ours !== '' ? undefined : `an exception that is none: ours "${ours}", Istio's "${refused}${distrusted}"`);
      return;
    }
    cases.judge(what, works === (ours === '') ? undefined : `ours "${ours}", Istio's "${refused}${distrusted}"`);
  });
  // as cert-manager writes them
  const whole = asked.filter(({ files, refused }) => refused === undefined && files.certChain === undefined);
  const ofTls = await verdictsOf(whole.map(({ files }) => files), true, options);
  whole.forEach(({ what }, index) => {
    const { refused = '', distrusted = '' } = ofTls[index] ?? {};
    cases.judge(`${what}, in a Secret of the type kubernetes.io/tls`, refused + distrusted === '' ? undefined : `Istio's "${refused}${distrusted}"`);
  });
  // in two clusters of one mesh, each asked of the roots of the other
  const pairs = authorityPairs();
  const ofPeers = await verdictsOf(pairs.flatMap(({ east, west }) => [{ ...east, peerRoots: west.rootCert }, { ...west, peerRoots: east.rootCert }]), false, options);
  pairs.forEach(({ what, east, west, trust }, index) => {
    const said = ofPeers.slice(2 * index, 2 * index + 2);
    const works = said.every(({ refused, distrusted }) => refused + distrusted === '');
    const ours = refusalOfPair(east, west);
    cases.judge(`two clusters: ${what}`, works === trust && works === (ours === '') ? undefined : `ours "${ours}", Istio's "${said.map(({ refused, distrusted }) => refused + distrusted).join('", "')}"`);
  });
  const late = verdicts.filter(({ refused, distrusted }) => refused === '' && distrusted !== '').length;
  const exceptions = asked.flatMap(({ what, stricter }) => (stricter === undefined ? [] : [`${what}: ${stricter}`]));
  return cases.row(`${late} of them istiod starts with, and no peer takes its certificates; stricter on purpose: ${exceptions.join('; ')}`);
}

/** Why we refuse it, or nothing. */
function ourRefusal(files: Authority): string {
  const chart = new Chart(new MeshApp({ outdir: 'unused', onWarning: () => undefined }), 'platform');
  return refusalOf(() => {
    new PluginCa(chart, 'ca', { mesh: Mesh.fromName(chart, 'mesh'), ...files, allowPlainTextKey: true });
    chart.toJson();
  });
}

function refusalOfPair(east: Authority, west: Authority): string {
  const app = new MeshApp({ outdir: 'unused', onWarning: () => undefined });
  return refusalOf(() => {
    for (const [clusterName, files] of Object.entries({ east, west })) {
      new Mesh(new Chart(new Cluster(app, clusterName), 'platform'), 'mesh', { clusterName, meshId: 'shop', pluginCa: { ...files, allowPlainTextKey: true } });
    }
    app.synthYaml();
  });
}

function refusalOf(body: () => void): string {
  try {
    body();
    return '';
  } catch (error) {
    if (MeshError.isMeshError(error)) return error.findings.map(({ code }) => code).join();
    throw error;
  }
}

async function verdictsOf(files: readonly (Authority & { readonly peerRoots?: string })[], tls: boolean, options: BinariesOptions): Promise<readonly Verdict[]> {
  const programs = { name: 'istio-ca', module: __dirname, programs: ['istio-ca'], sources: ['cmd/istio-ca', 'internal', 'agentgateway-api'], flags: '-s -w' };
  const program = path.join(await goBinaries(programs, options), 'istio-ca');
  const input = files.map((each) => `${JSON.stringify({ ...each, certChain: each.certChain ?? each.caCert, tls })}\n`).join('');
  const { code, stdout, stderr } = await runProgram(program, [], { timeoutMs: TIMEOUT_MS, input });
  if (code !== 0) throw new Error(`istio-ca failed: ${stderr.trim().split('\n').pop() ?? ''}`);
  const verdicts = stdout.trim().split('\n').map((line) => JSON.parse(line) as Verdict);
  if (verdicts.length !== files.length) throw new Error(`istio-ca answered ${verdicts.length} of ${files.length} questions`);
  return verdicts;
}
