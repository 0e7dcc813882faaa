/** Files that keys of a Secret or ConfigMap become in a volume. */
import type { Report } from '../report';
import type { Data } from '../schema/check';
import { range, required, requiredForm } from './checks';
import { each } from './fields';
import { localPath } from './forms';

/** Mode bits of a file: reading, writing and running for owner, group and others. */
export const LARGEST_MODE = 0o777;

/** The files of a Secret or ConfigMap. */
export function files(value: Data, report: Report): void {
  range(value, 'defaultMode', 0, LARGEST_MODE, report);
  each(value, 'items', report, keyToPath);
}

/** One key of a Secret or ConfigMap, and the file that it becomes. */
export function keyToPath(value: Data, report: Report): void {
  required(value, 'key', report);
  requiredForm(value, 'path', localPath, report);
  range(value, 'mode', 0, LARGEST_MODE, report);
}
