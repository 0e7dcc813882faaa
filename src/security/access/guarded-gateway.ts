import { Construct } from 'constructs';
import type { ExternalAuthorizer } from '../external-authorization/external-authorizer';
import type { AccessCallers } from '../callers/access-caller';
import { Access } from './access';
import type { AccessRule, AuditRule, CustomRule, DenyRule } from './access-rule';

/** A gateway that says itself who may call it: see {@link Access}. */
export abstract class GuardedGateway extends Construct {
  public abstract readonly name: string;
  public abstract readonly namespace: string;
  /** Labels of the gateway's pods. */
  public abstract readonly selector: Readonly<Record<string, string>>;

  /**
   * Lets callers through this gateway: addresses, whoever shows a token, or what has an identity in the mesh. The first grant closes
   * a gateway that took every caller: from then on it takes those that were granted access, and no others.
   *
   * @throws MeshError as {@link Access.allowFrom}.
   * @example
   * edge.allowFrom(IpBlock.of('203.0.113.0/24'));
   */
  public allowFrom(callers: AccessCallers, rule: AccessRule = {}): void {
    Access.to(this).allowFrom(callers, rule);
  }

  /** Refuses callers, whatever is granted: see {@link Access.denyFrom}. */
  public denyFrom(callers: AccessCallers, rule: DenyRule = {}): void {
    Access.to(this).denyFrom(callers, rule);
  }

  /** Has requests written down: see {@link Access.auditFrom}. */
  public auditFrom(callers: AccessCallers, rule: AuditRule = {}): void {
    Access.to(this).auditFrom(callers, rule);
  }

  /** Asks an external authorizer: see {@link Access.custom}. */
  public custom(authorizer: ExternalAuthorizer | string, rule: CustomRule = {}): void {
    Access.to(this).custom(authorizer, rule);
  }
}
