import { Construct } from 'constructs';
import { catalog } from '../../imports/catalog';
import { Cluster } from '../core/cluster';
import { MeshObject } from '../core/mesh-object';
import { describeValue } from '../core/refusal';
import { closest } from '../errors/closest';
import { meshError } from '../errors/mesh-error';
import type { JsonObject } from '../rules/json';
import { isJsonObject } from '../rules/json';
import { crdOf } from '../rules/crd';
import type { KindEntry } from '../rules/kind-rules';
import { nearestRelease, newest } from '../validation/versions';
import { flag, requireShape, text, texts } from './prop-shape';

/** What {@link BaseCrds} installs. */
export interface BaseCrdsProps {
  /**
   * Full version of the Istio release whose CRDs are wanted, such as `1.31.1`.
   * @default - the cluster's Istio version, else the newest known
   */
  readonly istio?: string;
  /**
   * Names of CRDs that are left out, such as `envoyfilters.networking.istio.io`: somebody else installs them, or nobody is to
   * have the kind.
   * @default - none
   */
  readonly exclude?: readonly string[];
  /**
   * Whether the CRDs stay in the cluster when the installation is deleted or pruned. With a CRD goes every object of its
   * kind.
   * @default true
   */
  readonly keepOnDelete?: boolean;
}

const CRD = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', scope: 'Cluster' } as const;
const SHAPE = { istio: text, exclude: texts, keepOnDelete: flag };

/** What a `layout` would keep as a CRD, goes with the rest after all. */
const DELETED_WITH_THE_REST = {
  'argocd.argoproj.io/sync-options': 'Prune=true,Delete=true',
  'kustomize.toolkit.fluxcd.io/prune': 'enabled',
};

/**
 * The CustomResourceDefinitions of an Istio release: what the `istio-base` chart installs, without descriptions.
 *
 * They are made from the same rules that validation uses.
 *
 * @see https://istio.io/latest/docs/setup/install/helm/
 */
export class BaseCrds extends Construct {
  private readonly keepOnDelete: boolean;

  /** @throws MeshError when the rules of that release are not known, or no release has a CRD that is to be left out. */
  public constructor(scope: Construct, id: string, props: BaseCrdsProps = {}) {
    super(scope, id);
    requireShape(this, props, SHAPE);
    this.keepOnDelete = props.keepOnDelete ?? true;
    const entries = catalog.filter((entry) => entry.source === 'istio');
    const release = this.releaseFor(props.istio, entries);
    const excluded = new Set(props.exclude);
    for (const entry of entries) {
      const name = `${entry.plural}.${entry.group}`;
      if (excluded.delete(name)) continue;
      const document = crdOf(entry.load(), { release });
      if (document !== undefined) this.addCrd(name, document);
    }
    const [unknown] = excluded;
    if (unknown !== undefined) throw this.noSuchCrd(unknown, entries.map((entry) => `${entry.plural}.${entry.group}`));
  }

  /** The release whose rules are known and that is nearest to what is wanted. */
  private releaseFor(wanted: string | undefined, entries: readonly KindEntry[]): string {
    const known = [...new Set(entries.flatMap((entry) => entry.load().releases.map(({ release }) => release)))];
    const version = wanted ?? newest(Cluster.factsOf(this).istio) ?? newest(known);
    const release = version === undefined ? undefined : nearestRelease(version, known);
    if (release !== undefined) return release;
    throw meshError({
      code: 'unknown-version',
      construct: this.node.path,
      property: 'istio',
      got: JSON.stringify(version),
      expected: `an Istio version; the CRDs of ${known.join(', ')} are known`,
    });
  }

  private addCrd(name: string, document: JsonObject): void {
    const { metadata, spec } = document;
    new MeshObject(this, name, CRD, { metadata: this.keepOnDelete ? metadata : withoutKeeping(metadata), spec } as object);
  }

  private noSuchCrd(name: string, known: readonly string[]): Error {
    const meant = closest(name, known);
    return meshError({
      code: 'unknown-crd',
      construct: this.node.path,
      property: 'exclude',
      got: describeValue(name),
      expected: `names of Istio's CRDs: ${[...known].sort().join(', ')}`,
      fix: meant === undefined ? 'leave it out' : `did you mean "${meant}"?`,
    });
  }
}

function withoutKeeping(metadata: JsonObject[string] | undefined): JsonObject {
  const { annotations: _kept, ...others } = isJsonObject(metadata) ? metadata : {};
  return { ...others, annotations: DELETED_WITH_THE_REST };
}
