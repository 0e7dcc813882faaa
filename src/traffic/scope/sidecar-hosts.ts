/** How Istio reads hosts of a Sidecar and `exportTo`: pure functions, for all that asks who sees whom. */

/** Something that is called, and the namespace that Istio keeps it in; `*` where that is not known. */
export interface SeenHost {
  readonly namespace: string;
  readonly host: string;
}

/**
 * Whether entries such as `shop/*.example.com`, `./*` or `*\/*` let a proxy of a namespace see a host.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/sidecar/#IstioEgressListener-hosts
 */
export function admits(entries: readonly string[], ownNamespace: string, { namespace, host }: SeenHost): boolean {
  return entries.some((entry) => {
    const [from = '', pattern = ''] = partsOf(entry);
    const isFrom = from === '*' || namespace === '*' || namespace === (from === '.' ? ownNamespace : from);
    return isFrom && from !== '~' && covers(pattern, host);
  });
}

/** Each once, sorted, and without those that another one covers. */
export function fewestEntries(entries: Iterable<string>, ownNamespace: string): string[] {
  // of a host of the own namespace there are two ways to say it
  const named = [...entries].map((entry) => (entry.startsWith('./') && !isWild(entry) && ownNamespace !== '' ? `${ownNamespace}${entry.slice(1)}` : entry));
  const all = [...new Set(named)].sort();
  const wild = all.filter(isWild);
  return all.filter((entry) => {
    const [namespace = '', host = ''] = partsOf(entry);
    const seen = { namespace: namespace === '.' ? ownNamespace : namespace, host };
    return namespace === '*' || !wild.some((other) => other !== entry && admits([other], ownNamespace, seen));
  });
}

/** Entries that are for one host, and the others. */
export function splitEntries(entries: readonly string[]): { readonly exact: readonly string[]; readonly wild: readonly string[] } {
  // what is of any namespace stands for several as well
  const isBroad = (entry: string): boolean => isWild(entry) || entry.startsWith('*/') || entry.startsWith('./');
  return { exact: entries.filter((entry) => !isBroad(entry)), wild: entries.filter(isBroad) };
}

/**
 * Whether an object of a namespace is exported to another; without `exportTo` it is to all.
 *
 * @see https://istio.io/latest/docs/ops/configuration/mesh/configuration-scoping/
 */
export function isExported(exportTo: readonly string[], ownerNamespace: string, namespace: string): boolean {
  return exportTo.length === 0 || exportTo.some((to) => to === '*' || to === namespace || (to === '.' && ownerNamespace === namespace));
}

function covers(pattern: string, host: string): boolean {
  return pattern === host || (pattern.startsWith('*') && host.endsWith(pattern.slice(1)));
}

function isWild(entry: string): boolean {
  return partsOf(entry)[1]?.startsWith('*') === true;
}

function partsOf(entry: string): readonly string[] {
  const at = entry.indexOf('/');
  return at < 0 ? [entry] : [entry.slice(0, at), entry.slice(at + 1)];
}
