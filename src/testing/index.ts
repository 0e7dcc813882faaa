export { ExpectedAccess, ExpectedCaller, ExpectedCalls, ExpectedDecision, expectAccess } from './expect-access';
export type { ExpectedRefusal } from './expect-access';
export { SynthResult, synthTo } from './synth-to';
export type { KindClass, Manifest } from './synth-to';
