import type { VersionedService } from '../versioned-traffic';

/**
 * The names that TLS connections ask for when they mean the service itself. The short one is not among them: Istio takes it for
 * the full one where hosts are listed, and so for a second VirtualService of the same host.
 */
export function ownNames({ name, namespace, host }: Pick<VersionedService, 'name' | 'namespace' | 'host'>): readonly string[] {
  return [`${name}.${namespace}`, `${name}.${namespace}.svc`, host];
}
