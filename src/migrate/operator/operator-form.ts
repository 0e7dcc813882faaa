import { describeValue } from '../../core/refusal';
import { isDnsLabel } from '../../core/kubernetes-names';
import { closest } from '../../errors/closest';
import type { Finding } from '../../errors/finding';
import type { Json, JsonObject } from '../../rules/json';
import { isJsonObject } from '../../rules/json';

/** The form of an IstioOperator: which fields there are, and what they hold. Kubernetes' own types are checked in the objects. */
type Form = 'text' | 'texts' | 'boolean' | 'number' | 'scalar' | 'list' | 'map' | { readonly [field: string]: Form } | readonly [Form];

const OVERLAY: Form = { apiVersion: 'text', kind: 'text', name: 'text', patches: [{ path: 'text', value: 'map' }] };
const KUBERNETES: Form = {
  affinity: 'map',
  env: 'list',
  hpaSpec: 'map',
  imagePullPolicy: 'text',
  nodeSelector: 'texts',
  overlays: [OVERLAY],
  podAnnotations: 'texts',
  podDisruptionBudget: 'map',
  priorityClassName: 'text',
  readinessProbe: 'map',
  replicaCount: 'number',
  resources: 'map',
  securityContext: 'map',
  service: 'map',
  serviceAnnotations: 'texts',
  strategy: 'map',
  tolerations: 'list',
  volumeMounts: 'list',
  volumes: 'list',
};
const COMPONENT = { enabled: 'boolean', hub: 'text', k8s: KUBERNETES, namespace: 'text', tag: 'scalar' } as const;
const GATEWAY = { ...COMPONENT, label: 'texts', name: 'text' } as const;
const SPEC: Form = {
  compatibilityVersion: 'text',
  components: {
    base: { enabled: 'boolean', k8s: KUBERNETES },
    cni: COMPONENT,
    egressGateways: [GATEWAY],
    ingressGateways: [GATEWAY],
    istiodRemote: COMPONENT,
    pilot: COMPONENT,
    ztunnel: COMPONENT,
  },
  hub: 'text',
  installPackagePath: 'text',
  meshConfig: 'map',
  namespace: 'text',
  profile: 'text',
  revision: 'text',
  tag: 'scalar',
  unvalidatedValues: 'map',
  values: 'map',
};

/** Everything that keeps a document from being an IstioOperator that istioctl reads. */
export function operatorFindings(operator: unknown): Finding[] {
  if (!isJsonObject(operator)) return [wrong('', operator as Json, 'an IstioOperator')];
  const { apiVersion, kind, metadata: _metadata, spec, ...others } = operator;
  const findings: Finding[] = [];
  if (kind !== undefined && kind !== 'IstioOperator') findings.push(wrong('kind', kind, '"IstioOperator"'));
  if (apiVersion !== undefined && apiVersion !== 'install.istio.io/v1alpha1') findings.push(wrong('apiVersion', apiVersion, '"install.istio.io/v1alpha1"', 'it is the only version that istioctl reads'));
  for (const key of Object.keys(others).filter((each) => each !== 'status')) findings.push(unknown(key, others[key] as Json, key, ['apiVersion', 'kind', 'metadata', 'spec']));
  if (spec !== undefined && spec !== null) collect(spec, SPEC, 'spec', findings);
  return [...findings, ...specFindings(isJsonObject(spec) ? spec : {})];
}

function specFindings({ installPackagePath, revision }: JsonObject): Finding[] {
  const findings: Finding[] = [];
  if (typeof installPackagePath === 'string' && installPackagePath !== '') {
    findings.push(wrong('spec.installPackagePath', installPackagePath, 'nothing: charts in files are not read', 'leave it out; the release is chosen by its version'));
  }
  if (typeof revision === 'string' && revision !== '' && !isDnsLabel(revision)) {
    findings.push(wrong('spec.revision', revision, 'a DNS label: lower case letters, digits and dashes', 'write 1-31-3 for 1.31.3'));
  }
  return findings;
}

function collect(value: Json, form: Form, path: string, findings: Finding[]): void {
  if (value === null) return;
  if (typeof form === 'string') {
    if (form !== 'map' || !path.endsWith('.value')) checkLeaf(value, form, path, findings);
  } else if (isList(form)) {
    if (!Array.isArray(value)) findings.push(wrong(path, value, 'a list'));
    else (value as readonly Json[]).forEach((item, index) => collect(item, form[0], `${path}[${index}]`, findings));
  } else if (!isJsonObject(value)) findings.push(wrong(path, value, 'fields by name'));
  else {
    for (const [key, child] of Object.entries(value)) {
      const field = Object.hasOwn(form, key) ? form[key] : undefined;
      if (field === undefined) findings.push(unknown(`${path}.${key}`, child, key, Object.keys(form)));
      else collect(child, field, `${path}.${key}`, findings);
    }
  }
}

function isList(form: Form): form is readonly [Form] {
  return Array.isArray(form);
}

const EXPECTED = {
  text: 'a text',
  texts: 'texts by name',
  boolean: 'true or false',
  number: 'a number that is not negative',
  scalar: 'a text or a number',
  list: 'a list',
  map: 'fields by name',
} as const;

function checkLeaf(value: Json, form: keyof typeof EXPECTED, path: string, findings: Finding[]): void {
  if (form === 'texts' && isJsonObject(value)) {
    for (const [key, text] of Object.entries(value)) if (text !== null && typeof text !== 'string') findings.push(wrong(`${path}.${key}`, text, 'a text', 'put it in quotes'));
    return;
  }
  const isRight = {
    text: typeof value === 'string',
    texts: false,
    boolean: typeof value === 'boolean',
    number: typeof value === 'number' && value >= 0,
    scalar: typeof value === 'string' || typeof value === 'number',
    list: Array.isArray(value),
    map: isJsonObject(value),
  }[form];
  if (!isRight) findings.push(wrong(path, value, EXPECTED[form], form === 'text' && typeof value === 'number' ? 'put it in quotes' : undefined));
}

function wrong(property: string, value: Json, expected: string, fix?: string): Finding {
  return { code: 'bad-operator', property, got: describeValue(value), expected, ...(fix === undefined ? {} : { fix }) };
}

function unknown(property: string, value: Json, key: string, names: readonly string[]): Finding {
  const meant = closest(key, names);
  const fix = meant === undefined ? 'leave it out' : `did you mean ${JSON.stringify(meant)}?`;
  return { code: 'unknown-field', property, got: describeValue(value), expected: 'a field of an IstioOperator', fix };
}
