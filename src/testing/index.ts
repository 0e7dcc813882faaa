export { SynthResult, synthTo } from './synth-to';
export type { KindClass, Manifest } from './synth-to';
