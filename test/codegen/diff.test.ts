import { diffReleases, formatChange } from '../../src/codegen/diff';
import type { PublishedRelease } from '../../src/codegen/model';
import type { JsonObject } from '../../src/rules/json';
import { crd, release } from './crd';

const spec = (properties: Record<string, JsonObject>, more: JsonObject = {}): JsonObject => ({ type: 'object', properties, ...more });

test('kinds and fields that came, went or changed', () => {
  const old = release(
    '1',
    crd({ kind: 'Gone' }),
    crd({
      versions: {
        v1: spec({
          same: { type: 'string', description: 'old words', maxLength: 3 },
          port: { type: 'integer' },
          mode: { type: 'string', enum: ['A'] },
          old: spec({ inner: { type: 'string' } }),
          list: { type: 'array', items: spec({ a: { type: 'string' } }) },
        }),
      },
    }),
  );
  const now = release(
    '2',
    crd({ kind: 'New' }),
    crd({
      versions: {
        v1: spec(
          {
            same: { type: 'string', description: 'new words' },
            port: { 'x-kubernetes-int-or-string': true },
            mode: { type: 'string', enum: ['A', 'B'] },
            list: { type: 'array', items: spec({ a: { type: 'string' }, b: { type: 'object', additionalProperties: { type: 'string' } } }) },
          },
          { required: ['mode'] },
        ),
        v1beta1: spec({}),
      },
    }),
  );
  expect(diffReleases(old, now).map(formatChange)).toEqual([
    '- Gone (example.com)',
    '+ New (example.com)',
    '~ Widget apiVersion: v1 → v1, v1beta1',
    '+ Widget spec.list[].b: map of string',
    '~ Widget spec.mode: "A" → "A" | "B"',
    '- Widget spec.old: object',
    '~ Widget spec.port: number → number | string',
  ]);
});

test('a file does not differ from itself', () => {
  const one = release('1', crd(), crd({ kind: 'Other' }));
  expect(diffReleases(one, one)).toEqual([]);
});

test('a definition that kinds share is compared once', () => {
  const server = (properties: Record<string, JsonObject>): PublishedRelease => ({
    ...release('1', crd(), crd({ kind: 'Other' })),
    definitions: { 'io.k8s.api.core.v1.PodSpec': spec(properties) },
  });
  const changes = diffReleases(server({ a: { type: 'string' } }), server({ a: { type: 'string' }, b: { type: 'boolean' } }));
  expect(changes).toEqual([{ change: 'added', group: 'io.k8s.api.core.v1', kind: 'PodSpec', field: 'b', new: 'boolean' }]);
});
