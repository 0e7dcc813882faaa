import type { ProgramManifests } from '../../traffic/scope/program-manifests';
import { labelsIn, listIn, objectIn, textIn, textsIn } from '../../traffic/scope/reading';

/** Who is let in by name to all that runs in a namespace. */
export interface WideGrant {
  readonly namespace: string;
  readonly principals: readonly string[];
  readonly namespaces: readonly string[];
}

/** Grants to whole namespaces, read off policies for all of their pods; those to some pods say more of who is called. */
export function wideGrants(manifests: ProgramManifests): readonly WideGrant[] {
  return manifests.of('security.istio.io/AuthorizationPolicy').flatMap(({ namespace, spec }) => {
    const isWide = Object.keys(labelsIn(objectIn(spec, 'selector'), 'matchLabels')).length === 0 && listIn(spec, 'targetRefs').length === 0;
    if (!isWide || (textIn(spec, 'action') ?? 'ALLOW') !== 'ALLOW') return [];
    const sources = listIn(spec, 'rules').flatMap((rule) => listIn(rule, 'from')).map((from) => objectIn(from, 'source'));
    const named = (key: string): string[] => sources.flatMap((source) => textsIn(source, key)).filter((name) => !name.includes('*'));
    const accounts = named('serviceAccounts').map((account) => `/ns/${account.includes('/') ? account.replace('/', '/sa/') : `${namespace}/sa/${account}`}`);
    return [{ namespace, principals: [...named('principals'), ...accounts], namespaces: named('namespaces') }];
  });
}
