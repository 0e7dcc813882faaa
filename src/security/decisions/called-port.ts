import { describeValue } from '../../core/refusal';
import { isJsonObject } from '../../rules/json';
import type { Json, JsonObject } from '../../rules/json';
import { refuse, wholeNumber } from '../../traffic/rules/refuse';
import { maySeeRequests } from '../access/policy-target';
import type { PolicyTarget } from '../access/policy-target';

/** A port that is called. */
export interface CalledPort {
  readonly number: number;
  /** What the proxy reads there; `either` where it finds out by itself. */
  readonly sees: 'requests' | 'bytes' | 'either';
  /** Whether callers show who they are: at a gateway only where its Gateway asks for the mesh's own TLS. */
  readonly isMutual: boolean;
}

/**
 * The port of the pods that is meant.
 *
 * @throws MeshError when it is none, or several could be meant.
 */
export function calledPort(target: PolicyTarget, given: unknown, gateways: () => readonly JsonObject[]): CalledPort {
  const { scope, of, selector } = target;
  const place = { construct: scope.node.path, property: 'to.port' };
  const declared = target.ports();
  const numbers = [...new Set(declared.flatMap(({ number }) => number ?? []))].sort((a, b) => a - b);
  const number = given === undefined ? numbers[0] : wholeNumber(place, given, 1, 65_535);
  const isWhole = declared.every((port) => port.number !== undefined);
  if (number === undefined || (given === undefined && numbers.length > 1)) {
    const got = numbers.length === 0 ? 'no port that the program tells' : `several ports: ${numbers.join(', ')}`;
    throw refuse(place, 'which-port', got, 'one port of the pods', 'name it: to(service, 8080)');
  }
  // what listens nowhere is asked by mistake: ports of the service, perhaps
  if (given !== undefined && isWhole && numbers.length > 0 && !numbers.includes(number)) {
    throw refuse(place, 'unknown-port', describeValue(number), `a port of the pods: ${numbers.join(', ')}`, 'name the port that the pods listen on, which may be another than that of the service');
  }
  const meant = declared.filter((port) => port.number === number || (port.number === undefined && declared.length === 1));
  const sees = meant.length === 0 || meant.some(({ protocol }) => protocol === 'auto') ? 'either' : meant.some(maySeeRequests) ? 'requests' : 'bytes';
  return { number, sees, isMutual: of !== 'gateway' || isOfMesh(gateways(), selector?.() ?? {}, number) };
}

function isOfMesh(gateways: readonly JsonObject[], labels: Readonly<Record<string, string>>, number: number): boolean {
  const servers = gateways.flatMap(({ spec }) => {
    const { selector, servers: all } = isJsonObject(spec) ? spec : {};
    const isOwn = isJsonObject(selector) && Object.entries(selector).every(([key, value]) => labels[key] === value);
    return isOwn && Array.isArray(all) ? (all as readonly Json[]) : [];
  });
  return servers.some((server) => isJsonObject(server) && at(server, 'port')['number'] === number && at(server, 'tls')['mode'] === 'ISTIO_MUTUAL');
}

function at(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isJsonObject(value) ? value : {};
}
