import type { IConstruct } from 'constructs';
import { isDnsLabel } from '../core/kubernetes-names';
import { namespaceName } from '../core/references';
import type { NamespaceReference } from '../core/references';
import { describeValue } from '../core/refusal';
import { placeOf, refuse, someList, within } from '../traffic/rules/refuse';
import type { ExternalVisibility } from './external-service-props';

/** Namespaces that an external service is declared to: all, or some. */
export class Visibility {
  /**
   * @param own the namespace of the service
   * @throws MeshError when there are none, or all and some.
   */
  public static of(owner: IConstruct, own: string, given: readonly ExternalVisibility[] | undefined): Visibility {
    if (given === undefined) return new Visibility(own, undefined);
    const place = within(placeOf(owner), 'exportTo');
    const names = someList(place, given).map((each, index) => checkedName(owner, own, each, `exportTo[${index}]`));
    if (!names.includes('*')) return new Visibility(own, new Set(names));
    if (names.length > 1) throw refuse(place, 'bad-visibility', '"*" and others', '"*" alone, which is all namespaces', 'leave out the others, or "*"');
    return new Visibility(own, undefined);
  }

  private constructor(
    private readonly own: string,
    private readonly namespaces: Set<string> | undefined,
  ) {}

  /** As Istio says it; undefined for all namespaces, which is what it does by itself. */
  public get exportTo(): string[] | undefined {
    if (this.namespaces === undefined) return undefined;
    return [...this.namespaces].map((name) => (name === this.own ? '.' : name)).sort();
  }

  public includes(namespace: string): boolean {
    return this.namespaces === undefined || this.namespaces.has(namespace);
  }

  /** Adds a namespace that cannot do its part without. */
  public add(namespace: string): void {
    this.namespaces?.add(namespace);
  }

  /** True where some namespace sees both. */
  public overlaps(other: Visibility): boolean {
    if (this.namespaces === undefined || other.namespaces === undefined) return true;
    return [...this.namespaces].some((name) => other.includes(name));
  }
}

function checkedName(owner: IConstruct, own: string, given: ExternalVisibility, property: string): string {
  if (given === '*') return given;
  if (given === '.') return own;
  if (typeof given !== 'string' || isDnsLabel(given)) return namespaceName(owner, given as NamespaceReference, property);
  const place = { construct: owner.node.path, property };
  throw refuse(place, 'bad-reference', describeValue(given), 'a namespace, "." for its own, or "*" for all', 'write its metadata.name; Istio knows no patterns here');
}
