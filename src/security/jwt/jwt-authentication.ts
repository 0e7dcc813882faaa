import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { RequestAuthentication } from '../../../imports/istio/request-authentication';
import { Cluster } from '../../core/cluster';
import { requirePlace } from '../../core/place';
import type { Known } from '../../core/unknown';
import { placeOf, refuse, requireKeys, someList, within } from '../../traffic/rules/refuse';
import { Access } from '../access/access';
import { checkList } from '../access/access-rule';
import { flag } from '../access/checks';
import { jwtRule } from './jwt-issuer';
import type { JwtIssuer } from './jwt-issuer';
import { policyTarget } from '../access/policy-target';
import type { PolicySubject } from '../access/policy-target';
import { RequestPrincipal } from '../callers/request-principal';

/** Props of a {@link JwtAuthentication}. */
export interface JwtAuthenticationProps {
  /** Whose requests are looked at: those to a service, a gateway or a workload, to all pods of a namespace, or of a mesh. */
  readonly target: PolicySubject;
  /** Whose tokens are taken; of several, a token of any will do. */
  readonly issuers: readonly JwtIssuer[];
  /**
   * Whether requests without a token are let in; a token that is wrong is refused all the same.
   * @default false - a token is required
   */
  readonly optional?: boolean;
  /**
   * Paths that need no token: exact, `/prefix*`, `*suffix`, or a template.
   * @default - none
   */
  readonly exemptPaths?: readonly Known<string>[];
  /**
   * Methods that need no token, such as `OPTIONS`, by which browsers ask before a request of another site.
   * @default - none
   */
  readonly exemptMethods?: readonly Known<string>[];
}

const KEYS = ['target', 'issuers', 'optional', 'exemptPaths', 'exemptMethods'];

/**
 * Has tokens of requests checked, and requires one: a RequestAuthentication, and a rule that refuses requests without a token that
 * is right. Istio's RequestAuthentication alone lets requests without a token in.
 *
 * What a token says is for grants: `service.allowFrom(RequestPrincipal.of({ … }))`.
 *
 * @see https://istio.io/latest/docs/tasks/security/authentication/authn-policy/#end-user-authentication
 * @example
 * new JwtAuthentication(chart, 'login', { target: web, issuers: [{ issuer: 'https://login.example.com' }], exemptPaths: ['/healthz'] });
 */
export class JwtAuthentication extends Construct {
  /**
   * @throws MeshError when there is no target or no issuer, an issuer is there twice, keys are none or hold what only the
   * issuer may know, or a value cannot be.
   */
  public constructor(scope: Construct, id: string, props: JwtAuthenticationProps) {
    requirePlace(scope, id);
    super(scope, id);
    const place = placeOf(this);
    requireKeys(place, props, KEYS);
    const { name, namespace, selector } = policyTarget(this, props.target, 'target');
    const rules = someList(within(place, 'issuers'), props.issuers).map((issuer, index) => jwtRule(within(place, `issuers[${index}]`), issuer, Cluster.factsOf(this).clusterDomain));
    rules.forEach(({ issuer }, index) => {
      if (rules.findIndex((other) => other.issuer === issuer) === index) return;
      throw refuse(within(place, `issuers[${index}].issuer`), 'second-owner', JSON.stringify(issuer), 'each issuer once', 'say all of it at one place');
    });
    new RequestAuthentication(this, 'tokens', {
      metadata: { name, namespace },
      spec: {
        jwtRules: rules.sort((a, b) => ((a.issuer ?? '') < (b.issuer ?? '') ? -1 : 1)),
        ...(selector === undefined ? {} : { selector: { matchLabels: Lazy.any({ produce: () => this.labels(selector) }) as never } }),
      },
    });
    const isOptional = props.optional !== undefined && flag(within(place, 'optional'), props.optional);
    this.require(props, isOptional);
  }

  private require({ target, exemptPaths, exemptMethods }: JwtAuthenticationProps, isOptional: boolean): void {
    const exempt = { notPaths: exemptPaths, notMethods: exemptMethods };
    for (const [key, property] of [['notPaths', 'exemptPaths'], ['notMethods', 'exemptMethods']] as const) {
      const values = exempt[key];
      if (values === undefined) continue;
      checkList(within(placeOf(this), property), key, values);
      if (isOptional) throw refuse(within(placeOf(this), property), 'contradiction', 'exemptions, where no token is required', 'one of the two', 'take out the exemptions, or optional');
    }
    if (isOptional) return;
    Access.to(target).denyFrom('anyone', {
      except: RequestPrincipal.any(),
      // by what is made above
      tokensCheckedElsewhere: true,
      ...(exemptPaths === undefined ? {} : { notPaths: exemptPaths }),
      ...(exemptMethods === undefined ? {} : { notMethods: exemptMethods }),
    });
  }

  /** Without labels it would be for all pods of the namespace. */
  private labels(selector: () => Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const labels = selector();
    if (Object.keys(labels).length > 0) return labels;
    throw refuse(within(placeOf(this), 'target'), 'no-pods', 'a service that selects no pods', 'labels that tell its pods', 'give the Service a selector');
  }
}
