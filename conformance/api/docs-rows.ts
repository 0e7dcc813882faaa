import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { KubeObject } from '../kubernetes/client';
import type { ApiServer } from '../kubernetes/server';
import type { JudgeRow } from '../runner/judge';
import { applyInOrder, applyOnce } from './apply';
import { Cases, messageOf } from './cases';
import { gatewayApiCrds, istioCrds, newestGatewayApi } from './crd-rows';
import { docsPages } from './docs-pages';
import type { DocsPage } from './docs-pages';
import { groupOf, isCrd, isNamespace, labelOf, namespaceOf, parseObjects } from './document';
import { RELEASES } from './mesh-variants';
import { withServer } from './server';

/** Kinds of other projects that programs write, and where their published CRDs are, if they are. */
const OTHERS: Readonly<Record<string, string | undefined>> = {
  'cert-manager.io': path.resolve(__dirname, '../../../shared/crds/cert-manager-1.21.2.yaml'),
  'kustomize.toolkit.fluxcd.io': undefined,
};

/**
 * Every object that a program of the documentation writes is taken by one server that has the newest CRDs. It keeps none of
 * them, so that programs do not meet; the whole way of an installation is judged with the examples.
 */
export async function docsRows(log: (line: string) => void, keep: (row: JudgeRow) => void): Promise<void> {
  await withServer({ log }, async (server) => {
    const newest = RELEASES.at(-1) ?? '';
    await applyInOrder(server, [...istioCrds(newest), ...gatewayApiCrds(newestGatewayApi().release, 'experimental'), ...crdsOfOthers()]);
    const namespaces = new Set(['default', 'kube-system']);
    for (const page of docsPages('api')) keep(await pageRow(server, namespaces, page));
  });
}

async function pageRow(server: ApiServer, namespaces: Set<string>, { page, outputs }: DocsPage): Promise<JudgeRow> {
  const cases = new Cases(page);
  try {
    for (const { name, objects } of await outputs()) {
      const judged = objects.filter((object) => !isCrd(object));
      for (const object of judged) {
        if (isUnknownHere(object)) {
          cases.skip(`the CRD of ${labelOf(object)} is another project's, and not here`);
          continue;
        }
        await provideNamespace(server, namespaces, object);
        const { said } = await applyOnce(server, object, true);
        cases.judge(`${name}: ${labelOf(object)}`, said);
      }
    }
  } catch (error) {
    cases.judge('not judged', messageOf(error));
  }
  return cases.row();
}

function crdsOfOthers(): KubeObject[] {
  const files = Object.values(OTHERS).filter((file): file is string => file !== undefined && existsSync(file));
  return files.flatMap((file) => parseObjects(readFileSync(file, 'utf8')).filter(isCrd));
}

function isUnknownHere(object: KubeObject): boolean {
  const group = groupOf(object);
  return group in OTHERS && !existsSync(OTHERS[group] ?? '');
}

/** Programs also write into namespaces that another one makes. */
async function provideNamespace(server: ApiServer, known: Set<string>, object: KubeObject): Promise<void> {
  const name = namespaceOf(object);
  if (name === '' || isNamespace(object) || known.has(name)) return;
  known.add(name);
  await applyOnce(server, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
}
