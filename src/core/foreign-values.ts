import type { IConstruct } from 'constructs';
import { rootState } from './root-state';
import type { Unknown } from './unknown-brand';

/** Tells a value of an engine, such as a Pulumi Output, from other objects: undefined for those. */
export type ReadForeignValue = (value: object) => Unknown<unknown> | undefined;

/** Has the objects of an app take an engine's own values where a value may be known only at deployment. */
export function takeForeignValues(app: IConstruct, read: ReadForeignValue): void {
  readers(app).push(read);
}

/** The value as one that is known only at deployment, where an engine knows it. */
export function foreignValue(owner: IConstruct, value: object): Unknown<unknown> | undefined {
  for (const read of readers(owner)) {
    const found = read(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

function readers(scope: IConstruct): ReadForeignValue[] {
  return rootState(scope, 'foreignValues', () => []);
}
