import { Construct } from 'constructs';
import { namespaceName } from '../../core/references';
import { requireProps } from '../../core/required-props';
import type { Known } from '../../core/unknown';

/** What is known of a namespace that another program makes. */
export interface NamedNamespaceProps {
  /**
   * Name of the namespace.
   * @default - the construct's id
   */
  readonly name?: Known<string>;
}

/**
 * A namespace that another program makes, taken wherever a namespace is asked for. It makes no objects.
 *
 * @example
 * orders.allowFrom(MeshNamespace.fromName(chart, 'monitoring'), { paths: ['/metrics'] });
 */
export class MeshNamespace extends Construct {
  /** @throws MeshError when the name is none that Kubernetes takes. */
  public static fromName(scope: Construct, id: string, props: NamedNamespaceProps = {}): MeshNamespace {
    return new MeshNamespace(scope, id, props);
  }

  /** What it stands for. */
  public readonly kind = 'Namespace';
  public readonly name: string;

  private constructor(scope: Construct, id: string, props: NamedNamespaceProps) {
    super(scope, id);
    requireProps(this, props);
    this.name = namespaceName(this, props.name ?? id, 'name');
  }
}
