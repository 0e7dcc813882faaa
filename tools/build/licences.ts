import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const LICENCE_FILE = /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i;

/**
 * The licences of all packages that any of the files comes from, one text for the tarball.
 * `files` are relative to the project.
 */
export function thirdPartyLicences(root: string, files: readonly string[]): string {
  const folders = [...new Set(files.map(packageFolder).filter((folder) => folder !== undefined))].sort();
  const head = 'Some files of this folder contain code of the packages below, each under its own licence.\n';
  return [head, ...folders.map((folder) => licenceOf(root, folder))].join(`\n${'-'.repeat(80)}\n\n`);
}

function licenceOf(root: string, folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Record<string, string>;
  const files = existsSync(join(root, folder)) ? readdirSync(join(root, folder)).filter((file) => LICENCE_FILE.test(file)).sort() : [];
  if (files.length === 0) throw new Error(`${name} is bundled and has no licence file to hand on`);
  const texts = files.map((file) => readFileSync(join(root, folder, file), 'utf8').trim());
  return `${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`;
}

/** `node_modules/a/node_modules/@b/c` of a file in that package; undefined for our own files. */
function packageFolder(file: string): string | undefined {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
}
