import type { JudgeRow } from '../runner/judge';
import { program, requests } from './both-forms-program';
import type { Asking, Form } from './both-forms-program';
import type { Case, Check } from './case';
import type { JsonObject } from './json';
import { change, manifestsOf } from './manifests';
import type { Observation } from './outcome';
import type { Request } from './request';
import { Scene } from './scene';
import type { Tools } from './scene';
import { asList } from '../kubernetes/status';

/** What is another in each answer, whoever gives it, or names the route in the words of the form. */
const UNSTEADY = /^(date|content-length|connection|keep-alive|x-request-id|x-envoy-.*|x-forwarded-client-cert|x-b3-.*|traceparent)$/;

/** One program in Istio's API and in the Gateway API: the same requests have the same answers. A row for each proxy that is asked. */
export async function bothFormsRow(asking: Asking, tools: Tools, signal: AbortSignal): Promise<JudgeRow> {
  const started = Date.now();
  const all = requests(asking.host, asking.count);
  const name = `both forms: ${asking.what}`;
  const seconds = (): number => (Date.now() - started) / 1000;
  try {
    const { details, answers } = await compare(asking, all, tools, signal);
    const note = `${all.length} requests in each form, ${answers} different answers; control: a rule taken out of one`;
    return { name, agree: all.length + 1 - details.length, disagree: details.length, skipped: 0, note, ...(details.length === 0 ? {} : { details }), seconds: seconds() };
  } catch (error) {
    return { name, agree: 0, disagree: 1, skipped: 0, details: [`not judged: ${(error as Error).message}`], seconds: seconds() };
  }
}

async function compare(asking: Asking, all: readonly Request[], tools: Tools, signal: AbortSignal): Promise<{ details: string[]; answers: number }> {
  const gatewayForm = manifestsOf(program('gateway'));
  const istio = await answersOf('istio', manifestsOf(program('istio')), { asking, all, tools, signal });
  const gateway = await answersOf('gateway', gatewayForm, { asking, all, tools, signal });
  const broken = await answersOf('gateway', withoutARule(gatewayForm), { asking, all, tools, signal });
  signal.throwIfAborted();
  const details = all.flatMap((request, index) => {
    return istio[index] === gateway[index] ? [] : [`${JSON.stringify(request)}: ${istio[index]} by Istio's API, ${gateway[index]} by the Gateway API`];
  });
  if (istio.every((answer, index) => answer === broken[index])) details.push('the control comes out the same: the comparison sees nothing');
  return { details, answers: new Set(istio).size };
}

interface Questions {
  readonly asking: Asking;
  readonly all: readonly Request[];
  readonly tools: Tools;
  readonly signal: AbortSignal;
}

async function answersOf(form: Form, manifests: readonly JsonObject[], { asking, all, tools, signal }: Questions): Promise<string[]> {
  const one: Case = { name: asking.what, promise: '', program: program(form), through: asking.through(form), checks: [], control: { what: '', edit: (same) => same } };
  const scene = await Scene.start(tools, one, manifests);
  try {
    const found: string[] = [];
    for (const request of all) {
      signal.throwIfAborted();
      const check: Check = { what: '', request, ...(asking.as === undefined ? {} : { as: asking.as }), expect: {} };
      found.push(answerOf(await scene.observe(check, {})));
    }
    return found;
  } finally {
    await scene.stop();
  }
}

/** All that a caller and the pods saw of a request, but for what is another each time. */
function answerOf({ response, upstreams }: Observation): string {
  const steady = (headers: object = {}): object => Object.fromEntries(Object.entries(headers).filter(([name]) => !UNSTEADY.test(name)).sort());
  const asked = [...upstreams.values()].flatMap(({ name, seen }) => seen.map(({ method, path, headers }) => ({ name, method, path, headers: steady(headers) })));
  return JSON.stringify({ status: response?.status ?? 'cut', body: response?.body, headers: steady(response?.headers), asked });
}

/** The control: what is first in each route is taken out. */
function withoutARule(manifests: readonly JsonObject[]): readonly JsonObject[] {
  const names = manifests.filter(({ kind }) => kind === 'HTTPRoute').map(({ metadata }) => (metadata as { name: string }).name);
  return names.reduce((edited, name) => change('HTTPRoute', name, (spec) => ({ ...spec, rules: shortened(asList(spec['rules'])) }))(edited), manifests);
}

function shortened(rules: readonly unknown[]): readonly unknown[] {
  return rules.length > 1 ? rules.slice(1) : [{ filters: [{ type: 'RequestRedirect', requestRedirect: { path: { type: 'ReplaceFullPath', replaceFullPath: '/control' } } }] }];
}
