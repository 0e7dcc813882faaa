import type { Finding } from '../errors/finding';
import type { GatewayPlan } from './ingress-plan';
import { misplacedSecrets } from './made-secrets';

/** Secrets that routes name, and that the program makes only where no pods of the gateway read them. */
export function secretFindings(plans: readonly GatewayPlan[]): Finding[] {
  return misplacedSecrets(
    plans.flatMap(({ hosts }) => hosts).flatMap(({ tls, first: { owner, gateway } }) => {
      const asked = [tls.certificate?.kind === 'secret' ? tls.certificate.secret : undefined, tls.clientCa];
      // a construct says where it is itself
      return asked.flatMap((secret) => (secret === undefined || secret.construct !== undefined ? [] : [{ owner, property: 'tls', name: secret.name, namespace: gateway.namespace }]));
    }),
  );
}
