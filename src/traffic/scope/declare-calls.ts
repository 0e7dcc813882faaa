import { compareConstructs } from '../../core/construct-path';
import type { ObjectConstruct } from '../../core/references';
import { requireCallTarget } from './call-target';
import type { CallTarget } from './call-target';
import { declaredCalls } from './declared-calls';
import { judgeReachability } from './reachability';

/** See `MeshService.calls`. @throws MeshError when one of them is nothing that it can call. */
export function declareCalls(caller: CallTarget, given: readonly unknown[], serviceOf: (service: ObjectConstruct) => CallTarget): void {
  const targets = given.map((each) => requireCallTarget(caller, each, serviceOf));
  const all = declaredCalls(caller);
  const known = all.get(caller.host) ?? { caller, targets: new Map<string, CallTarget>() };
  for (const target of targets) known.targets.set(`${target.namespace}/${target.host}`, target);
  all.set(caller.host, compareConstructs(caller, known.caller) < 0 ? { ...known, caller } : known);
  judgeReachability(caller);
}
