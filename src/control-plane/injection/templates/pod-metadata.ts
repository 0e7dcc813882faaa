import { call, firstOf, go, hasAnnotation, labelOf, not } from '../template/go';
import type { Go } from '../template/go';
import { fields, when } from '../template/nodes';
import type { Fields, Mapping } from '../template/nodes';
import { CONTAINERS, OWNER_NAME } from './proxy-env';

/** Name by which telemetry knows the workload: what the pod says, else what its labels say, else what made it. */
export const CANONICAL_NAME = firstOf(
  labelOf('service.istio.io/canonical-name'),
  labelOf('app.kubernetes.io/name'),
  labelOf('app'),
  OWNER_NAME,
);

export function canonicalLabels(name: Go = CANONICAL_NAME): Mapping {
  return {
    'service.istio.io/canonical-name': name,
    'service.istio.io/canonical-revision': firstOf(
      labelOf('service.istio.io/canonical-revision'),
      labelOf('app.kubernetes.io/version'),
      labelOf('version'),
      'latest',
    ),
  };
}

export const REVISION = firstOf(go('.Revision'), 'default');

/** Annotations of all injected pods: who injected them, and that kubectl means the application and not the proxy. */
export function commonAnnotations(): Fields {
  const first = call('index', CONTAINERS, 0);
  const usual = (name: string): ReturnType<typeof when<Fields>> =>
    when<Fields>(not(hasAnnotation(name)), { [name]: first });
  return fields(
    { 'istio.io/rev': REVISION },
    when<Fields>(
      CONTAINERS,
      fields(usual('kubectl.kubernetes.io/default-logs-container'), usual('kubectl.kubernetes.io/default-container')),
    ),
  );
}
