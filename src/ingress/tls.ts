import { describeValue } from '../core/refusal';
import { meshError } from '../errors/mesh-error';

const BRAND = Symbol.for('mesh-constructs.Tls');
const SECRET_NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

/** How a gateway serves a host. Made by {@link Tls.secret} or {@link Tls.plainText}. */
export class Tls {
  /**
   * HTTPS with the certificate of a Secret; plain requests are redirected to it.
   *
   * @param name a Secret of type `kubernetes.io/tls` in the namespace of the gateway's pods, not of the route
   * @see https://istio.io/latest/docs/tasks/traffic-management/ingress/secure-ingress/
   */
  public static secret(name: string): Tls {
    if (typeof name === 'string' && SECRET_NAME.test(name)) return new Tls(name);
    throw meshError({
      code: 'bad-tls',
      property: 'tls',
      got: describeValue(name),
      expected: 'the name of a Secret: a-z, 0-9, dashes and dots within',
      fix: 'give the metadata.name of the Secret, without its namespace',
    });
  }

  /** HTTP without encryption: anyone on the way can read and change what is sent. */
  public static plainText(): Tls {
    return new Tls(undefined);
  }

  /** True for a Tls of any copy of this library. */
  public static isTls(value: unknown): value is Tls {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /** Name of the Secret, or undefined for plain text. */
  public readonly secretName: string | undefined;

  private constructor(secretName: string | undefined) {
    this.secretName = secretName;
    Object.defineProperty(this, BRAND, { value: true });
    Object.freeze(this);
  }
}
