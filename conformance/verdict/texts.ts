import type { Json, JsonObject } from '../../src/rules/json';
import { textFor } from './patterns';
import type { Random } from './random';
import { listOf, numberOf, textOf } from './schema-tree';

/** Texts that mean something, by the last name of the field; a schema seldom says what a text is for. */
const BY_NAME: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(hosts?|hostnames?|fqdn|authority|subjectAltNames|sniHosts)$/i, ['reviews.shop.svc.cluster.local', 'shop.example.com', '*.example.com', 'localhost']],
  [/^(address|addresses|ip|clusterIP)$/i, ['10.1.2.3', 'shop.example.com', '2001:db8::1']],
  [/^(sourceSubnet|destinationSubnets?|ipBlocks|notIpBlocks|cidr)$/i, ['10.0.0.0/8', '192.168.0.0/16']],
  [/^(bind)$/, ['127.0.0.1', '0.0.0.0']],
  [/(uri|url)$/i, ['https://shop.example.com/jwks', 'oci://registry.example.com/filter:v1']],
  [/(path|prefix)$/i, ['/shop', '/api/v1', '/']],
  [/^(value)$/, ['10.1.2.3', 'shop.example.com', 'shop', 'v1']],
  [/^(namespaces?)$/i, ['shop', 'default']],
  [/^operator$/, ['In', 'Exists']],
  [/^(protocol)$/i, ['HTTP', 'TCP', 'HTTP2']],
];
const DURATIONS = ['5s', '250ms', '1m30s', '1h', '10s'];
const WORDS = ['shop', 'reviews', 'v1', 'web', 'ratings-v2', 'a', 'x-request-id'];
const BY_FORMAT: ReadonlyMap<string, readonly string[]> = new Map([
  ['date-time', ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.123+02:00']],
  ['date', ['2026-01-31']],
  ['byte', ['aGVsbG8=', 'AA==', '']],
  ['ipv4', ['10.1.2.3']],
  ['ipv6', ['2001:db8::1']],
  ['duration', DURATIONS],
]);

/** A text for a node: from its enum, format, pattern, rules or name, in this order, of an allowed length. */
export function textOfNode(schema: JsonObject, name: string, random: Random): string {
  const candidate = candidateText(schema, name, random);
  const most = numberOf(schema, 'maxLength') ?? Number.POSITIVE_INFINITY;
  const least = numberOf(schema, 'minLength') ?? 0;
  const text = [...candidate].slice(0, most).join('');
  return text.length >= least ? text : text.padEnd(least, 'a');
}

function candidateText(schema: JsonObject, name: string, random: Random): string {
  const format = BY_FORMAT.get(textOf(schema, 'format') ?? '');
  if (format !== undefined) return random.pick(format);
  const pattern = textOf(schema, 'pattern');
  const plain = plainText(schema, name, random);
  if (pattern === undefined) return plain;
  const expression = compiled(pattern);
  // a text that means something is the better test, where one fits
  if (expression?.test(plain) === true && random.chance(50)) return plain;
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const text = textFor(pattern, random);
    const most = numberOf(schema, 'maxLength') ?? Number.POSITIVE_INFINITY;
    if (expression?.test(text) !== false && text.length <= most && text.length >= (numberOf(schema, 'minLength') ?? 0)) return text;
  }
  return plain;
}

function plainText(schema: JsonObject, name: string, random: Random): string {
  const rules = rulesText(schema);
  if (rules.includes('duration(self)')) return random.pick(DURATIONS);
  if (rules.includes('self.size() == 0')) return '';
  const listed = /^self in \[([^\]]*)\]$/m.exec(rules)?.[1];
  if (listed !== undefined) return random.pick([...listed.matchAll(/["']([^"']*)["']/g)].map((match) => match[1] ?? ''));
  const table = BY_NAME.find(([fits]) => fits.test(name))?.[1];
  return random.pick(table ?? WORDS);
}

/** Keys that a map may hold: rules on its keys tell which. */
export function keyOfMap(schema: JsonObject, index: number, isOfQuantities: boolean): string {
  if (isOfQuantities) return ['cpu', 'memory'][index] ?? `example.com/key${index}`;
  return rulesText(schema).includes('int(key)') ? String(8080 + index) : (['app', 'version', 'example.com/tier'][index] ?? `key${index}`);
}

export function rulesText(schema: JsonObject): string {
  return listOf(schema, 'x-kubernetes-validations')
    .map((rule: Json) => String((rule as JsonObject)['rule']))
    .join('\n');
}

const expressions = new Map<string, RegExp | undefined>();

/** The pattern as this language reads it; the subset in use means the same in both. */
export function compiled(pattern: string): RegExp | undefined {
  if (!expressions.has(pattern)) {
    try {
      expressions.set(pattern, new RegExp(pattern, 'u'));
    } catch {
      expressions.set(pattern, looseExpression(pattern));
    }
  }
  return expressions.get(pattern);
}

/** Without the strict mode, for escapes such as \- that it does not take. */
function looseExpression(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern);
  } catch {
    return undefined;
  }
}
