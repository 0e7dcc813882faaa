import { Construct } from 'constructs';
import type { MeshReference } from '../../control-plane/mesh-reference';
import { requireMesh } from '../../control-plane/mesh-reference';
import { isDnsLabel } from '../../core/kubernetes-names';
import { requirePlace } from '../../core/place';
import { describeValue } from '../../core/refusal';
import type { JsonObject } from '../../rules/json';
import type { MeshService } from '../../traffic/mesh-service';
import { placeOf, refuse, requireKeys, someList, within } from '../../traffic/rules/refuse';
import { AUTHORIZER_BRAND, isExternalAuthorizer } from './authorizer-brand';
import { grpcProvider, httpProvider } from './authorizer-provider';
import type { CheckedProvider } from './authorizer-provider';
import type { AuthorizerKind, CheckedAuthorizerService } from './authorizer-service';
import { planAuthorizers } from './authorizer-planner';
import type { ExternalAuthorizerProps } from './external-authorizer-props';
import { removablePatterns } from './header-patterns';
import { addProvider } from './mesh-providers';

/**
 * A service that decides on requests: proxies ask it (`ext_authz`) before they look at anything else. It is a provider in the mesh's
 * configuration; which requests it is asked about, `custom` of a service or of {@link Access} says.
 *
 * Without an answer requests are refused. Of a service in this program, the proxies that ask it are let in.
 *
 * @see https://istio.io/latest/docs/tasks/security/authorization/authz-custom/
 * @example
 * const login = mesh.addExternalAuthorizer('login', { http: { service: oauth2Proxy, includeRequestHeadersInCheck: ['cookie'] } });
 * Access.to(edge).custom(login, { notPaths: ['/healthz'] });
 */
export class ExternalAuthorizer extends Construct {
  /** True for an ExternalAuthorizer of any copy of this library. */
  public static isExternalAuthorizer(this: void, value: unknown): value is ExternalAuthorizer {
    return isExternalAuthorizer(value);
  }

  /** Name of the provider. */
  public readonly name: string;
  /** Headers of requests that only it may set. */
  public readonly ownHeaders: readonly string[];
  /** How it is asked. @internal */
  public readonly kind: AuthorizerKind;
  /** @internal */
  public readonly server: CheckedAuthorizerService;

  private readonly provider: CheckedProvider;

  /**
   * @throws MeshError for what Istio would refuse (it refuses every request then), and for a name that the mesh has given away; at
   * synthesis, when the service has no such port, or none that speaks the protocol.
   */
  public constructor(scope: Construct, id: string, props: ExternalAuthorizerProps) {
    requirePlace(scope, id);
    super(scope, id);
    Object.defineProperty(this, AUTHORIZER_BRAND, { value: true });
    const place = placeOf(this);
    requireKeys(place, props, ['mesh', 'name', 'http', 'grpc', 'ownHeaders']);
    const { http, grpc, name = id, ownHeaders } = props;
    const meshes = this.checkedMeshes(props.mesh);
    if ((http === undefined) === (grpc === undefined)) {
      const got = http === undefined ? 'neither "http" nor "grpc"' : 'both "http" and "grpc"';
      throw refuse(within(place, 'http'), 'bad-props', got, 'one of them: how the service is asked', 'make an authorizer of its own for each');
    }
    if (!isDnsLabel(name)) {
      throw refuse(within(place, 'name'), 'bad-name', describeValue(name), 'the name of a provider: 1 to 63 of a-z, 0-9 and dashes within', 'Istio refuses every request for another name; without one it is the id');
    }
    this.name = name;
    this.provider = http === undefined ? grpcProvider(this, grpc as NonNullable<typeof grpc>) : httpProvider(this, http);
    this.kind = this.provider.kind;
    this.server = this.provider.server;
    this.ownHeaders = ownHeaders === undefined ? this.provider.ownHeaders() : removablePatterns(within(place, 'ownHeaders'), ownHeaders);
    planAuthorizers(this).authorizers.push(this);
    for (const mesh of meshes) addProvider(within(place, 'name'), mesh, this.name, () => this.extensionProvider());
  }

  /** The service that it is, where its pods are of the mesh. */
  public get service(): MeshService | undefined {
    return this.server.service;
  }

  /**
   * What has to be in the configuration of the mesh (`meshConfig`): to be handed to whoever makes that, where it is not this program.
   * Meshes of this program have it.
   *
   * @throws MeshError when the service has several ports, or none, and none is named.
   */
  public get meshConfig(): { readonly extensionProviders: readonly JsonObject[] } {
    const [finding] = this.server.port() === undefined ? this.server.findings() : [];
    if (finding !== undefined) throw refuse({ construct: this.node.path, property: finding.property }, finding.code, finding.got, finding.expected, finding.fix ?? '');
    return { extensionProviders: [this.extensionProvider()] };
  }

  private extensionProvider(): JsonObject {
    const { kind, settings, server } = this.provider;
    const port = server.port();
    // without a port there is a finding already
    const whole: JsonObject = { service: server.name, ...(port !== undefined && { port }), ...settings };
    return { name: this.name, [kind === 'http' ? 'envoyExtAuthzHttp' : 'envoyExtAuthzGrpc']: whole };
  }

  private checkedMeshes(given: unknown): readonly MeshReference[] {
    const place = within(placeOf(this), 'mesh');
    const list: readonly unknown[] = Array.isArray(given) ? someList(place, given as readonly unknown[]) : [given];
    return [...new Set(list)].map((mesh) => {
      requireMesh(this, mesh);
      return mesh;
    });
  }
}
