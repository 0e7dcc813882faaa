import { meshError } from '../errors/mesh-error';

/** How a gateway serves a host. Made by {@link Tls.secret} or {@link Tls.plainText}. */
export class Tls {
  /**
   * HTTPS with the certificate of a Secret; plain requests are redirected to it.
   *
   * @param name a Secret of type `kubernetes.io/tls` in the namespace of the gateway's pods, not of the route
   * @see https://istio.io/latest/docs/tasks/traffic-management/ingress/secure-ingress/
   */
  public static secret(name: string): Tls {
    if (typeof name === 'string' && name !== '') return new Tls(name);
    throw meshError({
      code: 'bad-tls',
      property: 'tls',
      got: JSON.stringify(name) ?? 'undefined',
      expected: 'the name of a Secret',
    });
  }

  /** HTTP without encryption: anyone on the way can read and change what is sent. */
  public static plainText(): Tls {
    return new Tls(undefined);
  }

  /** Name of the Secret, or undefined for plain text. */
  public readonly secretName: string | undefined;

  private constructor(secretName: string | undefined) {
    this.secretName = secretName;
    Object.freeze(this);
  }
}
