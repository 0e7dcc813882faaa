import { compareFindings, severityOf } from '../errors/finding';
import { MeshError } from '../errors/mesh-error';
import type { Validator } from '../validation/validator';
import { Cluster } from './cluster';
import type { ClusterFacts } from './cluster';
import { rootState } from './root-state';
import { JudgedCharts } from './stand-ins';
import { duplicateFindings } from './synthesis';
import type { ProgramUnjudged, Rendering, Synthesis, SynthObject } from './synthesis';

/**
 * The one validation of a program: what was found before it, objects made twice, and for each object what a real API
 * server of its cluster would say.
 *
 * @throws MeshError with all findings of severity `error`, sorted, each with its construct path.
 */
export function validateRendering(rendering: Rendering): Synthesis {
  const findings = [...rendering.findings, ...duplicateFindings(rendering.objects)];
  const unknowns: ProgramUnjudged[] = [];
  const judged = new JudgedCharts();
  for (const object of rendering.objects) {
    const result = validatorOf(object).validate(object.manifest);
    judged.add(object.chart, result.judgedBy);
    for (const finding of result.findings) findings.push({ ...finding, construct: object.construct.node.path });
    for (const unknown of result.unknowns) unknowns.push({ construct: object.construct.node.path, ...unknown });
  }
  const errors = findings.filter((finding) => severityOf(finding) === 'error');
  if (errors.length > 0) throw new MeshError(errors);
  const others = [...findings, ...judged.standIns()].sort(compareFindings);
  const warnings = others.filter((finding) => severityOf(finding) === 'warning');
  const notes = others.filter((finding) => severityOf(finding) === 'note');
  return { objects: rendering.objects, warnings, notes, unknowns: unknowns.sort(compareUnknowns) };
}

function compareUnknowns(a: ProgramUnjudged, b: ProgramUnjudged): number {
  const [left, right] = [a, b].map(({ construct, path, rule = '' }) => [construct, path, rule].join('\n')) as [string, string];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** One validator for each cluster's versions: it compiles the rules of a kind at the first object of that kind. */
function validatorOf({ construct, chart }: SynthObject): Validator {
  const byChart = rootState(construct, 'validatorsByChart', () => new WeakMap<object, Validator>());
  const known = byChart.get(chart);
  if (known !== undefined) return known;
  const { istio, kubernetes, gatewayApi, gatewayApiChannel } = Cluster.factsOf(chart);
  const target = { istio, kubernetes, gatewayApi, gatewayApiChannel };
  const byTarget = rootState(construct, 'validators', () => new Map<string, Validator>());
  const key = JSON.stringify(target);
  const validator = byTarget.get(key) ?? loadValidator(target);
  byTarget.set(key, validator);
  byChart.set(chart, validator);
  return validator;
}

/** Loaded at the first synthesis: the main entry must stay quick for programs that never get there. */
function loadValidator(target: Pick<ClusterFacts, 'istio' | 'kubernetes' | 'gatewayApi' | 'gatewayApiChannel'>): Validator {
  const module = require('../validation/validator') as typeof import('../validation/validator');
  return new module.Validator({ target });
}
