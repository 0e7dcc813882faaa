import type { Construct } from 'constructs';
import { groupOf } from './identity';
import type { ObjectProps, ObjectType } from './mesh-object';
import { chartAround, requireObject, requirePlace } from './place';
import { describeValue, refusal } from './refusal';
import { isUnknown } from './unknown-brand';

/**
 * Refuses what no object can be made of, before cdk8s sees it: its own complaints name neither construct nor prop.
 *
 * @throws MeshError naming the place and the prop.
 */
export function checkObject(scope: Construct, id: string, type: ObjectType, props: ObjectProps): void {
  const construct = requirePlace(scope, id, 'give another id; an object may still have that name, as metadata.name');
  if (chartAround(scope) === undefined) {
    throw refusal({ construct }, 'scope', {
      code: 'bad-scope',
      got: scope.node.path === '' ? 'the app itself' : `${scope.node.path}, which is in no Chart`,
      expected: 'a scope in a Chart: charts decide on files, namespaces and labels',
      fix: 'make a Chart and hand it on as scope',
    });
  }
  checkType(construct, type);
  requireObject(props, construct);
  checkContradictions(construct, type, props);
  checkMetadata(construct, props.metadata);
}

function checkType(construct: string, type: ObjectType): void {
  const given: unknown = requireObject(type, construct, 'type');
  const { apiVersion, kind, scope } = given as Record<string, unknown>;
  const wrong = [
    { property: 'type.apiVersion', value: apiVersion, expected: 'an apiVersion such as networking.istio.io/v1', isRight: isText(apiVersion) },
    { property: 'type.kind', value: kind, expected: 'a kind such as VirtualService', isRight: isText(kind) },
    { property: 'type.scope', value: scope, expected: '"Namespaced" or "Cluster"', isRight: scope === 'Namespaced' || scope === 'Cluster' },
  ].find(({ isRight }) => !isRight);
  if (wrong === undefined) return;
  const { property, value, expected } = wrong;
  throw refusal({ construct }, property, { code: 'bad-object-type', got: describeValue(value), expected, fix: 'say what kind of object it is' });
}

/** A class stands for one kind of one group; only the served version may differ. */
function checkContradictions(construct: string, type: ObjectType, props: ObjectProps): void {
  const { kind, apiVersion } = props as { kind?: unknown; apiVersion?: unknown };
  if (kind !== undefined && kind !== type.kind) {
    throw refusal({ construct }, 'kind', {
      code: 'other-kind',
      got: describeValue(kind),
      expected: `"${type.kind}", or nothing`,
      fix: `leave it out, or make the object with the class of that kind instead of ${type.kind}`,
    });
  }
  if (apiVersion === undefined || (isText(apiVersion) && groupOf(apiVersion) === groupOf(type.apiVersion))) return;
  const group = groupOf(type.apiVersion);
  throw refusal({ construct }, 'apiVersion', {
    code: 'other-api-version',
    got: describeValue(apiVersion),
    expected: group === '' ? `a version such as ${type.apiVersion}` : `a version of ${group}, such as ${type.apiVersion}`,
    fix: `leave it out: ${type.kind} is ${type.apiVersion}`,
  });
}

/** cdk8s spreads these: a text would become a field for each letter, a number nothing at all. */
function checkMetadata(construct: string, metadata: unknown): void {
  if (metadata === undefined || metadata === null) return;
  const { labels, annotations } = requireObject(metadata as Record<string, unknown>, construct, 'metadata');
  for (const [key, value] of Object.entries({ labels, annotations })) {
    if (value === undefined || value === null || isUnknown(value)) continue;
    requireObject(value, construct, `metadata.${key}`);
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
