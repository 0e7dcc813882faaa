import type { JudgeRow } from '../runner/judge';

/** Where the rows of one part go. */
export interface Place {
  readonly row: (row: JudgeRow) => void;
  /** Says that no more will come. */
  readonly end: () => void;
}

interface Part {
  readonly rows: JudgeRow[];
  ended: boolean;
}

/**
 * Passes on the rows of parts that are judged at the same time in the order of the parts, so that the table is the same in every
 * run. What has to wait is passed on at once when the run is interrupted.
 */
export class RowsInOrder {
  private readonly parts: Part[] = [];
  private interrupted = false;

  public constructor(
    private readonly keep: (row: JudgeRow) => void,
    signal?: AbortSignal,
  ) {
    signal?.addEventListener('abort', () => {
      this.interrupted = true;
      this.flush();
    });
  }

  /** The next place in the table. */
  public place(): Place {
    const part: Part = { rows: [], ended: false };
    this.parts.push(part);
    return {
      row: (row) => {
        part.rows.push(row);
        this.flush();
      },
      end: () => {
        part.ended = true;
        this.flush();
      },
    };
  }

  private flush(): void {
    for (const part of this.parts) {
      for (const row of part.rows.splice(0)) this.keep(row);
      if (!part.ended && !this.interrupted) return;
    }
  }
}
