import type { MeshError } from '../errors/mesh-error';
import { isDnsLabel } from './kubernetes-names';
import { MANIFEST_VALUE } from './manifest-value';
import { describeValue, refusal } from './refusal';
import type { ValuePlace } from './refusal';
import { requireKnown } from './unknown';
import type { Known } from './unknown';

const BRAND = Symbol.for('mesh-constructs.Host');
const DEFAULT_DOMAIN = 'cluster.local';
/** Istio takes 255; a name of the DNS has 253 at most, and the Gateway API takes no more. */
const LONGEST_HOST = 253;
const LONGEST_LABEL = 63;
/** Only the first label can be one: `*`, or (Istio only, not the Gateway API) the end of a label: `*-shop`. */
const WILDCARD_LABEL = /^\*$|^\*?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$|^\*-[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/** Where a short name is looked up, as istiod does it. */
export interface HostContext extends ValuePlace {
  /**
   * Namespace that a name without dots is taken to be a service of.
   * @default - such a name stays as it is
   */
  readonly namespace?: string;
  /** @default 'cluster.local' */
  readonly clusterDomain?: string;
}

/** A service as its host names it. */
export interface ServiceName {
  readonly name: string;
  readonly namespace: string;
}

/**
 * A host as Istio's objects name it: a fully qualified name, or one with a wildcard in front (`*.example.com`, `*`).
 * It is kept in small letters: the DNS does not tell them from capitals.
 */
export class Host {
  /** Every host: `*`. */
  public static readonly any = new Host('*');

  /**
   * The fully qualified name of a Kubernetes service: `reviews.shop.svc.cluster.local`.
   *
   * @throws MeshError when a name cannot be a Kubernetes name.
   */
  public static service(name: Known<string>, namespace: Known<string>, context: Omit<HostContext, 'namespace'> = {}): Host {
    requireLabel(name, 'service', context);
    requireLabel(namespace, 'namespace', context);
    return Host.parse(`${name}.${namespace}.svc.${context.clusterDomain ?? DEFAULT_DOMAIN}`, context);
  }

  /**
   * Reads a host. A name without dots becomes a service of `context.namespace`, where that is given. Note that istiod
   * takes `reviews.shop` for a full name: it never adds the rest.
   *
   * @throws MeshError when it is no host.
   */
  public static parse(text: Known<string>, context: HostContext = {}): Host {
    requireKnown<unknown>(text, { ...context, property: context.property ?? 'host' });
    if (typeof text !== 'string') throw badHost(text, context, 'give its name, e.g. "shop.example.com"');
    const lower = text.toLowerCase();
    const { namespace } = context;
    if (namespace !== undefined && isDnsLabel(lower)) {
      return Host.service(lower, namespace, context);
    }
    const problem = problemOf(lower);
    if (problem !== undefined) throw badHost(text, context, problem);
    return new Host(lower);
  }

  /** What a prop of type `Host | string` was given, as a Host. */
  public static of(value: Host | Known<string>, context: HostContext = {}): Host {
    return Host.isHost(value) ? value : Host.parse(value, context);
  }

  /** True for a Host of any copy of this library. */
  public static isHost(value: unknown): value is Host {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /** The order in which Istio tries hosts: full names before wildcards, long before short, then by letters. */
  public static compare(this: void, a: Host, b: Host): number {
    if (a.isWildcard !== b.isWildcard) return a.isWildcard ? 1 : -1;
    if (a.value.length !== b.value.length) return b.value.length - a.value.length;
    return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
  }

  private constructor(
    /** As it stands in a manifest. */
    public readonly value: string,
  ) {
    Object.defineProperty(this, BRAND, { value: true });
    Object.freeze(this);
  }

  public get isWildcard(): boolean {
    return this.value.startsWith('*');
  }

  /** True for a name without dots, which istiod takes for a service of the namespace of the object that it stands in. */
  public get isShort(): boolean {
    return !this.isWildcard && !this.value.includes('.');
  }

  /** The Kubernetes service that the host names in full, or undefined. */
  public toService(clusterDomain = DEFAULT_DOMAIN): ServiceName | undefined {
    const suffix = `.svc.${clusterDomain.toLowerCase()}`;
    if (this.isWildcard || !this.value.endsWith(suffix)) return undefined;
    const [name, namespace, ...more] = this.value.slice(0, -suffix.length).split('.');
    return name === undefined || namespace === undefined || more.length > 0 ? undefined : { name, namespace };
  }

  /** True when every name that `other` stands for is one that this host stands for; `*.com` matches `*.shop.com`. */
  public matches(other: Host | string): boolean {
    const { value } = Host.of(other);
    if (!this.isWildcard) return this.value === value;
    const suffix = this.value.slice(1);
    if (!value.startsWith('*')) return value.endsWith(suffix);
    return value.slice(1).endsWith(suffix);
  }

  /** True when some name is one that both stand for. */
  public overlaps(other: Host | string): boolean {
    const host = Host.of(other);
    return this.matches(host) || host.matches(this);
  }

  /** True when Istio tries this host before `other`, where a request fits both. */
  public isMoreSpecificThan(other: Host | string): boolean {
    const host = Host.of(other);
    return this.isWildcard === host.isWildcard ? this.value.length > host.value.length : !this.isWildcard;
  }

  public equals(other: Host): boolean {
    return this.value === other.value;
  }

  public toString(): string {
    return this.value;
  }

  /** @internal */
  public [MANIFEST_VALUE](): string {
    return this.value;
  }
}

/** How to mend what is no host, or undefined for a host. */
function problemOf(text: string): string | undefined {
  if (text === '') return 'a host cannot be empty; every host is "*"';
  if (text.includes('://')) return 'leave out the scheme';
  if (text.includes('/')) return 'leave out the path, or the namespace before it';
  if (/:[0-9]+$/.test(text)) return 'leave out the port; it has a field of its own';
  if (text.endsWith('.')) return 'leave out the last dot: no request has it';
  if (text.length > LONGEST_HOST) return `it has ${text.length} characters, and 253 are the most`;
  const labels = text.split('.');
  if (labels.length > 1 && /^[0-9]+$/.test(labels.at(-1) ?? '')) {
    return 'an address is no host: it goes to "addresses" or "endpoints" of a ServiceEntry';
  }
  const bad = labels.findIndex((label, index) => !(index === 0 ? isWildcardLabel(label) : isDnsLabel(label)));
  if (bad === -1) return undefined;
  const label = labels[bad] ?? '';
  if (label.includes('*')) return 'a wildcard can only stand at the very beginning: "*.example.com"';
  if (label.length > LONGEST_LABEL) return `${describeValue(label)} has ${label.length} characters, and 63 are the most between dots`;
  return `${describeValue(label)} is none of a-z, 0-9 and dashes within`;
}

function isWildcardLabel(label: string): boolean {
  return label.length <= LONGEST_LABEL && WILDCARD_LABEL.test(label);
}

function requireLabel(value: string, what: 'service' | 'namespace', place: ValuePlace): void {
  requireKnown<unknown>(value, { ...place, property: place.property ?? what });
  if (isDnsLabel(value)) return;
  throw refusal(place, what, {
    code: 'bad-host',
    got: describeValue(value),
    expected: `the name of a ${what}: 1 to 63 of a-z, 0-9 and dashes within`,
    fix: typeof value === 'string' && value.includes('.') ? 'give a full host to Host.parse()' : `give the ${what}'s metadata.name`,
  });
}

function badHost(value: unknown, place: ValuePlace, fix: string): MeshError {
  const expected = 'a DNS name, perhaps with a wildcard in front: "shop.example.com", "*.example.com", "*"';
  return refusal(place, 'host', { code: 'bad-host', got: describeValue(value), expected, fix });
}
