import type { Chart } from 'cdk8s';
import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { Finding } from '../errors/finding';
import { MeshError } from '../errors/mesh-error';
import type { JsonObject } from '../rules/json';
import type { Unjudged } from '../validation/unknowns';
import { Cluster } from './cluster';
import { compareConstructs } from './construct-path';
import { identityKey, identityOf, objectName } from './identity';
import type { Identity } from './identity';

/** One rendered object of the program. */
export interface SynthObject {
  readonly construct: ApiObject;
  readonly manifest: JsonObject;
  readonly identity: Identity;
  readonly chart: Chart;
}

/** What rendering gave: objects, and what was found up to then, such as objects that could not be rendered. */
export interface Rendering {
  readonly objects: readonly SynthObject[];
  readonly findings: readonly Finding[];
}

/** What could not be judged of an object of the program. */
export interface ProgramUnjudged extends Unjudged {
  /** Path of the construct. */
  readonly construct: string;
}

/** A rendering that nothing is wrong with. */
export interface Synthesis {
  readonly objects: readonly SynthObject[];
  /** Findings of severity `warning`, sorted. */
  readonly warnings: readonly Finding[];
  /** Findings of severity `note`, sorted. */
  readonly notes: readonly Finding[];
  /**
   * Every value that is known only at deployment, and every rule whose outcome depends on one; sorted by construct, path and
   * rule. An adapter reads them: a rule may turn out to be broken by the value that the deployment brings.
   */
  readonly unknowns: readonly ProgramUnjudged[];
}

/** Renders every object among constructs, ours and those of other libraries, in the order of the tree. */
export function renderTree(constructs: readonly IConstruct[]): Rendering {
  const objects: SynthObject[] = [];
  const findings: Finding[] = [];
  const clusters = new Map<Chart, string>();
  for (const construct of constructs) {
    if (!ApiObject.isApiObject(construct)) continue;
    try {
      const manifest = construct.toJson() as JsonObject;
      const { chart } = construct;
      const cluster = clusters.get(chart) ?? Cluster.pathOf(chart);
      clusters.set(chart, cluster);
      objects.push({ construct, manifest, identity: identityOf(manifest, cluster), chart });
    } catch (error) {
      findings.push(...findingsOfError(error, construct));
    }
  }
  return { objects, findings };
}

/** Two objects of one identity, where they are no shared one: a finding for the later of them. */
export function duplicateFindings(objects: readonly SynthObject[]): Finding[] {
  const owners = new Map<string, SynthObject>();
  const findings: Finding[] = [];
  // objects whose names the server makes up are never the same
  const named = objects.filter(({ identity }) => identity.name !== '');
  for (const object of named.sort((a, b) => compareConstructs(a.construct, b.construct))) {
    const key = identityKey(object.identity);
    const owner = owners.get(key);
    if (owner === undefined) owners.set(key, object);
    else findings.push(duplicateFinding(object, owner));
  }
  return findings;
}

function duplicateFinding(object: SynthObject, owner: SynthObject): Finding {
  const cluster = object.identity.cluster === '' ? 'the program' : `cluster ${object.identity.cluster}`;
  return {
    code: 'duplicate-object',
    construct: object.construct.node.path,
    object: objectName(object.manifest),
    property: 'metadata.name',
    got: `an object that ${owner.construct.node.path} makes, too`,
    expected: `one object of this group, kind, namespace and name in ${cluster}`,
    fix: 'name one of them otherwise, or make it once and hand it on',
  };
}

/**
 * What the constructs say of themselves by `node.addValidation`, as cdk8s asks them: the checks of cdk8s-plus and of the
 * program's own constructs.
 */
export function constructFindings(constructs: readonly IConstruct[]): Finding[] {
  return constructs.flatMap((construct) => {
    try {
      return construct.node.validate().map((message) => constructFinding(construct, message));
    } catch (error) {
      return MeshError.isMeshError(error) ? withPath(error.findings, construct) : [constructFinding(construct, messageOf(error))];
    }
  });
}

function constructFinding(construct: IConstruct, message: string): Finding {
  return {
    code: 'construct-validation',
    construct: construct.node.path,
    property: '',
    got: `the complaint "${message.split('\n').join(' ')}"`,
    expected: 'a construct that finds nothing wrong with itself',
    fix: 'it comes from node.addValidation() of that construct',
  };
}

function findingsOfError(error: unknown, construct: ApiObject): readonly Finding[] {
  if (MeshError.isMeshError(error)) return withPath(error.findings, construct);
  // an object of another library that cannot render itself
  return [
    {
      code: 'cannot-render',
      construct: construct.node.path,
      object: { apiVersion: construct.apiVersion, kind: construct.kind, name: construct.name },
      property: '',
      got: messageOf(error).split('\n')[0] ?? '',
      expected: 'an object that renders',
      fix: 'see what its construct was given',
    },
  ];
}

/** Every finding of a synthesis leads to a construct. */
function withPath(findings: readonly Finding[], construct: IConstruct): Finding[] {
  return findings.map((finding) => ({ construct: construct.node.path, ...finding }));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
