import { MeshError } from '../../src/errors/mesh-error';
import { renderInstallation } from '../../src/migrate/render';
import type { Family, Outcome } from './case';
import { compare } from './compare';
import { helmCases, installCases } from './golden-cases';
import type { GoldenCase } from './golden-cases';
import { NO_GOLDENS } from './goldens';
import type { Goldens } from './goldens';

/** What our constructs make of what Istio's own installers were asked for. */
export function renderFamilies(goldens: Goldens): readonly Family[] {
  return [family('helm', helmCases, goldens), family('install', installCases, goldens)];
}

function family(name: string, read: () => readonly GoldenCase[] | undefined, goldens: Goldens): Family {
  return {
    name,
    cases: () => read()?.map((golden) => ({ name: golden.name, run: () => runCase(golden, goldens) })) ?? { skipped: NO_GOLDENS },
  };
}

function runCase({ expected, ways }: GoldenCase, goldens: Goldens): Outcome {
  try {
    const renderings = ways.map((way) => goldens.formOf(renderInstallation(way())));
    if (expected === undefined) return { differences: [], failure: "Istio's installer refuses this input, and we do not" };
    const form = goldens.read(expected);
    return { differences: renderings.map((rendering) => compare(form, rendering)).find((each) => each.length > 0) ?? [] };
  } catch (error) {
    if (expected === undefined && MeshError.isMeshError(error)) return { differences: [] };
    return { differences: [], failure: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}
