import { join } from 'node:path';
import { injectGoldens } from '../../conformance/istio/inject-goldens';
import type { InjectedGolden } from '../../conformance/istio/inject-goldens';
import type { JsonObject } from '../../src/rules/json';
import type { Family, Outcome } from './case';
import { compare } from './compare';
import type { Goldens } from './goldens';
import { GOLDENS } from './goldens';

/** The pods that `istioctl kube-inject` makes with Istio's own templates, and those that the same code makes with ours. */
export function injectFamily(goldens: Goldens): Family {
  return {
    name: 'inject',
    cases: async () => {
      const injected = await injectGoldens(join(GOLDENS, 'inject'), (line) => process.stderr.write(`${line}\n`));
      if ('skipped' in injected) return injected;
      return injected.map((each) => ({ name: `inject/${each.name}`, run: () => outcome(each, goldens) }));
    },
  };
}

function outcome({ expected, got, error }: InjectedGolden, goldens: Goldens): Outcome {
  if (error !== undefined) return { differences: [], failure: error };
  return { differences: compare(goldens.read(expected), goldens.formOf(got as readonly JsonObject[])) };
}
