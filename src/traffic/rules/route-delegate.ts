import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { VirtualService } from '../../../imports/istio/virtual-service';
import { requirePlace } from '../../core/place';
import { addPlanner } from '../../core/planner';
import { chartNamespace, namespaceName } from '../../core/references';
import type { NamespaceReference } from '../../core/references';
import { describeValue } from '../../core/refusal';
import { requireProps } from '../../core/required-props';
import type { Known } from '../../core/unknown';
import { MeshError } from '../../errors/mesh-error';
import { dns1123Subdomain } from '../../validation/names';
import { MeshService } from '../mesh-service';
import { checkRoute } from './checked-route';
import type { CheckedRoute } from './checked-route';
import { DELEGATE_BRAND } from './delegate-reference';
import type { DelegateReference } from './delegate-reference';
import { httpRules } from './http-rules';
import type { HttpRules } from './http-rules';
import { placeOf, refuse, requireKeys, someList, within } from './refuse';
import type { DirectResponseRouteProps, ForwardRouteProps, RedirectRouteProps, RouteTarget } from './route-props';
import { servicesFor } from './services';

/** One route of a {@link RouteDelegate}. It says itself where requests go, as it is of no service. */
export type DelegatedRouteProps = (ForwardRouteProps & { readonly to: RouteTarget }) | RedirectRouteProps | DirectResponseRouteProps;

/** A VirtualService of another program that has no host of its own. */
export interface NamedDelegateProps {
  /** Name of the VirtualService. */
  readonly name: Known<string>;
  /**
   * Namespace of the VirtualService.
   * @default - the chart's namespace
   */
  readonly namespace?: NamespaceReference;
}

/** Props of a {@link RouteDelegate}. */
export interface RouteDelegateProps {
  /**
   * Name of the VirtualService.
   * @default - the construct's id
   */
  readonly name?: Known<string>;
  /**
   * Namespace of the VirtualService.
   * @default - the chart's namespace
   */
  readonly namespace?: NamespaceReference;
  /**
   * What is done with requests that a rule leads here: the narrower route first, then the one of higher `priority`. What no
   * route is for goes on to the next rule of the host.
   */
  readonly routes: readonly DelegatedRouteProps[];
}

/** Told to the constructor by `fromName` alone: it is no prop. */
const NAMED = Symbol('named');

/**
 * Routes for a part of a host, in a VirtualService without hosts: another team, or another program, owns them and changes them
 * without touching the host. A rule of a service or a route of an ingress host leads to it by `delegate`. It meets only
 * requests that fit that rule, too, so its matches have to be narrower.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#Delegate
 * @example
 * const reports = new RouteDelegate(chart, 'reports', { routes: [{ to: reportService, timeout: '30s' }] });
 * web.route(chart, 'reports', { match: { uri: StringMatch.prefix('/reports/') }, delegate: reports });
 */
export class RouteDelegate extends Construct implements DelegateReference {
  /**
   * One that another program makes.
   *
   * @throws MeshError when it has no name or namespace.
   */
  public static fromName(scope: Construct, id: string, props: NamedDelegateProps): RouteDelegate {
    requireKeys({ construct: requirePlace(scope, id), property: '' }, props, ['name', 'namespace']);
    return new RouteDelegate(scope, id, { ...props, name: props.name ?? '', [NAMED]: true } as never);
  }

  /** True for a RouteDelegate of any copy of this library. */
  public static isRouteDelegate(value: unknown): value is RouteDelegate {
    return typeof value === 'object' && value !== null && DELEGATE_BRAND in value;
  }

  /** Name of the VirtualService. */
  public readonly name: string;
  /** Namespace of the VirtualService. */
  public readonly namespace: string;
  /** What is known of its routes; undefined for one of another program. @internal */
  public readonly routes: readonly CheckedRoute[] | undefined;

  /**
   * @throws MeshError when a value cannot be; at synthesis, when two routes fit the same requests and neither goes first, or
   * there is no such version or port.
   */
  public constructor(scope: Construct, id: string, props: RouteDelegateProps) {
    requireProps(requirePlace(scope, id), props);
    super(scope, id);
    Object.defineProperty(this, DELEGATE_BRAND, { value: true });
    const isNamed = NAMED in props;
    const place = placeOf(this);
    if (!isNamed) requireKeys(place, props, ['name', 'namespace', 'routes']);
    this.name = this.checkedName(props.name ?? id);
    this.namespace = props.namespace === undefined ? this.chartNamespace() : namespaceName(this, props.namespace);
    if (isNamed) return;
    const services = servicesFor(this, MeshService);
    this.routes = someList(within(place, 'routes'), props.routes).map((route, index) => {
      const at = within(place, `routes[${index}]`);
      return checkRoute({ owner: this, place: at, name: `${id}-${index}`, of: 'delegate', services }, route);
    });
    this.makeObject();
  }

  private makeObject(): void {
    new VirtualService(this, 'route', {
      metadata: { name: this.name, namespace: this.namespace },
      spec: { http: Lazy.any({ produce: () => this.http().http }) as never },
    });
    addPlanner(this, {
      key: `delegate ${this.node.path}`,
      plan: () => {
        const { findings } = this.http();
        if (findings.length > 0) throw new MeshError(findings);
      },
    });
  }

  private http(): HttpRules {
    return httpRules({ host: `the part of a host that ${this.node.path} has`, isPart: true }, this.routes ?? []);
  }

  private checkedName(name: unknown): string {
    if (typeof name === 'string' && dns1123Subdomain(name).length === 0) return name;
    throw refuse(within(placeOf(this), 'name'), 'bad-name', describeValue(name), 'the name of a VirtualService: a-z, 0-9, dashes and dots within', 'give it a name');
  }

  private chartNamespace(): string {
    const namespace = chartNamespace(this);
    if (namespace !== undefined) return namespace;
    throw refuse(within(placeOf(this), 'namespace'), 'no-namespace', 'none', 'the namespace of the VirtualService', 'give it or its chart a namespace');
  }
}
