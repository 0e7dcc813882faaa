import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Ends the program with a clear word where this Node is older than the project needs. */
export function requireNode(root) {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const needed = /\d+\.\d+\.\d+/.exec(engines.node)[0];
  const have = process.versions.node;
  if (compareVersions(have, needed) >= 0) return;
  console.error(`This project needs Node ${needed} or later; this is Node ${have} (${process.execPath}).`);
  process.exit(1);
}

export function compareVersions(a, b) {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  return left.map((part, index) => part - right[index]).find((difference) => difference !== 0) ?? 0;
}
