import { isJsonObject } from '../rules/json';
import type { JsonObject } from '../rules/json';
import type { KindRules, SharedRules, Variant } from '../rules/kind-rules';
import { schemaOfVariant } from '../rules/schema';
import type { KindSchema } from '../rules/schema';
import type { Report } from './report';
import { compareVersions, releaseText, sourceTitle } from './versions';

/**
 * Says which releases have a field that the judging release does not know: `a field of Istio 1.30.3 ("x" came with
 * 1.31.1)`. It is asked only when something is wrong, so it decodes the other releases then.
 */
export class FieldHistory {
  private readonly schemas = new Map<number, KindSchema | undefined>();

  public constructor(
    private readonly rules: KindRules,
    private readonly shared: () => SharedRules | undefined,
  ) {}

  /** Undefined where no release has the field. */
  public explain(judge: Variant, field: string, report: Report): string | undefined {
    const path = [...report.pathSteps, field];
    const having = this.rules.variants.filter((variant, index) => variant.version === judge.version && this.hasField(index, path));
    const [first] = [...having].sort((a, b) => compareVersions(a.release, b.release));
    if (first === undefined) return undefined;
    return `a field of ${sourceTitle(this.rules.source)} ${releaseText(judge)}: ${JSON.stringify(field)} ${whenText(judge, having, first)}`;
  }

  private hasField(index: number, path: readonly (string | number)[]): boolean {
    if (!this.schemas.has(index)) this.schemas.set(index, schemaOfVariant(this.rules, index, this.shared()));
    const schema = this.schemas.get(index);
    if (schema === undefined) return false;
    let node: JsonObject | undefined = schema.root;
    for (const step of path) {
      node = childOf(schema.resolve(node), step);
      if (node === undefined) return false;
    }
    return true;
  }
}

function childOf(node: JsonObject, step: string | number): JsonObject | undefined {
  const properties = node['properties'];
  const named = typeof step === 'string' && isJsonObject(properties) ? properties[step] : undefined;
  const child = typeof step === 'number' ? node['items'] : (named ?? node['additionalProperties']);
  return child !== undefined && isJsonObject(child) ? child : undefined;
}

function whenText(judge: Variant, having: readonly Variant[], first: Variant): string {
  const sameRelease = having.find((variant) => variant.release === judge.release);
  if (sameRelease !== undefined) return `is only in the ${String(sameRelease.channel)} channel`;
  if (compareVersions(first.release, judge.release) > 0) return `is there since ${releaseText(first)}`;
  const last = [...having].sort((a, b) => compareVersions(a.release, b.release)).at(-1) ?? first;
  return `was last there in ${releaseText(last)}`;
}
