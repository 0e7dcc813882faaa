import type { IConstruct } from 'constructs';
import { Cluster } from '../../core/cluster';
import { rootState } from '../../core/root-state';
import type { Finding } from '../../errors/finding';
import { isJsonObject } from '../../rules/json';
import type { Json, JsonObject } from '../../rules/json';
import { LabelIndex } from '../access/label-index';
import { maySeeRequests, policyTarget } from '../access/policy-target';
import type { PolicyTarget, ServiceSubject } from '../access/policy-target';
import { policiesAround, programPolicies, rootNamespaces, selectedLabels } from '../mtls/program-policies';
import type { ProgramObject } from '../mtls/program-policies';

/**
 * Ports that a denial written by hand closes, though it is about requests: where there are none, Istio leaves out what it asks of them,
 * and the rest of the rule holds for every connection. A denial by `denyFrom` leaves such ports out.
 *
 * @see https://istio.io/latest/docs/tasks/security/authorization/authz-tcp/
 */
export function closedPorts(root: IConstruct, objects: readonly ProgramObject[]): Finding[] {
  const denials = objects.filter(({ construct, spec }) => construct.kind === 'AuthorizationPolicy' && spec['action'] === 'DENY' && spec['targetRefs'] === undefined && spec['targetRef'] === undefined);
  const asking = denials.filter(({ spec }) => list(spec['rules']).some(isAboutRequests));
  if (asking.length === 0) return [];
  const services = servicesByPlace(root);
  const clusters = programPolicies(root);
  return asking.flatMap((policy) => {
    const cluster = Cluster.pathOf(policy.construct);
    const isForAll = rootNamespaces(policiesAround(policy.construct, clusters)).includes(policy.namespace);
    const near = [...services].filter(([place]) => (isForAll ? place.startsWith(`${cluster}\n`) : place === `${cluster}\n${policy.namespace}`)).map(([, index]) => index);
    const labels = selectedLabels(policy);
    const targets = near.flatMap((index) => [...new Set([...index.wider(labels), ...index.narrower(labels)])]);
    const closed = targets.flatMap((target) => target.ports()).filter((port) => !maySeeRequests(port)).flatMap(({ number }) => number ?? []);
    return list(policy.spec['rules']).flatMap((rule, index) => {
      const ports = closed.filter((port) => isAboutRequests(rule) && holdsAt(rule, port));
      return ports.length === 0 ? [] : [warning(policy, index, [...new Set(ports)].sort((a, b) => a - b))];
    });
  });
}

function warning({ construct }: ProgramObject, index: number, ports: readonly number[]): Finding {
  return {
    code: 'http-rule-on-tcp-port',
    severity: 'warning',
    construct: construct.node.path,
    property: `spec.rules[${index}]`,
    got: `a denial about requests, which closes port ${ports.join(', ')}, where there are none`,
    expected: 'a denial that leaves out the ports whose traffic no proxy reads as requests',
    fix: 'name the ports in notPorts of each operation, or say it with denyFrom, which leaves them out',
  };
}

function servicesByPlace(root: IConstruct): ReadonlyMap<string, LabelIndex<PolicyTarget>> {
  const places = new Map<string, PolicyTarget[]>();
  for (const service of rootState(root, 'meshServices', () => new Map<string, ServiceSubject>()).values()) {
    const place = `${Cluster.pathOf(service)}\n${service.namespace}`;
    const target = policyTarget(undefined, service, 'ports');
    const others = places.get(place);
    if (others === undefined) places.set(place, [target]);
    else others.push(target);
  }
  return new Map([...places].map(([place, all]) => [place, new LabelIndex(all, ({ selector }) => selector?.() ?? {})]));
}

const OF_REQUESTS = ['methods', 'notMethods', 'paths', 'notPaths', 'hosts', 'notHosts', 'requestPrincipals', 'notRequestPrincipals'];

function isAboutRequests(rule: Json): boolean {
  return asksCallers(rule) || operationsOf(rule).some(asksRequests);
}

/** Whether the callers are told by something that only requests have. */
function asksCallers(rule: Json): boolean {
  if (!isJsonObject(rule)) return false;
  return list(rule['from']).some((each) => asksRequests(part(each, 'source'))) || conditionsOf(rule).some(({ key }) => String(key).startsWith('request.'));
}

function asksRequests(given: JsonObject): boolean {
  return OF_REQUESTS.some((key) => given[key] !== undefined);
}

/** Whether what the rule asks of requests is left out at this port, and the rest of it holds there. */
function holdsAt(rule: Json, port: number): boolean {
  const number = String(port);
  const isMeant = (values: Json | undefined, notValues: Json | undefined): boolean => (values === undefined || list(values).includes(number)) && !list(notValues).includes(number);
  if (!conditionsOf(rule).every(({ key, values, notValues }) => key !== 'destination.port' || isMeant(values, notValues))) return false;
  const operations = operationsOf(rule);
  // an operation of ports alone means what it says
  return operations.length === 0 || operations.some((each) => (asksCallers(rule) || asksRequests(each)) && isMeant(each['ports'], each['notPorts']));
}

function operationsOf(rule: Json): readonly JsonObject[] {
  return isJsonObject(rule) ? list(rule['to']).map((each) => part(each, 'operation')) : [];
}

function conditionsOf(rule: Json): readonly JsonObject[] {
  return isJsonObject(rule) ? list(rule['when']).filter(isJsonObject) : [];
}

function part(value: Json, key: string): JsonObject {
  const inner = isJsonObject(value) ? value[key] : undefined;
  return isJsonObject(inner) ? inner : {};
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
