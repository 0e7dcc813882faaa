import { Chart } from 'cdk8s';
import type { App } from 'cdk8s';
import { BaseCrds } from 'mesh-constructs';

/** The CRDs of Istio, as its release publishes them. */
export function addCrds(app: App): Chart {
  const chart = new Chart(app, 'istio-crds');
  new BaseCrds(chart, 'crds', { istio: '1.31.1' });
  return chart;
}
