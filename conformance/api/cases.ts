import type { JudgeRow } from '../runner/judge';
import type { Finding } from './apply';
import { labelOf } from './document';

/** Counts the cases of one row while they are judged. */
export class Cases {
  private readonly started = Date.now();
  private readonly details: string[] = [];
  private agree = 0;
  private skipped = 0;
  private note: string | undefined;

  public constructor(private readonly name: string) {}

  /** A case that came out as expected, unless something was said against it. */
  public judge(what: string, said?: string): void {
    if (said === undefined) this.agree += 1;
    else this.details.push(`${what}: ${said}`);
  }

  /** What came of several objects; `when` goes before the name of each. */
  public count(when: string, findings: readonly Finding[]): void {
    for (const { object, said } of findings) this.judge(`${when}${labelOf(object)}`, said);
  }

  public skip(why: string): this {
    this.skipped += 1;
    this.note = why;
    return this;
  }

  public row(note = this.note): JudgeRow {
    const { name, agree, skipped, details } = this;
    const seconds = (Date.now() - this.started) / 1000;
    return { name, agree, disagree: details.length, skipped, details, seconds, ...(note === undefined ? {} : { note }) };
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
