import type { Finding } from '../../errors/finding';
import type { MeshView } from './mesh-view';
import { objectIn, textIn } from './reading';
import { fullHost } from './mesh-routes';

/**
 * How many requests the last service of a chain may get for one at its beginning. Three tries at two places are 9; with more,
 * a service that is slow already is kept down by those who wait for it.
 */
export const MOST_TRIES = 10;

interface Chain {
  /** Services whose callers try more than once, in the order of the calls. */
  readonly hosts: readonly string[];
  readonly tries: number;
}

const NOTHING: Chain = { hosts: [], tries: 1 };

/**
 * Tries multiply along a chain of calls: each service that is tried again asks the next one again. Explicit ones only: Istio's
 * own two retries are for what was never worked on. A retry budget keeps tries to a share of the requests, so it does
 * not multiply.
 */
export function retryFindings(view: MeshView): Finding[] {
  const tries = triesByHost(view);
  if (tries.size < 2) return [];
  const calls = new Map([...view.dependencies.called].map(([caller, called]) => [caller, [...new Set(called.map(({ host }) => host))].sort()]));
  const chains = worstChains(calls, tries);
  const found = new Map<string, Finding>();
  for (const caller of [...calls.keys()].sort()) {
    const chain = chains.get(caller) ?? NOTHING;
    const key = chain.hosts.join(' ');
    if (chain.hosts.length > 1 && chain.tries > MOST_TRIES && !found.has(key)) found.set(key, finding(view, caller, chain, tries));
  }
  // a chain that is the end of another one is told by that one
  const all = [...found.keys()];
  return all.filter((key) => !all.some((other) => other !== key && other.endsWith(` ${key}`))).flatMap((key) => found.get(key) ?? []);
}

/** For each caller the chain below it with the most tries. Calls that lead back to who is being looked at are left out. */
function worstChains(calls: ReadonlyMap<string, readonly string[]>, tries: ReadonlyMap<string, number>): Map<string, Chain> {
  const chains = new Map<string, Chain>();
  const open = new Set<string>();
  for (const start of [...calls.keys()].sort()) {
    // no recursion: a chain may be longer than the call stack
    const path = chains.has(start) ? [] : [{ caller: start, next: 0 }];
    for (let last = path[path.length - 1]; last !== undefined; last = path[path.length - 1]) {
      const called = calls.get(last.caller) ?? [];
      const host = called[last.next];
      open.add(last.caller);
      last.next += 1;
      if (host === undefined) {
        path.pop();
        open.delete(last.caller);
        chains.set(last.caller, worstOf(called.filter((each) => !open.has(each)), chains, tries));
      } else if (!chains.has(host) && !open.has(host)) path.push({ caller: host, next: 0 });
    }
  }
  return chains;
}

function worstOf(called: readonly string[], chains: ReadonlyMap<string, Chain>, tries: ReadonlyMap<string, number>): Chain {
  let worst = NOTHING;
  for (const host of called) {
    const [own, rest] = [tries.get(host) ?? 1, chains.get(host) ?? NOTHING];
    const product = own * rest.tries;
    if (product > worst.tries) worst = { hosts: own > 1 ? [host, ...rest.hosts] : rest.hosts, tries: product };
  }
  return worst;
}

/** How often callers try, at most: the first time, and the retries of the rule that has the most. */
function triesByHost(view: MeshView): Map<string, number> {
  const budgets = new Set(
    view.manifests
      .of('networking.istio.io/DestinationRule')
      .filter(({ spec }) => 'retryBudget' in objectIn(spec, 'trafficPolicy'))
      .map(({ namespace, spec }) => fullHost(textIn(spec, 'host') ?? '', namespace, view.clusterDomain)),
  );
  const entries = [...view.routes].map(([host, routes]): [string, number] => [host, 1 + Math.max(...routes.map(({ attempts }) => attempts))]);
  return new Map(entries.filter(([host, tries]) => tries > 1 && !budgets.has(host)));
}

function finding(view: MeshView, caller: string, { hosts, tries: product }: Chain, tries: ReadonlyMap<string, number>): Finding {
  const nameOf = (host: string): string => view.services.get(host)?.service.name ?? host;
  const last = hosts[hosts.length - 1] ?? '';
  return {
    code: 'retry-product',
    severity: 'warning',
    construct: view.calls.get(caller)?.caller.node.path ?? view.services.get(caller)?.service.node.path ?? '',
    property: 'calls',
    got: `${hosts.map((host) => `${tries.get(host) ?? 1} tries of ${nameOf(host)}`).join(' × ')}: up to ${product} requests to ${nameOf(last)} for one of ${nameOf(caller)}`,
    expected: `${MOST_TRIES} at most along a chain of calls`,
    fix: 'try again at one place of the chain only, or give its last service a retryBudget in trafficPolicy',
  };
}
