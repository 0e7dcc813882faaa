import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { RequestAuthentication } from '../../../imports/istio/request-authentication';
import { Cluster } from '../../core/cluster';
import { requirePlace } from '../../core/place';
import type { Known } from '../../core/unknown';
import { placeOf, refuse, requireKeys, someList, within } from '../../traffic/rules/refuse';
import { requireToken } from '../access/access';
import { checkList, fitsEvery } from '../access/access-rule';
import { flag } from '../access/checks';
import { jwtRule } from './jwt-issuer';
import type { JwtIssuer } from './jwt-issuer';
import { judgeMergedIssuers } from './merged-issuers';
import { policyTarget } from '../access/policy-target';
import type { PolicySubject } from '../access/policy-target';

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
  /**
   * A beginning that is exempt, such as `/public/*`, is one of `/public/..%2Fadmin`, too, unless the mesh's `pathNormalization` is
   * `DECODE_AND_MERGE_SLASHES`. `true` says that the service takes `%2F` for a part of a name.
   * @default false - such a beginning is a warning
   * @see https://istio.io/latest/docs/ops/best-practices/security/#customize-your-system-on-path-normalization
   */
  readonly pathsAsWritten?: boolean;
}

const KEYS = ['target', 'issuers', 'optional', 'exemptPaths', 'exemptMethods', 'pathsAsWritten'];

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
   * issuer may know, or a value cannot be; at synthesis, when the same pods take tokens of issuers that are not named here, or of one
   * that is, in another way.
   */
  public constructor(scope: Construct, id: string, props: JwtAuthenticationProps) {
    requirePlace(scope, id);
    super(scope, id);
    const place = placeOf(this);
    requireKeys(place, props, KEYS);
    const target = policyTarget(this, props.target, 'target');
    const { name, namespace, selector } = target;
    const rules = Array.from(someList(within(place, 'issuers'), props.issuers)).map((issuer, index) => jwtRule(within(place, `issuers[${index}]`), issuer, Cluster.factsOf(this).clusterDomain));
    rules.forEach(({ issuer }, index) => {
      if (rules.findIndex((other) => other.issuer === issuer) === index) return;
      throw refuse(within(place, `issuers[${index}].issuer`), 'second-owner', JSON.stringify(issuer), 'each issuer once', 'say all of it at one place');
    });
    const object = new RequestAuthentication(this, 'tokens', {
      metadata: { name, namespace },
      spec: {
        jwtRules: rules.sort((a, b) => ((a.issuer ?? '') < (b.issuer ?? '') ? -1 : 1)),
        ...(selector === undefined ? {} : { selector: { matchLabels: Lazy.any({ produce: () => this.labels(selector) }) as never } }),
      },
    });
    judgeMergedIssuers(this, object, target);
    const isOptional = props.optional !== undefined && flag(within(place, 'optional'), props.optional);
    this.require(props, isOptional);
  }

  private require({ target, exemptPaths, exemptMethods, pathsAsWritten }: JwtAuthenticationProps, isOptional: boolean): void {
    const place = placeOf(this);
    const exempt = { notPaths: exemptPaths, notMethods: exemptMethods };
    for (const [key, property] of [['notPaths', 'exemptPaths'], ['notMethods', 'exemptMethods']] as const) {
      const values = exempt[key];
      if (values === undefined) continue;
      if (Array.isArray(values) && fitsEvery(key, values)) throw refuse(within(place, property), 'leaves-nothing', key === 'notPaths' ? 'every path' : 'every method', 'some that need a token', 'say optional: true where none is required');
      checkList(within(place, property), key, values);
      if (isOptional) throw refuse(within(place, property), 'contradiction', 'exemptions, where no token is required', 'one of the two', 'take out the exemptions, or optional');
    }
    const isAsWritten = pathsAsWritten !== undefined && flag(within(place, 'pathsAsWritten'), pathsAsWritten);
    if (isOptional) return;
    const saidBy = { construct: this.node.path, props: { '': 'target', 'notPaths': 'exemptPaths', 'notMethods': 'exemptMethods' } };
    requireToken(
      target,
      { ...(exemptPaths === undefined ? {} : { notPaths: exemptPaths }), ...(exemptMethods === undefined ? {} : { notMethods: exemptMethods }), ...(isAsWritten && { pathsAsWritten: true }) },
      saidBy,
    );
  }

  /** Without labels it would be for all pods of the namespace. */
  private labels(selector: () => Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const labels = selector();
    if (Object.keys(labels).length > 0) return labels;
    throw refuse(within(placeOf(this), 'target'), 'no-pods', 'a service that selects no pods', 'labels that tell its pods', 'give the Service a selector');
  }
}
