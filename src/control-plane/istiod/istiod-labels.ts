import { recommendedLabels } from '../component-labels';
import type { IstiodSettings } from './istiod-settings';

export type Labels = Record<string, string>;

/** Labels of every object of a control plane. */
export function commonLabels({ release }: Pick<IstiodSettings, 'release'>, name = 'istiod'): Labels {
  return recommendedLabels(name, release);
}

/** The label that says which revision an object belongs to. */
export function revisionLabel({ revision }: Pick<IstiodSettings, 'revision'>): Labels {
  return { 'istio.io/rev': revision ?? 'default' };
}

/** Labels that choose istiod's pods; those of the default revision are not chosen by the label of a revision. */
export function podSelector(settings: Pick<IstiodSettings, 'revision'>): Labels {
  const { revision } = settings;
  return { app: 'istiod', ...(revision === undefined ? { istio: 'pilot' } : { 'istio.io/rev': revision }) };
}
