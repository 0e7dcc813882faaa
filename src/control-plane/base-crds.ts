import { Construct } from 'constructs';
import { catalog } from '../../imports/catalog';
import { Cluster } from '../core/cluster';
import { MeshObject } from '../core/mesh-object';
import { meshError } from '../errors/mesh-error';
import type { JsonObject } from '../rules/json';
import { isJsonObject } from '../rules/json';
import { crdOf } from '../rules/crd';
import type { KindEntry } from '../rules/kind-rules';
import { nearestRelease, newest } from '../validation/versions';

/** What {@link BaseCrds} installs. */
export interface BaseCrdsProps {
  /**
   * Full version of the Istio release whose CRDs are wanted, such as `1.31.1`.
   * @default - the cluster's Istio version, else the newest known
   */
  readonly istio?: string;
}

const CRD = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', scope: 'Cluster' } as const;

/**
 * The CustomResourceDefinitions of an Istio release: what the `istio-base` chart installs, without descriptions.
 *
 * They are made from the same rules that validation uses.
 *
 * @see https://istio.io/latest/docs/setup/install/helm/
 */
export class BaseCrds extends Construct {
  /** @throws MeshError when the rules of that release are not known. */
  public constructor(scope: Construct, id: string, props: BaseCrdsProps = {}) {
    super(scope, id);
    const entries = catalog.filter((entry) => entry.source === 'istio');
    const release = this.releaseFor(props.istio, entries);
    for (const entry of entries) {
      const document = crdOf(entry.load(), { release });
      if (document !== undefined) this.addCrd(document);
    }
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

  private addCrd(document: JsonObject): void {
    const { metadata, spec } = document;
    const name = isJsonObject(metadata) ? String(metadata['name']) : '';
    new MeshObject(this, name, CRD, { metadata, spec } as object);
  }
}
