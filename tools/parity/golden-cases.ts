import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installationFromHelm } from '../../src/migrate/from-helm';
import type { Installation } from '../../src/migrate/installation';
import { installationFromOperator, installationFromProfile } from '../../src/migrate/operator/from-operator';
import type { ChartName } from '../../src/migrate/values/charts';
import { GOLDENS } from './goldens';
import { readObjects } from './normal-form';

/** What one of Istio's own installers was asked for, and what came of it. */
export interface GoldenCase {
  readonly name: string;
  /** The rendering; undefined where the input was refused. */
  readonly expected: string | undefined;
  /** The same input for us, by each way that takes it. */
  readonly ways: readonly (() => Installation)[];
}

const HUB = 'registry.istio.io/release';

/** What `helm template` makes of Istio's charts with a values file; undefined where the goldens are missing. */
export function helmCases(): readonly GoldenCase[] | undefined {
  const root = join(GOLDENS, 'helm');
  if (!existsSync(root)) return undefined;
  return namesIn(root).flatMap((istio) =>
    namesIn(join(root, istio)).flatMap((chart) =>
      namesIn(join(root, istio, chart)).map((name) => helmCase(`${istio}/${chart}/${name}`, join(root, istio, chart, name), istio, chart as ChartName)),
    ),
  );
}

function helmCase(name: string, folder: string, istio: string, chart: ChartName): GoldenCase {
  const isRefused = existsSync(join(folder, 'error.txt'));
  const make = (): Installation => {
    const [values = {}] = readObjects(readFileSync(join(folder, 'values.yaml'), 'utf8'));
    return installationFromHelm([{ chart, values }], { istio });
  };
  return { name, expected: isRefused ? undefined : join(folder, 'expected.yaml'), ways: [make] };
}

/** What `istioctl manifest generate` makes of its profiles; for us by name, and as an IstioOperator. */
export function installCases(): readonly GoldenCase[] | undefined {
  const root = join(GOLDENS, 'install');
  if (!existsSync(root)) return undefined;
  return namesIn(root).flatMap((istio) =>
    namesIn(join(root, istio)).map((file) => {
      const profile = file.replace('.yaml', '');
      const image = { hub: HUB, tag: istio.replace(/-rc\.\d+$/, '') };
      const operator = { apiVersion: 'install.istio.io/v1alpha1', kind: 'IstioOperator', spec: { profile, ...image } };
      return {
        name: `${istio}/install/${profile}`,
        expected: join(root, istio, file),
        ways: [() => installationFromProfile(profile, { istio, ...image }), () => installationFromOperator(operator, { istio })],
      };
    }),
  );
}

function namesIn(folder: string): string[] {
  return readdirSync(folder).sort();
}
