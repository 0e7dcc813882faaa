import { emitModule } from '../../src/codegen/emit/emit-module';
import type { JsonObject } from '../../src/rules/json';

const TEXT: JsonObject = { type: 'string' };
const meta = (properties: Record<string, JsonObject>): JsonObject => ({ type: 'object', properties, additionalProperties: false });

test('what says which object it is has to be known, in ObjectMeta and nowhere else', async () => {
  const properties = { name: TEXT, namespace: TEXT, generateName: TEXT, uid: TEXT };
  const types = [{ name: 'ObjectMeta', schema: meta(properties) }, { name: 'OwnerReference', schema: meta(properties) }];
  const text = await emitModule({ types, foreign: [] });
  const [, own, other] = /interface ObjectMeta \{([^}]*)\}[\s\S]*interface OwnerReference \{([^}]*)\}/.exec(text) ?? [];
  expect(own?.match(/\w+\?: \S+;/g)).toEqual(['name?: Known<string>;', 'namespace?: Known<string>;', 'generateName?: Known<string>;', 'uid?: string;']);
  expect(other).not.toContain('Known');
  expect(text).toContain("type Known<T> = T & { readonly '~knownAtDeployment'?: never };");
});

test('a module without ObjectMeta, or with another type of that name, is as it was', async () => {
  const types = [{ name: 'ObjectMeta', schema: meta({ name: { type: 'integer' } }) }];
  expect(await emitModule({ types, foreign: [] })).not.toContain('Known');
});
