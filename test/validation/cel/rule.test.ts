import { compileRule, isCompileFailure } from '../../../src/validation/cel/rule';
import type { CompiledRule, Rule } from '../../../src/validation/cel/rule';

const schema = {
  type: 'object',
  properties: {
    port: { type: 'integer' },
    host: { type: 'string' },
    rate: { type: 'number' },
    wait: { type: 'string', format: 'duration' },
    either: { 'x-kubernetes-int-or-string': true },
    free: { 'x-kubernetes-preserve-unknown-fields': true },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    namespace: { type: 'string' },
    items: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } } },
  },
};

function compiled(rule: Partial<Rule> & { readonly rule: string }): CompiledRule {
  const result = compileRule(rule, schema);
  if (isCompileFailure(result)) throw new TypeError(result.error);
  return result;
}

describe('a rule that does not fit its schema does not compile', () => {
  test.each([
    ['self.prot > 0', /undefined field 'prot'/],
    ['self.port.startsWith("a")', /no matching overload for 'startsWith'/],
    ['self.port == "80"', /no overload of == for int and string/],
    ['self.port + self.rate > 1.0', /no matching overload/],
    ['self.items.all(i, i.nam == "a")', /undefined field 'nam'/],
    ['self.host', /gives string, not bool/],
    ['self.either', /gives dyn, not bool/],
    ['self.free == 1', /undefined field 'free'/],
    ['nothing == 1', /undeclared reference to 'nothing'/],
    ['frobnicate(self.host)', /undeclared reference to 'frobnicate'/],
    ['self.host.frobnicate()', /undeclared reference to 'frobnicate'/],
    ['self.all(x, true)', /cannot be range of a comprehension/],
    ['self.host == ', /Unexpected token/],
    ['duration("1x") > duration("1s")', /invalid duration/],
    ['self.host.matches("[")', /invalid matches argument/],
    ['math.greatest(1, 2) == 2', /undeclared reference to 'math'/],
    ['has(self)', /has\(\) takes one field selection/],
    ['[1, "a"].size() == 2', /mixed types/],
  ])('%s', (rule, error) => {
    const result = compileRule({ rule }, schema);
    expect(isCompileFailure(result) ? result.error : 'it compiled').toMatch(error);
  });

  test.each([
    [{ rule: 'true', messageExpression: 'self.port' }, /gives int, not string/],
    [{ rule: 'true', messageExpression: 'self.nope' }, /undefined field/],
    [{ rule: 'true', fieldPath: '.nope' }, /does not refer to a valid field/],
    [{ rule: 'true', fieldPath: 'port' }, /is no path of field names/],
  ])('%j', (rule, error) => {
    const result = compileRule(rule, schema);
    expect(isCompileFailure(result) ? result.error : 'it compiled').toMatch(error);
  });
});

describe('what a rule says when it refuses', () => {
  test.each([
    ['its message, trimmed', { rule: 'false', message: ' no ' }, 'no'],
    ['itself where it has none', { rule: ' self.port > 9 ' }, 'failed rule: self.port > 9'],
    ['what its expression gives', { rule: 'false', message: 'no', messageExpression: '"port " + string(self.port)' }, 'port 5'],
    ['its message where the expression fails', { rule: 'false', message: 'no', messageExpression: 'self.labels["x"]' }, 'no'],
    ['its message where the expression gives two lines', { rule: 'false', message: 'no', messageExpression: '"a\\nb"' }, 'no'],
    ['its message where the expression gives nothing', { rule: 'false', message: 'no', messageExpression: '" "' }, 'no'],
  ])('%s', (_name, rule, message) => {
    expect(compiled(rule).check({ port: 5, labels: {} }, undefined)).toEqual({ message });
  });

  test('an error refuses, and says why', () => {
    expect(compiled({ rule: 'self.labels["x"] == "y"', message: 'no' }).check({ labels: {} }, undefined)).toEqual({
      message: 'no',
      error: 'no such key: x',
    });
  });
});

describe('values as the schema types them', () => {
  test.each([
    ['self.port / 2 == 2', { port: 5 }],
    ['self.rate / 2.0 == 2.5', { rate: 5 }],
    ['self.wait > duration("1m")', { wait: '90s' }],
    ['type(self.either) == int && self.either + 1 == 81', { either: 80 }],
    ['self.__namespace__ == "a" && self.namespace == "a"', { namespace: 'a' }],
    ['!has(self.host)', { host: null }],
    ['!has(self.labels.constructor)', { labels: {} }],
    ['self.labels.exists(k, k == "a.b") && self.labels["a.b"] == "c"', { labels: { 'a.b': 'c' } }],
  ])('%s', (rule, self) => {
    expect(compiled({ rule }).check(self, undefined)).toBeUndefined();
  });
});

describe('transition rules', () => {
  test('are known as such, by what they read and not by their text', () => {
    expect(compiled({ rule: 'self.port == oldSelf.port' }).usesOldSelf).toBe(true);
    expect(compiled({ rule: 'self.host != "oldSelf"' }).usesOldSelf).toBe(false);
  });

  test('compare with the old value', () => {
    const { check } = compiled({ rule: 'self.port == oldSelf.port', message: 'immutable' });
    expect(check({ port: 1 }, { port: 1 })).toBeUndefined();
    expect(check({ port: 1 }, { port: 2 })).toEqual({ message: 'immutable' });
  });

  test('may run without one', () => {
    const { check } = compiled({ rule: 'oldSelf.hasValue() || self.port == 1', optionalOldSelf: true });
    expect(check({ port: 1 }, undefined)).toBeUndefined();
    expect(check({ port: 2 }, undefined)).toBeDefined();
    expect(check({ port: 2 }, { port: 1 })).toBeUndefined();
  });
});
