import { MeshError } from '../errors/mesh-error';
import type { Finding } from '../errors/finding';
import { isJsonObject } from '../rules/json';
import type { Json, JsonObject } from '../rules/json';
import { compileRule, isCompileFailure } from '../validation/cel/rule';
import type { Rule } from '../validation/cel/rule';
import type { KindHistory } from './model';
import { visitSchema } from './schema-walk';
import { stripDescriptions } from './strip-descriptions';
import { formatRelease } from './version-order';

/** What was found of CEL rules in a kind. */
export interface CelCounts {
  /** Rules in every version of every release. */
  readonly compiled: number;
  /** The same for each release, by `formatRelease`. */
  readonly byRelease: ReadonlyMap<string, number>;
  /** Different places with a rule on `oldSelf`. */
  readonly transitionRules: number;
  readonly transitions: readonly TransitionRule[];
}

/** A rule that needs the object as it was before. */
export interface TransitionRule {
  readonly path: string;
  readonly rule: string;
}

interface CheckedSchema {
  readonly compiled: number;
  readonly transitions: readonly TransitionRule[];
  readonly failures: readonly { readonly path: string; readonly rule: string; readonly error: string }[];
}

/** Pass "check": compiles every CEL rule of a kind; one that does not compile fails the generator with its place. */
export function checkRules(kind: KindHistory): CelCounts {
  const findings: Finding[] = [];
  const transitions = new Map<string, TransitionRule>();
  const byRelease = new Map<string, number>();
  // most versions and releases of a kind have the very same schema
  const checked = new Map<string, CheckedSchema>();
  for (const { variant, schema } of kind.variants) {
    const text = JSON.stringify(stripDescriptions(schema));
    const result = checked.get(text) ?? checkSchema(JSON.parse(text) as JsonObject);
    checked.set(text, result);
    const release = formatRelease(variant);
    byRelease.set(release, (byRelease.get(release) ?? 0) + result.compiled);
    const where = `${kind.kind} ${variant.version} of ${kind.source} ${release}`;
    findings.push(...result.failures.map(({ path, rule, error }) => findingOf(where, path, rule, error)));
    for (const rule of result.transitions) transitions.set(`${rule.path}\n${rule.rule}`, rule);
  }
  if (findings.length > 0) throw new MeshError(findings);
  return {
    compiled: [...byRelease.values()].reduce((total, count) => total + count, 0),
    byRelease,
    transitionRules: transitions.size,
    transitions: [...transitions.values()],
  };
}

function checkSchema(schema: JsonObject): CheckedSchema {
  const transitions: TransitionRule[] = [];
  const failures: CheckedSchema['failures'][number][] = [];
  let compiled = 0;
  visitSchema(schema, (node, path) => {
    const isResource = path === '' || node['x-kubernetes-embedded-resource'] === true;
    for (const rule of rulesOf(node)) {
      const result = compileRule(rule, node, isResource);
      if (isCompileFailure(result)) failures.push({ path, rule: rule.rule, error: result.error });
      else {
        compiled += 1;
        if (result.usesOldSelf) transitions.push({ path, rule: rule.rule });
      }
    }
  });
  return { compiled, transitions, failures };
}

function rulesOf(node: JsonObject): Rule[] {
  const validations = node['x-kubernetes-validations'];
  if (!Array.isArray(validations)) return [];
  return (validations as readonly Json[]).flatMap((validation) =>
    isJsonObject(validation) && typeof validation['rule'] === 'string' ? [validation as unknown as Rule] : [],
  );
}

function findingOf(where: string, path: string, rule: string, problem: string): Finding {
  return {
    code: 'import-cel-rule',
    property: `${where}: ${path}`,
    got: `the rule ${JSON.stringify(rule)}: ${problem}`,
    expected: 'a CEL expression that compiles',
    fix: 'a Kubernetes server refuses this CRD as well: mend the rule in the file',
  };
}
