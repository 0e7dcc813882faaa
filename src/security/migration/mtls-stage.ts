import type { MtlsException } from './mtls-exceptions';
import type { MtlsRisk } from './mtls-risk';
import type { MtlsQuery } from './plain-text-queries';

/** A stage of a `MtlsMigration`. */
export interface MtlsStage {
  /** Counted from 0, the start. */
  readonly number: number;
  /** `start`, its namespaces, `mesh` or `done`. */
  readonly name: string;
  readonly of: 'start' | 'namespaces' | 'mesh' | 'done';
  /** Namespaces that become strict with it; with the mesh, those that the program knows and that had no stage of their own. */
  readonly namespaces: readonly string[];
  /** What to look at before it is taken: who still sends plain text to what becomes strict. */
  readonly queries: readonly MtlsQuery[];
  /** Why it would be refused now, but for what is accepted. */
  readonly risks: readonly MtlsRisk[];
  /** What goes on taking plain text there, by policies of the program. */
  readonly exceptions: readonly MtlsException[];
}
