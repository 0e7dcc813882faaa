import { fitsText } from './text-patterns';

/** Trust domains that are one: that of the mesh, and its aliases. */
export type TrustDomains = readonly string[];

/** What a text of a policy means before an identity such as `cluster.local/ns/shop/sa/web`. */
export type FitsIdentity = (value: string, identity: string, facts: IdentityFacts) => boolean;

export interface IdentityFacts {
  readonly trustDomains: TrustDomains;
  /** Namespace of the policy. */
  readonly namespace: string;
}

/** `principals`: a value with a trust domain of the mesh stands for all of them. */
export const fitsPrincipal: FitsIdentity = (value, identity, { trustDomains }) => withAliases(value, trustDomains).some((each) => fitsText(each, identity));

/** `namespaces`: asterisks stand anywhere. */
export const fitsNamespace: FitsIdentity = (value, identity) => new RegExp(`/ns/${value.split('*').map(quoted).join('.*')}/`).test(`/${identity}`);

/** `serviceAccounts`: `name` of the policy's own namespace, or `namespace/name`. */
export const fitsServiceAccount: FitsIdentity = (value, identity, { namespace }) => {
  const slash = value.indexOf('/');
  const [ns, name] = slash < 0 ? [namespace, value] : [value.slice(0, slash), value.slice(slash + 1)];
  return new RegExp(`^.+/ns/${quoted(ns)}/(.+/|)sa/${quoted(name)}(/.+)?$`).test(identity);
};

/** `trustDomains`: one asterisk, which no slash fits. */
export const fitsTrustDomain: FitsIdentity = (value, identity, { trustDomains }) => {
  const values = trustDomains.includes(value) ? trustDomains : [value];
  const domain = identity.split('/', 1)[0] ?? '';
  return values.some((each) => {
    const [before = '', after] = each.split(/\*(.*)/s);
    return each === '*' || (after === undefined ? domain === each : new RegExp(`^${quoted(before)}[^/]*${quoted(after)}$`).test(domain));
  });
};

/** As Istio writes a principal for all trust domains of the mesh; `cluster.local` means the mesh's own, whatever it is called. */
function withAliases(principal: string, trustDomains: TrustDomains): readonly string[] {
  const [domain = '', ...rest] = principal.split('/');
  if (rest.length !== 4 || domain === '*') return [principal];
  const isOwn = domain === 'cluster.local' || trustDomains.some((each) => isSame(domain, each));
  if (!isOwn) return [principal];
  return [...new Set(trustDomains.map((each) => (domain.startsWith('*') && each.endsWith(domain.slice(1)) ? principal : [each, ...rest].join('/'))))];
}

function isSame(domain: string, own: string): boolean {
  return domain.startsWith('*') ? own.endsWith(domain.slice(1)) : domain.endsWith('*') ? own.startsWith(domain.slice(0, -1)) : own === domain;
}

function quoted(text: string): string {
  return text.replace(/[.*$^|()[\]{}+?\\]/g, '\\$&');
}
