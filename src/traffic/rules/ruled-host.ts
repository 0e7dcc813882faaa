import type { IConstruct } from 'constructs';
import type { ServicePort } from '../kubernetes-service';
import type { SharingTarget } from './destinations';

/** A service whose callers in the mesh follow the rules. */
export interface RuledService {
  readonly target: SharingTarget & { readonly ports: readonly ServicePort[] };
  /** Who shares its traffic by a split or a canary. */
  readonly sharedBy?: IConstruct;
}

/** A host that clients of a gateway ask for, or that another team's VirtualService leads to us: its rules say where they lead. */
export interface RuledName {
  /** As findings name it. */
  readonly host: string;
  /** Whether they are for a part of the host only, which others decide on. @default false */
  readonly isPart?: boolean;
  readonly target?: undefined;
  readonly sharedBy?: undefined;
}

/** What rules are of. */
export type RuledHost = RuledService | RuledName;

/** The host, as findings name it. */
export function nameOf(host: RuledHost): string {
  return host.target === undefined ? host.host : host.target.host;
}
