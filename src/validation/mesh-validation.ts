import { formatObjectName } from '../errors/finding';
import type { Finding } from '../errors/finding';
import { MeshError, meshError } from '../errors/mesh-error';
import { describe } from './describe';
import { targetFindings } from './target';
import type { Validator } from './validator';
import type { ValidationTarget } from './versions';

/** What cdk8s's command line hands to a validation, as far as it is used. */
export interface SynthesizedManifests {
  /** Paths of the files that were written. */
  readonly manifests: readonly string[];
  readonly report: {
    addViolation(violation: Violation): void;
    submit(status: 'success' | 'failure', metadata?: { readonly [key: string]: string }): void;
  };
  parseManifest(path: string): unknown[];
}

/** One line of cdk8s's report. */
export interface Violation {
  readonly ruleName: string;
  readonly recommendation: string;
  readonly fix: string;
  readonly violatingResources: readonly {
    readonly resourceName: string;
    readonly locations: readonly string[];
    readonly manifestPath: string;
  }[];
}

/**
 * A `validations:` entry of `cdk8s.yaml`: checks every manifest that `cdk8s synth` wrote, whichever constructs made it.
 *
 * ```yaml
 * validations:
 *   - package: mesh-constructs
 *     version: 0.1.0
 *     class: MeshValidation
 *     properties:
 *       istio: 1.31.1
 * ```
 *
 * @see https://cdk8s.io/docs/latest/cli/synth/
 */
export class MeshValidation {
  private readonly validator: Validator;

  /**
   * @throws MeshError that lists each property there is none of, each version that is none or of a minor release of Istio that is
   * not known, and a channel that is none.
   */
  public constructor(target: ValidationTarget = {}) {
    requireTarget(target);
    // loaded here, for the main entry names this class and must stay quick
    const { Validator: ValidatorClass } = require('./validator') as typeof import('./validator');
    this.validator = new ValidatorClass({ target });
  }

  /** Reports every finding under its code; the status is `failure` when one of them is an error. */
  public validate(context: SynthesizedManifests): Promise<void> {
    let objects = 0;
    let failed = false;
    for (const path of context.manifests) {
      for (const manifest of context.parseManifest(path)) {
        // between two separators there may be nothing
        if (manifest === null || manifest === undefined) continue;
        objects += 1;
        for (const finding of this.validator.validate(manifest).findings) {
          context.report.addViolation(violationOf(finding, path));
          failed ||= finding.severity !== 'warning';
        }
      }
    }
    context.report.submit(failed ? 'failure' : 'success', { Objects: String(objects) });
    return Promise.resolve();
  }
}

function requireTarget(target: unknown): void {
  if (typeof target !== 'object' || target === null || Array.isArray(target)) {
    const expected = 'named values, such as istio: "1.31.1"';
    throw meshError({ code: 'bad-props', property: 'properties', got: describe(target), expected, fix: 'leave it out for the newest versions' });
  }
  const findings = targetFindings(target);
  if (findings.length > 0) throw new MeshError(findings);
}

function violationOf(finding: Finding, manifestPath: string): Violation {
  const object = finding.object ?? {};
  return {
    ruleName: finding.code,
    recommendation: `expected ${finding.expected}, got ${finding.got}`,
    fix: finding.fix ?? 'N/A',
    violatingResources: [
      // cdk8s finds the construct by the object's bare name
      { resourceName: object.name ?? formatObjectName(object), locations: [finding.property], manifestPath },
    ],
  };
}
