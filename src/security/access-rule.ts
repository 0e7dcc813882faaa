import { describeValue } from '../core/refusal';
import { closest } from '../errors/closest';
import { meshError } from '../errors/mesh-error';
import type { Known } from '../core/unknown';

/** What the caller may do; all that is given must hold. */
export interface AccessRule {
  /**
   * HTTP methods, such as `GET`.
   * @default - any method, and traffic that is not HTTP
   */
  readonly methods?: readonly Known<string>[];
  /**
   * HTTP paths: exact, `/prefix*`, `*suffix`, or a template such as `/orders/{*}`.
   * @default - any path, and traffic that is not HTTP
   */
  readonly paths?: readonly Known<string>[];
  /**
   * Ports of the pods, 1 to 65535.
   * @default - any port
   */
  readonly ports?: readonly Known<number>[];
  /**
   * HTTP hosts, such as `shop.example.com`.
   * @default - any host, and traffic that is not HTTP
   */
  readonly hosts?: readonly Known<string>[];
}

interface Form {
  readonly expected: string;
  readonly isRight: (value: unknown) => boolean;
}

const FORMS: Readonly<Record<keyof AccessRule, Form>> = {
  methods: { expected: 'HTTP methods in capitals, such as "GET"', isRight: (value) => isText(value, /^\*$|^[A-Z]+\*?$/) },
  paths: { expected: 'paths that begin with "/" or "*"', isRight: (value) => isText(value, /^[/*]/) },
  ports: { expected: 'whole numbers from 1 to 65535', isRight: isPort },
  hosts: { expected: 'host names', isRight: (value) => isText(value, /^[A-Za-z0-9*.:_-]+$/) },
};

/**
 * Refuses what would allow more, or less, than it says: a key that there is not would leave the rule open, an empty list
 * means "any" to Istio, and a text that can match nothing denies.
 *
 * @throws MeshError naming the key.
 */
export function checkAccessRule(construct: string, rule: AccessRule): void {
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) throw notRule(construct, rule);
  for (const [key, values] of Object.entries(rule) as [string, unknown][]) {
    const form = Object.hasOwn(FORMS, key) ? FORMS[key as keyof AccessRule] : undefined;
    if (form === undefined) throw unknownKey(construct, key);
    if (values === undefined) continue;
    if (!Array.isArray(values)) throw refusal('bad-access-list', construct, key, values, `a list of ${form.expected}`);
    if (values.length === 0) {
      throw refusal('empty-access-list', construct, key, values, `at least one of the ${key} to allow`, `leave ${key} out to allow any`);
    }
    const wrong: unknown = values.find((value) => !form.isRight(value));
    if (wrong !== undefined || values.includes(undefined)) throw refusal('bad-access-list', construct, key, wrong, form.expected);
  }
}

function notRule(construct: string, rule: unknown): Error {
  return meshError({
    code: 'bad-access-rule',
    construct,
    property: 'allowFrom',
    got: describeValue(rule),
    expected: `an object with some of ${Object.keys(FORMS).join(', ')}`,
    fix: 'leave it out to allow any access',
  });
}

function unknownKey(construct: string, key: string): Error {
  const meant = closest(key, Object.keys(FORMS));
  return meshError({
    code: 'unknown-access-key',
    construct,
    property: `allowFrom.${key}`,
    got: `the key "${key}"`,
    expected: `one of ${Object.keys(FORMS).join(', ')}`,
    ...(meant === undefined ? {} : { fix: `did you mean "${meant}"?` }),
  });
}

function refusal(code: string, construct: string, key: string, got: unknown, expected: string, fix?: string): Error {
  const shown = Array.isArray(got) && got.length === 0 ? '[]' : describeValue(got);
  return meshError({ code, construct, property: `allowFrom.${key}`, got: shown, expected, ...(fix === undefined ? {} : { fix }) });
}

function isText(value: unknown, form: RegExp): boolean {
  return typeof value === 'string' && form.test(value);
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65_535;
}
