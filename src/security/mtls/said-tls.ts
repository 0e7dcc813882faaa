import { isJsonObject } from '../../rules/json';
import type { Json, JsonObject } from '../../rules/json';

/** The TLS that callers of a port speak, and where a DestinationRule says so. */
export interface SaidTls {
  readonly mode: string;
  readonly property: string;
  /** Of the service; undefined for all that have none of their own. */
  readonly port: number | undefined;
}

/** What a DestinationRule says of TLS: for all ports, for some, and for subsets. */
export function saidTls(spec: JsonObject): SaidTls[] {
  const subsets = Array.isArray(spec['subsets']) ? (spec['subsets'] as readonly Json[]) : [];
  return [...saidIn(spec['trafficPolicy'], 'spec.trafficPolicy'), ...subsets.flatMap((subset, index) => (isJsonObject(subset) ? saidIn(subset['trafficPolicy'], `spec.subsets[${index}].trafficPolicy`) : []))];
}

function saidIn(policy: Json | undefined, property: string): SaidTls[] {
  if (!isJsonObject(policy)) return [];
  const levels = Array.isArray(policy['portLevelSettings']) ? (policy['portLevelSettings'] as readonly Json[]) : [];
  return [
    ...modeIn(policy, `${property}.tls.mode`, undefined),
    ...levels.flatMap((level, index) => {
      const port = isJsonObject(level) && isJsonObject(level['port']) ? level['port']['number'] : undefined;
      if (!isJsonObject(level) || typeof port !== 'number') return [];
      const place = `${property}.portLevelSettings[${index}].tls.mode`;
      // a port with settings of its own has nothing from the rest, and without TLS none
      return level['tls'] === undefined ? [{ mode: '', property: place, port }] : modeIn(level, place, port);
    }),
  ];
}

function modeIn(policy: JsonObject, property: string, port: number | undefined): SaidTls[] {
  const tls = policy['tls'];
  const mode = isJsonObject(tls) ? (tls['mode'] ?? 'DISABLE') : undefined;
  return typeof mode === 'string' ? [{ mode, property, port }] : [];
}
