import { writeFileSync } from 'node:fs';
import { tableOf } from './access-table';
import { SITES_ASKED } from './call-site';
import type { Denial } from '../access/grants';
import type { NamedGrant } from '../access/policy-rules';

/** Writes the table to where `mesh-constructs access` asks for it, at every synthesis of the program that it runs. */
export function writeAccessTable(grants: readonly NamedGrant[], denials: readonly Denial[]): void {
  const file = process.env[SITES_ASKED];
  if (file === undefined || file === '') return;
  writeFileSync(file, JSON.stringify({ rows: tableOf(grants, denials) }), { mode: 0o600 });
}
