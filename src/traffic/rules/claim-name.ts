import { describeValue } from '../../core/refusal';
import { refuse } from './refuse';
import type { Place } from './refuse';

/**
 * The name of a claim as Istio writes it after `request.auth.claims`: `[realm][roles]` for `realm.roles`, the claim within another.
 * Names that hold dots themselves are given in brackets.
 *
 * @throws MeshError when it is the name of no claim.
 */
export function claimName(place: Place, name: string): string {
  if (/^(?:\[[^[\]]+\])+$/.test(name)) return name;
  const parts = name.split('.');
  if (parts.some((part) => part === '' || /[[\]]/.test(part))) {
    throw refuse(place, 'bad-claim', describeValue(name), 'the name of a claim, such as "groups" or "realm.roles"', 'write a dot between a claim and one within it, or each in brackets: "[realm][roles]"');
  }
  // its dots would be read as claims within claims, which no token has
  if (name.includes('/')) throw refuse(place, 'bad-claim', describeValue(name), 'the name of a claim, whose dots stand between a claim and one within it', `write a name that holds dots in brackets: "[${name}]"`);
  return parts.map((part) => `[${part}]`).join('');
}
