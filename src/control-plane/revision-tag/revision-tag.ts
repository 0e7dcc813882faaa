import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import { MutatingWebhookConfiguration } from '../../../imports/kubernetes/mutating-webhook-configuration';
import { Service } from '../../../imports/kubernetes/service';
import { ValidatingWebhookConfiguration } from '../../../imports/kubernetes/validating-webhook-configuration';
import { isConstruct } from '../../core/place';
import { badReference, requireSameCluster } from '../../core/references';
import { componentNamespace, definedProps } from '../component-checks';
import { registerTag } from '../istiod/control-planes';
import { tagWebhooks } from '../istiod/injector-webhook';
import type { ControlPlane } from '../istiod/istiod';
import { FAILURE_POLICY_OWNER, INJECTOR_WEBHOOK_SHAPE, SERVICE_SHAPE, VALIDATION_WEBHOOK_SHAPE } from '../istiod/istiod-shape';
import { tagService } from '../istiod/istiod-service';
import type { IstiodSettings } from '../istiod/istiod-settings';
import { defaultValidationWebhook } from '../istiod/validation-webhook';
import type { MeshReference } from '../mesh-reference';
import { dnsLabel, flag, oneOf, props, requireShape, text } from '../prop-shape';
import type { Shape } from '../prop-shape';
import { releaseOf } from '../release';
import type { RevisionTagProps } from './revision-tag-props';

const SHAPE: Shape = {
  revision: { expected: 'an Istiod, a RemoteIstiod, or the name of a revision', holds: (value) => isConstruct(value) || dnsLabel.holds(value) },
  tag: dnsLabel,
  external: flag,
  istio: text,
  namespace: dnsLabel,
  injectorWebhook: INJECTOR_WEBHOOK_SHAPE,
  injection: props({ enableNamespacesByDefault: flag, reinvocationPolicy: oneOf('Never', 'IfNeeded') }),
  validationWebhook: VALIDATION_WEBHOOK_SHAPE,
  failurePolicyOwner: FAILURE_POLICY_OWNER,
  service: SERVICE_SHAPE,
};

/** What a tag takes from the control plane that it stands for. */
type Target = Pick<IstiodSettings, 'release' | 'namespace' | 'istioNamespace' | 'revision' | 'name' | 'suffix' | 'props'>;

/**
 * A tag: a name that stands for a revision of the control plane, and that namespaces may have as their label `istio.io/rev`.
 * To upgrade, point it at the next revision; pods change over as they are made anew.
 *
 * The tag `default` stands for the revision of what names none: namespaces with the label `istio-injection: enabled`, and
 * Istio's objects, which that revision's istiod checks.
 *
 * @see https://istio.io/latest/docs/setup/upgrade/canary/#stable-revision-labels
 */
export class RevisionTag extends Construct implements MeshReference {
  public readonly tag: string;
  /** Namespace of the control plane. */
  public readonly namespace: string;
  /** What namespaces have as label: the tag; undefined for the tag `default`. */
  public readonly revision: string | undefined;
  public readonly injectionLabels: Readonly<Record<string, string>>;

  /**
   * @throws MeshError for a tag that is no DNS label, or that something else of the cluster makes or has as its revision; at
   * synthesis, when the program makes no control plane of that revision.
   */
  public constructor(scope: Construct, id: string, props: RevisionTagProps) {
    super(scope, id);
    requireShape(this, props, SHAPE);
    this.tag = props.tag ?? id;
    requireShape(this, { tag: this.tag }, SHAPE);
    const target = this.targetOf(props);
    this.namespace = target.namespace;
    const isDefault = this.tag === 'default';
    this.revision = isDefault ? undefined : this.tag;
    this.injectionLabels = isDefault ? { 'istio-injection': 'enabled' } : { 'istio.io/rev': this.tag };
    const needs = props.external === true ? undefined : { namespace: target.namespace, revision: target.revision ?? 'default' };
    registerTag({ construct: this, property: 'tag', tag: this.tag, resourceScope: 'all', ...(needs !== undefined && { needs }) });
    this.makeObjects(target, isDefault, typeof props.revision === 'string' ? [] : [controlPlaneIn(props.revision)]);
  }

  private makeObjects(target: Target, isDefault: boolean, needed: readonly IConstruct[]): void {
    const { injectorWebhook, injection = {}, validationWebhook = {}, failurePolicyOwner = 'installer' } = target.props;
    new Service(this, 'service', tagService(target, this.tag));
    const webhook = injectorWebhook === false || injectorWebhook === undefined ? {} : injectorWebhook;
    // the tag moves only once the new control plane is there to inject
    new MutatingWebhookConfiguration(this, 'webhook', tagWebhooks({ ...target, webhook, injection }, this.tag)).needs(...needed);
    if (!isDefault || validationWebhook === false) return;
    const validator = { ...target, webhook: validationWebhook, failurePolicyOwner };
    new ValidatingWebhookConfiguration(this, 'validation-webhook', defaultValidationWebhook(validator)).needs(...needed);
  }

  private targetOf(props: RevisionTagProps): Target {
    const { revision } = props;
    if (typeof revision === 'string') return this.namedTarget(revision, props);
    const expected = 'the control plane that the tag stands for: a Mesh, an Istiod, a RemoteIstiod, or the name of a revision';
    requireSameCluster(this, revision, 'revision', expected);
    const { settings } = revision as Partial<ControlPlane>;
    if (settings === undefined) throw badReference(this, revision, 'revision', expected);
    return { ...settings, props: { ...settings.props, ...ownProps(props) } };
  }

  private namedTarget(given: string, props: RevisionTagProps): Target {
    const revision = given === 'default' ? undefined : given;
    const suffix = revision === undefined ? '' : `-${revision}`;
    const namespace = componentNamespace(this, props.namespace);
    const release = releaseOf(this, props.istio);
    return { release, namespace, istioNamespace: namespace, revision, name: `istiod${suffix}`, suffix, props: ownProps(props) };
  }
}

/** A Mesh holds more than its control plane, such as gateways, which come after the tag. */
function controlPlaneIn(revision: MeshReference): IConstruct {
  const { istiod, remoteIstiod } = revision as { readonly istiod?: IConstruct; readonly remoteIstiod?: IConstruct };
  return istiod ?? remoteIstiod ?? revision;
}

function ownProps({ injectorWebhook, injection, validationWebhook, failurePolicyOwner, service }: RevisionTagProps): Target['props'] {
  return definedProps({ injectorWebhook, injection, validationWebhook, failurePolicyOwner, service }) as Target['props'];
}
