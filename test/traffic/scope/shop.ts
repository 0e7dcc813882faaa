import type { Chart } from 'cdk8s';
import { Sidecar } from '../../../imports/istio';
import type { SidecarSpec } from '../../../imports/istio/sidecar';
import { ExternalService, StrictMtlsNamespace } from '../../../src';
import type { MeshService } from '../../../src';
import { synthTo } from '../../../src/testing';
import { program } from '../../support/program';

/** Two namespaces whose services call each other, and something outside, as most tests of scopes start from. */
export function twoNamespaces(): ReturnType<typeof program> & Record<'web' | 'orders' | 'stock' | 'reports', MeshService> & { back: StrictMtlsNamespace; mail: ExternalService } {
  const base = program();
  const back = new StrictMtlsNamespace(base.chart, 'back', { mesh: base.mesh });
  const [web, orders] = ['web', 'orders'].map((name) => base.shop.addService(name, { port: 8080, versions: ['v1', 'v2'] })) as [MeshService, MeshService];
  const [stock, reports] = ['stock', 'reports'].map((name) => back.addService(name, { port: 8080, versions: ['v1', 'v2'] })) as [MeshService, MeshService];
  const mail = new ExternalService(base.chart, 'mail', { host: 'mail.example.com' });
  return { ...base, back, web, orders, stock, reports, mail };
}

/** Hosts that Sidecars of a chart let their pods see, by `namespace/name`. */
export function hostsIn(chart: Chart): Record<string, readonly string[] | undefined> {
  return Object.fromEntries(specsIn(chart).map(([key, spec]) => [key, spec?.egress?.[0]?.hosts]));
}

export function specsIn(chart: Chart): [string, SidecarSpec | undefined][] {
  return synthTo(chart).many(Sidecar).map(({ metadata, spec }) => [`${metadata?.namespace}/${metadata?.name}`, spec]);
}
