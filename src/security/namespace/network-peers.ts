import type { IConstruct } from 'constructs';
import type { NetworkPolicyPeer } from '../../../imports/kubernetes/network-policy';
import { badReference, isObjectConstruct, requireSameCluster } from '../../core/references';
import type { ObjectConstruct } from '../../core/references';
import { describeValue } from '../../core/refusal';
import { refuse, within } from '../../traffic/rules/refuse';
import type { Place } from '../../traffic/rules/refuse';
import type { GatewaySubject } from '../access/policy-target';
import { IpBlock } from '../callers/ip-block';

/** The other end of a connection: pods of a namespace, those of a gateway's namespace, or addresses. */
export type NetworkPeer = ObjectConstruct | GatewaySubject | IpBlock;

/** What is known of a peer: its namespace, or its addresses. */
export type CheckedPeer = { readonly namespace: string } | { readonly cidr: string };

const EXPECTED = 'a namespace, a gateway or an IpBlock';

/** @throws MeshError for what is no list, and for what has neither a namespace nor addresses. */
export function checkedPeers(owner: IConstruct, place: Place, given: unknown): CheckedPeer[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) throw refuse(place, 'bad-props', describeValue(given), `a list: ${EXPECTED}`, 'put it into a list');
  return (given as readonly unknown[]).map((peer, index) => checkedPeer(owner, within(place, String(index)).property, peer));
}

function checkedPeer(owner: IConstruct, property: string, peer: unknown): CheckedPeer {
  if (IpBlock.isIpBlock(peer)) return { cidr: peer.cidr };
  requireSameCluster(owner, peer, property, EXPECTED);
  if (isObjectConstruct(peer) && peer.kind === 'Namespace') return { namespace: peer.name };
  const { namespace, principals, selector } = peer as Partial<GatewaySubject> & { readonly principals?: unknown };
  // a gateway: services have a host as well
  if (typeof namespace === 'string' && principals !== undefined && selector !== undefined && !('host' in peer)) return { namespace };
  throw badReference(owner, peer, property, EXPECTED, 'name the namespace that its pods are in');
}

/** As a NetworkPolicy names it. */
export function peerOf(peer: CheckedPeer): NetworkPolicyPeer {
  if ('namespace' in peer) return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': peer.namespace } } };
  const { cidr } = peer;
  return { ipBlock: { cidr: cidr.includes('/') ? cidr : `${cidr}/${cidr.includes(':') ? 128 : 32}` } };
}

/** Each once, sorted: namespaces first. */
export function peersOf(peers: readonly CheckedPeer[]): NetworkPolicyPeer[] {
  const namespaces = new Set(peers.flatMap((peer) => ('namespace' in peer ? [peer.namespace] : [])));
  const cidrs = new Set(peers.flatMap((peer) => ('cidr' in peer ? [peer.cidr] : [])));
  return [...[...namespaces].sort().map((namespace) => peerOf({ namespace })), ...[...cidrs].sort().map((cidr) => peerOf({ cidr }))];
}
