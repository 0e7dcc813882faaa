import type { InjectionProps } from '../injection/injection-props';
import type { IstiodServiceProps } from '../istiod/istiod-pod-props';
import type { InjectorWebhookProps, ValidationWebhookProps } from '../istiod/webhook-props';
import type { MeshReference } from '../mesh-reference';

/** Props of a {@link RevisionTag}. */
export interface RevisionTagProps {
  /**
   * The control plane that the tag stands for: a Mesh, an Istiod or a RemoteIstiod of this program, or the name of its revision
   * (`default` for the one without a name).
   */
  readonly revision: MeshReference | string;
  /** @default - the construct's id */
  readonly tag?: string;
  /**
   * Says that the control plane of that name is made by another program.
   * @default false
   */
  readonly external?: boolean;
  /**
   * Full version of Istio, where the control plane is given by name.
   * @default - the cluster's Istio version, else the newest known
   */
  readonly istio?: string;
  /**
   * Namespace of the control plane, where it is given by name.
   * @default - the chart's namespace, else 'istio-system'
   */
  readonly namespace?: string;
  /** @default - as the control plane has it, where it is a construct */
  readonly injectorWebhook?: InjectorWebhookProps;
  /** @default - as the control plane has it, where it is a construct */
  readonly injection?: Pick<InjectionProps, 'enableNamespacesByDefault' | 'reinvocationPolicy'>;
  /**
   * The webhook that has all of Istio's objects checked, which the tag `default` makes; `false` where the base chart does.
   * @default - as the control plane has it, where it is a construct
   */
  readonly validationWebhook?: ValidationWebhookProps | false;
  /** Who writes the failure policy of that webhook. @default 'installer' */
  readonly failurePolicyOwner?: 'installer' | 'istiod';
  /** @default - as the control plane has it, where it is a construct */
  readonly service?: IstiodServiceProps;
}
