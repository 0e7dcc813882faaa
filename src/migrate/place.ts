import type { Construct } from 'constructs';
import type { Istiod } from '../control-plane/istiod/istiod';
import { meshError } from '../errors/mesh-error';
import type { Installation, InstalledComponent, ObjectOverlay } from './installation';
import type { KubernetesSettings } from './overlay/kubernetes-settings';

type ComponentClass = new (scope: Construct, id: string, props: never) => Construct;

/** The classes by name; each is loaded only where an installation has one of it. */
const CLASSES: Readonly<Record<string, () => ComponentClass>> = {
  Base: () => (require('../control-plane/base/base') as typeof import('../control-plane/base/base')).Base,
  Istiod: () => (require('../control-plane/istiod/istiod') as typeof import('../control-plane/istiod/istiod')).Istiod,
  RemoteIstiod: () =>
    (require('../control-plane/remote-istiod/remote-istiod') as typeof import('../control-plane/remote-istiod/remote-istiod')).RemoteIstiod,
  Cni: () => (require('../control-plane/cni/cni') as typeof import('../control-plane/cni/cni')).Cni,
  Ztunnel: () => (require('../control-plane/ztunnel/ztunnel') as typeof import('../control-plane/ztunnel/ztunnel')).Ztunnel,
  StandaloneGateway: () =>
    (require('../control-plane/standalone-gateway/standalone-gateway') as typeof import('../control-plane/standalone-gateway/standalone-gateway'))
      .StandaloneGateway,
  Gateway: () => (require('../control-plane/gateway/gateway') as typeof import('../control-plane/gateway/gateway')).Gateway,
};

/**
 * Makes the constructs of an installation under `scope`.
 *
 * @throws MeshError as the constructs do.
 */
export function placeInstallation(scope: Construct, installation: Installation): Construct[] {
  return installation.components.map((component) => place(scope, component));
}

function place(scope: Construct, { construct, id, props, settings, overlays = [] }: InstalledComponent): Construct {
  const load = Object.hasOwn(CLASSES, construct) ? CLASSES[construct] : undefined;
  if (load !== undefined) {
    const component = new (load())(scope, id, props as never);
    if (settings !== undefined) {
      const { applyKubernetesSettings } = require('./overlay/kubernetes-settings') as typeof import('./overlay/kubernetes-settings');
      applyKubernetesSettings(component as Istiod, settings as KubernetesSettings);
    }
    if (overlays.length > 0) overlay(component, overlays);
    return component;
  }
  throw meshError({
    code: 'unknown-construct',
    property: 'construct',
    got: JSON.stringify(construct),
    expected: Object.keys(CLASSES).join(', '),
  });
}

function overlay(component: Construct, overlays: readonly ObjectOverlay[]): void {
  const { applyOverlays } = require('./overlay/apply-overlays') as typeof import('./overlay/apply-overlays');
  applyOverlays(component, overlays);
}
