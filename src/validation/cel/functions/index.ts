import { ARITHMETIC } from './arithmetic';
import { CONVERSIONS } from './conversions';
import { FORMATS } from './formats';
import { LISTS } from './lists';
import { NETWORK } from './network';
import { OPTIONALS } from './optionals';
import type { Overload } from './overload';
import { QUANTITIES } from './quantities';
import { SEMVERS } from './semvers';
import { STRINGS } from './strings';
import { TIMES } from './times';
import { URLS } from './urls';

/**
 * Every function of CEL as API servers of Kubernetes 1.36 offer it to the rules of a CRD, by name.
 *
 * Source: https://kubernetes.io/docs/reference/using-api/cel/. The authorizer's functions are left out: rules of a CRD
 * cannot reach it. A function that is not here fails the rule's compilation.
 */
export const FUNCTIONS: ReadonlyMap<string, readonly Overload[]> = byName();

function byName(): Map<string, Overload[]> {
  const tables = [ARITHMETIC, CONVERSIONS, FORMATS, LISTS, NETWORK, OPTIONALS, QUANTITIES, SEMVERS, STRINGS, TIMES, URLS];
  const functions = new Map<string, Overload[]>();
  for (const { name, overload } of tables.flat()) {
    const known = functions.get(name);
    if (known === undefined) functions.set(name, [overload]);
    else known.push(overload);
  }
  return functions;
}
