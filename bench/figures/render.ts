import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../figure';
import type { Figure } from '../figure';
import { ROOT, secondsOf } from '../processes';

const RUNS = 7;
const ISTIO = '1.30.3';
const MAIN = join(ROOT, 'lib', 'src', 'cli', 'main.js');
/** Charts of which the demo profile is made, below the folder that ISTIO_CHARTS names. */
const CHARTS = ['base', 'istio-control/istio-discovery', 'gateways/istio-ingress', 'gateways/istio-egress'];

/** From the command to the last manifest, CRDs included. */
export const renderTime: Figure = {
  name: 'render',
  what: `\`mesh-constructs render\` of the demo profile of Istio ${ISTIO}, CRDs included, as a whole process; 0.6 x the least that istioctl takes`,
  unit: 's',
  target: 0.4,
  measure: () => renderSeconds(),
};

export const renderAgainstIstioctl: Figure = {
  name: 'render / istioctl',
  what: 'the same, against `istioctl manifest generate`, where it is on the PATH',
  unit: 'x',
  target: 0.6,
  measure: () => {
    if (!isOnPath('istioctl', ['version', '--remote=false'])) return { skipped: 'there is no istioctl here' };
    return renderSeconds() / timed(() => run('istioctl', ['manifest', 'generate', '--set', 'profile=demo']));
  },
};

export const renderAgainstHelm: Figure = {
  name: 'render / helm',
  what: 'the same, against `helm template` of the same charts, where helm and the charts (ISTIO_CHARTS) are',
  unit: 'x',
  target: 1,
  measure: () => {
    const folder = process.env['ISTIO_CHARTS'];
    if (folder === undefined || !CHARTS.every((chart) => existsSync(join(folder, chart)))) return { skipped: 'ISTIO_CHARTS names no charts' };
    if (!isOnPath('helm', ['version'])) return { skipped: 'there is no helm here' };
    return renderSeconds() / timed(() => CHARTS.forEach((chart) => run('helm', ['template', 'istio', join(folder, chart), '--set', 'profile=demo'])));
  },
};

function renderSeconds(): number {
  return median(Array.from({ length: RUNS }, () => secondsOf([MAIN, 'render', '--profile', 'demo', '--istio', ISTIO], ROOT)));
}

function timed(body: () => void): number {
  const runs = Array.from({ length: RUNS }, () => {
    const start = process.hrtime.bigint();
    body();
    return Number(process.hrtime.bigint() - start) / 1e9;
  });
  return median(runs);
}

function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, { stdio: 'ignore' });
}

function isOnPath(command: string, args: readonly string[]): boolean {
  try {
    run(command, args);
    return true;
  } catch {
    return false;
  }
}
