import { writeFileSync } from 'node:fs';
import type { IConstruct } from 'constructs';
import { rootState } from '../../core/root-state';
import type { Denial } from '../access/grants';
import type { NamedGrant } from '../access/policy-rules';
import type { Answer, AskedQuestion } from '../decisions/asked-question';
import { wholeTable } from './access-table';
import type { AccessRow } from './access-table';
import { SITES_ASKED } from './call-site';

/** Has a question decided on: JSON of an AskedQuestion. */
export const QUESTION_ASKED = 'MESH_CONSTRUCTS_ACCESS_QUESTION';

/** What `mesh-constructs access` reads. */
export interface AccessFile {
  readonly rows: readonly AccessRow[];
  /** Of the question, where there was one. */
  readonly answer?: Answer;
}

/**
 * Has the table written to where `mesh-constructs access` asks for it, at every synthesis of the program that it runs: when all is
 * planned, so that what is written by hand stands in it as well.
 */
export function writeAccessTable(grants: readonly NamedGrant[], denials: readonly Denial[]): void {
  const file = process.env[SITES_ASKED];
  const scope = (grants[0] ?? denials[0])?.target.scope;
  if (file === undefined || file === '' || scope === undefined) return;
  rootState(scope, 'accessTableFile', (root) => {
    root.node.addValidation({ validate: () => write(file, root) });
    return {};
  });
}

function write(file: string, root: IConstruct): string[] {
  const question = process.env[QUESTION_ASKED];
  const found: AccessFile = { rows: wholeTable(root), ...(question === undefined ? {} : { answer: answer(root, question) }) };
  writeFileSync(file, JSON.stringify(found), { mode: 0o600 });
  return [];
}

function answer(root: IConstruct, question: string): Answer {
  const { answerTo } = require('../decisions/asked-question') as typeof import('../decisions/asked-question');
  return answerTo(root, JSON.parse(question) as AskedQuestion);
}
