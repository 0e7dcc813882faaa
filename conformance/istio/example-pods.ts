import type { ExampleOutput } from '../api/examples';
import { Cases } from '../api/cases';
import { asRecord, text } from '../kubernetes/status';
import type { JudgeRow } from '../runner/judge';
import type { KubeObject } from './cluster';
import { runInjection } from './inject';
import { injectorIn, proxyImageOf } from './injector-files';
import { container, have, is, names, podSpec, property } from './injected-objects';

/** The pods that an example's own control plane makes of its workloads, by Istio's own code; undefined where it has none. */
export async function injectedPodsRow(program: string, { name, objects }: ExampleOutput): Promise<JudgeRow | undefined> {
  const files = injectorIn(objects);
  const workloads = objects.filter(isInjected);
  if (files === undefined || workloads.length === 0) return undefined;
  const cases = new Cases(`${name}: injected pods`);
  const request = workloads.map((workload, index) => ({ name: String(index), injector: 'own', input: JSON.stringify(workload), nativeSidecars: true }));
  const injected = await runInjection(program, { injectors: { own: files }, cases: request });
  const image = proxyImageOf(files);
  for (const [index, workload] of workloads.entries()) {
    const { objects: made, error } = injected.get(String(index)) ?? { objects: [], error: 'istio-inject did not answer' };
    const said = error === undefined ? wrong(workload, podSpec(made), image).filter((each) => each !== undefined) : [error];
    cases.judge(text(asRecord(workload['metadata'])['name']), said.length === 0 ? undefined : said.join('; '));
  }
  return cases.row();
}

/** What is not as it should be: a gateway's proxy is completed, any other pod gets one beside what it has. */
function wrong(workload: KubeObject, spec: KubeObject, image: string): readonly (string | undefined)[] {
  const own = names(podSpec([workload])['containers']);
  const proxy = container(spec, 'istio-proxy');
  const isGateway = own.includes('istio-proxy');
  const isRoot = property(property(proxy, 'securityContext'), 'runAsNonRoot') !== true;
  return [
    have('containers', names(spec['containers']), own),
    have('init containers', names(spec['initContainers']), isGateway ? [] : ['istio-init', 'istio-proxy']),
    have('image of the proxy', proxy['image'], image),
    have('service account', spec['serviceAccountName'], podSpec([workload])['serviceAccountName']),
    is('the proxy does not run as root', !isRoot),
    is('no privileges for the proxy', property(property(proxy, 'securityContext'), 'privileged') !== true),
  ];
}

function isInjected(object: KubeObject): boolean {
  if (object['kind'] !== 'Deployment') return false;
  const template = asRecord(asRecord(object['spec'])['template']);
  return asRecord(asRecord(template['metadata'])['labels'])['sidecar.istio.io/inject'] !== 'false';
}
