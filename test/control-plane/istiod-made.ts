import { Chart, Testing } from 'cdk8s';
import { parse } from 'yaml';
import { ConfigMap, Deployment } from '../../imports/kubernetes';
import type { Container, PodSpec } from '../../imports/kubernetes';
import { Cluster } from '../../src';
import { Istiod } from '../../src/control-plane/istiod/istiod';
import type { IstiodProps } from '../../src/control-plane/istiod/istiod-props';
import { synthTo } from '../../src/testing';
import type { SynthResult } from '../../src/testing';

/** What an Istiod makes, for the tests of it. */

export function istiod(props: IstiodProps = {}, cluster: ConstructorParameters<typeof Cluster>[2] = {}): SynthResult {
  const chart = new Chart(new Cluster(Testing.app(), 'prod', cluster), 'chart');
  new Istiod(chart, 'istiod', props);
  return synthTo(chart);
}

export function containerOf(shown: SynthResult): Container {
  const [container] = podOf(shown).containers;
  if (container === undefined) throw new Error('there is no container');
  return container;
}

export function podOf(shown: SynthResult): PodSpec {
  const pod = shown.one(Deployment).spec?.template.spec;
  if (pod === undefined) throw new Error('there is no pod');
  return pod;
}

export function env(shown: SynthResult): Record<string, unknown> {
  return Object.fromEntries((containerOf(shown).env ?? []).map(({ name, value, valueFrom }) => [name, value ?? valueFrom]));
}

export function mesh(shown: SynthResult, name = 'istio'): Record<string, unknown> {
  return parse(shown.one(ConfigMap, name).data?.['mesh'] ?? '') as Record<string, unknown>;
}

export function names(objects: readonly { readonly metadata: { readonly name: string } }[]): string[] {
  return objects.map(({ metadata }) => metadata.name).sort();
}
