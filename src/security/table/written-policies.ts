import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { rootState } from '../../core/root-state';
import { SynthSession } from '../../core/synth-session';
import { isJsonObject } from '../../rules/json';
import type { Json, JsonObject } from '../../rules/json';
import type { Denial } from '../access/grants';
import type { ServiceSubject } from '../access/policy-target';
import { policiesOfGrants } from '../guards/policy-findings';
import { policiesAround, programObject, programPolicies, rootNamespaces, selectedLabels } from '../mtls/program-policies';
import type { ProgramObject } from '../mtls/program-policies';
import type { AccessRow } from './access-table';

const ACTIONS = ['ALLOW', 'DENY', 'AUDIT', 'CUSTOM'] as const;
/** What stands before callers of each field of a policy's source. */
const CALLERS: Readonly<Record<string, string>> = { principals: '', namespaces: 'namespace ', serviceAccounts: 'account ', trustDomains: 'trust domain ', ipBlocks: 'address ', remoteIpBlocks: 'client address ', requestPrincipals: 'token ' };

/** A row for each rule of the AuthorizationPolicies that the program writes itself. */
export function writtenRows(root: IConstruct, denials: readonly Denial[]): AccessRow[] {
  const made = policiesOfGrants(root);
  const closed = new Set<IConstruct>(denials.map(({ target }) => target.scope));
  const all = SynthSession.of(root).constructs().filter((construct): construct is ApiObject => ApiObject.isApiObject(construct) && construct.kind === 'AuthorizationPolicy' && construct.apiVersion.startsWith('security.istio.io/'));
  // what closes pods by default is in the table already
  const written = all.filter((construct) => !made.has(construct) && !(construct.node.scope !== undefined && closed.has(construct.node.scope) && programObject(construct)?.spec['rules'] === undefined));
  if (written.length === 0) return [];
  const policies = programPolicies(root);
  const services = servicesByPods(root);
  return written.flatMap((construct) => {
    const policy = programObject(construct);
    if (policy === undefined) return [];
    const roots = rootNamespaces(policiesAround(construct, policies));
    return rowsOf(policy, targetOf(policy, roots, services));
  });
}

function rowsOf(policy: ProgramObject, to: string): AccessRow[] {
  const { construct, spec } = policy;
  const said = spec['action'] ?? 'ALLOW';
  const action = ACTIONS.find((each) => each === said) ?? 'ALLOW';
  const dryRun = annotationOf(construct) === 'true';
  const place = { cluster: Cluster.pathOf(construct), to, dryRun, implied: false, construct: construct.node.path };
  const rules = listOf(spec['rules']).map((rule) => (isJsonObject(rule) ? rule : {}));
  if (rules.length === 0) return action === 'ALLOW' ? [{ ...place, action: 'NONE', from: ['anyone'], except: [], what: 'without a grant' }] : [];
  const { provider } = spec;
  const asked = isJsonObject(provider) ? [`asks ${String(provider['name'])}`] : [];
  return rules.map((rule) => ({ ...place, action, ...callersOf(rule), what: [...asked, ...whatOf(rule)].join(' | ') }));
}

function annotationOf(construct: ApiObject): unknown {
  const { metadata } = construct.toJson() as { readonly metadata?: { readonly annotations?: Readonly<Record<string, unknown>> } };
  return metadata?.annotations?.['istio.io/dry-run'];
}

/** The service that has the same pods, where there is one; else the pods by their labels. */
function targetOf(policy: ProgramObject, roots: readonly string[], services: ReadonlyMap<string, string>): string {
  const labels = Object.entries(selectedLabels(policy)).sort();
  if (labels.length === 0) return roots.includes(policy.namespace) ? 'mesh' : `namespace ${policy.namespace}`;
  const service = services.get(JSON.stringify([Cluster.pathOf(policy.construct), policy.namespace, labels]));
  return service ?? `pods ${policy.namespace}/${labels.map(([key, value]) => `${key}=${value}`).join(',')}`;
}

/** Services by constructs before those that are written by hand, or stand in files. */
function servicesByPods(root: IConstruct): ReadonlyMap<string, string> {
  const services = rootState(root, 'meshServices', () => new Map<string, ServiceSubject>());
  const byHand = SynthSession.of(root).constructs().filter((construct): construct is ApiObject => ApiObject.isApiObject(construct) && construct.kind === 'Service' && construct.apiVersion === 'v1');
  const written = byHand.flatMap((construct) => {
    const service = programObject(construct);
    const selector = service?.spec['selector'];
    return service === undefined || !isJsonObject(selector) ? [] : [{ construct, namespace: service.namespace, name: service.name, selector }];
  });
  const said = [...services.values()].map((service) => ({ construct: service, namespace: service.namespace, name: service.name, selector: service.selector }));
  return new Map([...written, ...said].map(({ construct, namespace, name, selector }) => [JSON.stringify([Cluster.pathOf(construct), namespace, Object.entries(selector).sort()]), `service ${namespace}/${name}`]));
}

function callersOf({ from }: JsonObject): { readonly from: string[]; readonly except: string[] } {
  const sources = listOf(from).map((each) => (isJsonObject(each) && isJsonObject(each['source']) ? each['source'] : {}));
  const named = (source: JsonObject, isMeant: boolean): string[] =>
    Object.entries(CALLERS).flatMap(([key, word]) => listOf(source[isMeant ? key : `not${key.charAt(0).toUpperCase()}${key.slice(1)}`]).map((value) => `${word}${String(value)}`));
  // of one source all has to hold, and of several any
  const callers = sources.map((source) => named(source, true).join(' and ') || 'anyone');
  return { from: callers.length === 0 ? ['anyone'] : [...new Set(callers)].sort(), except: [...new Set(sources.flatMap((source) => named(source, false)))].sort() };
}

function whatOf({ to, when }: JsonObject): string[] {
  const operations = listOf(to).flatMap((each) => (isJsonObject(each) && isJsonObject(each['operation']) ? [Object.entries(each['operation']).map(([key, values]) => `${wordOf(key)} ${textOf(values)}`).join('; ')] : []));
  const conditions = listOf(when).filter(isJsonObject).flatMap(({ key, values, notValues }) => [
    ...(values === undefined ? [] : [`when ${String(key)} is ${textOf(values, ' or ')}`]),
    ...(notValues === undefined ? [] : [`when ${String(key)} is not ${textOf(notValues, ' or ')}`]),
  ]);
  const text = [operations.filter((each) => each !== '').join(' | '), ...conditions].filter((each) => each !== '').join('; ');
  return text === '' ? [] : [text];
}

function wordOf(key: string): string {
  return key.startsWith('not') ? `not ${key.slice(3).toLowerCase()}` : key;
}

function textOf(values: Json, between = ', '): string {
  return listOf(values).map(String).join(between);
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
