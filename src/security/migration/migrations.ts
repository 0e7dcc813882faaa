import type { IConstruct } from 'constructs';
import type { MeshReference } from '../../control-plane/mesh-reference';
import { Cluster } from '../../core/cluster';
import { compareConstructs } from '../../core/construct-path';
import { addPlanner } from '../../core/planner';
import { rootState } from '../../core/root-state';
import type { Finding } from '../../errors/finding';
import { MeshError, meshError } from '../../errors/mesh-error';

/** A migration, as its planner knows it. */
interface PlannedMigration extends IConstruct {
  /** Whether the last planning came to an end. */
  readonly isPlanned: boolean;
  plan(): void;
  findings(): readonly Finding[];
}

/** Has a migration planned at synthesis. @throws MeshError when the mesh has one already: both would say what is strict. */
export function addMigration(migration: PlannedMigration, mesh: MeshReference): void {
  const migrations = rootState(migration, 'mtlsMigrations', () => new Map<string, PlannedMigration>());
  const key = `${Cluster.pathOf(migration)}\n${mesh.namespace}`;
  const other = migrations.get(key);
  if (other !== undefined) {
    throw meshError({ code: 'second-owner', construct: migration.node.path, property: 'mesh', got: `a mesh that ${other.node.path} migrates`, expected: 'one migration a mesh', fix: 'take one of them out' });
  }
  migrations.set(key, migration);
  const all = (): readonly PlannedMigration[] => [...migrations.values()].sort(compareConstructs);
  addPlanner(migration, {
    // after shared objects, of which the mesh's policy is one: who judges by modes at the next round sees those of the stage
    key: 'strict-mtls-migration',
    plan: () => refuse(all().flatMap((one) => refused(() => one.plan()))),
    // what cannot be planned is refused already
    check: () => refuse(all().flatMap((one) => (one.isPlanned ? one.findings() : []))),
  });
}

function refuse(findings: readonly Finding[]): void {
  if (findings.length > 0) throw new MeshError(findings);
}

/** What one refuses does not keep the others from being looked at. */
function refused(work: () => unknown): readonly Finding[] {
  try {
    work();
    return [];
  } catch (error) {
    if (MeshError.isMeshError(error)) return error.findings;
    throw error;
  }
}
