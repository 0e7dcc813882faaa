import { compareFindings, formatFinding } from './finding';
import type { Finding } from './finding';

const BRAND = Symbol.for('mesh-constructs.MeshError');
/** What Node calls to print an uncaught error. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/**
 * The one error class of this library: a sorted list of findings.
 *
 * Printing it shows its lines and no stack: each line says where, what was got, what was expected and the fix.
 */
export class MeshError extends Error {
  /** True for a MeshError of any copy of this library. */
  public static isMeshError(value: unknown): value is MeshError {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  declare public readonly findings: readonly Finding[];

  public constructor(findings: readonly Finding[]) {
    const sorted = [...findings].sort(compareFindings);
    super(summary(sorted));
    this.name = 'MeshError';
    // not enumerable: the lines of the message say all of it
    Object.defineProperty(this, 'findings', { value: sorted });
    Object.defineProperty(this, BRAND, { value: true });
    // the lines are the message; a stack of library frames would bury them
    this.stack = `${this.name}: ${this.message}`;
  }

  /** @internal */
  public [INSPECT](): string {
    return `${this.name}: ${this.message}`;
  }
}

/** A MeshError of one finding, for places where nothing can be collected. */
export function meshError(finding: Finding): MeshError {
  return new MeshError([finding]);
}

function summary(findings: readonly Finding[]): string {
  const lines = findings.map((finding) => `  ${formatFinding(finding)}`);
  const count = findings.length === 1 ? '1 problem' : `${findings.length} problems`;
  return [`${count} found`, ...lines].join('\n');
}
