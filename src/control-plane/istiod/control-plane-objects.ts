import type { Construct } from 'constructs';
import { ClusterRoleBinding } from '../../../imports/kubernetes/cluster-role-binding';
import { ClusterRole } from '../../../imports/kubernetes/cluster-role';
import { ConfigMap } from '../../../imports/kubernetes/config-map';
import { Deployment } from '../../../imports/kubernetes/deployment';
import { HorizontalPodAutoscaler } from '../../../imports/kubernetes/horizontal-pod-autoscaler';
import { MutatingWebhookConfiguration } from '../../../imports/kubernetes/mutating-webhook-configuration';
import { NetworkPolicy } from '../../../imports/kubernetes/network-policy';
import { PodDisruptionBudget } from '../../../imports/kubernetes/pod-disruption-budget';
import { RoleBinding } from '../../../imports/kubernetes/role-binding';
import { Role } from '../../../imports/kubernetes/role';
import { ServiceAccount } from '../../../imports/kubernetes/service-account';
import { Service } from '../../../imports/kubernetes/service';
import { ValidatingAdmissionPolicyBinding } from '../../../imports/kubernetes/validating-admission-policy-binding';
import { ValidatingAdmissionPolicy } from '../../../imports/kubernetes/validating-admission-policy';
import { ValidatingWebhookConfiguration } from '../../../imports/kubernetes/validating-webhook-configuration';
import { Stage } from '../../core/stage';
import { registerControlPlane, registerTag } from './control-planes';
import { injectorWebhooks, tagWebhooks } from './injector-webhook';
import { gatewayControllerRole, istiodClusterRole, istiodRole, istiodRoleBinding, istiodServiceAccount, readerClusterRole } from './istiod-access';
import type { BoundRole } from './istiod-access';
import { gatewayClassConfigMaps, injectorConfigMap, jwksConfigMap } from './istiod-config-maps';
import { istiodDeployment } from './istiod-deployment';
import { istiodNetworkPolicy } from './istiod-network-policy';
import { istiodAutoscaler, istiodDisruptionBudget } from './istiod-scaling';
import { istiodService, tagService } from './istiod-service';
import { inScope } from './istiod-settings';
import type { IstiodSettings } from './istiod-settings';
import { meshConfigMap } from './mesh-config-map';
import { stablePolicy, stablePolicyBinding } from './stable-policy';
import { validationWebhook } from './validation-webhook';

/**
 * Makes all objects of a control plane that the settings ask for.
 *
 * @throws MeshError when the cluster has a control plane of that revision, or a tag of that name.
 */
export function makeControlPlane(construct: Construct, settings: IstiodSettings): void {
  register(construct, settings);
  if (inScope(settings, 'namespace')) {
    if (settings.administers) makeAccount(construct, settings);
    makeConfiguration(construct, settings);
    if (settings.runs) makeWorkload(construct, settings);
    if (settings.props.networkPolicy === true) new NetworkPolicy(construct, 'network-policy', istiodNetworkPolicy(settings));
    for (const tag of settings.props.revisionTags ?? []) new Service(construct, `tag-service-${tag}`, tagService(settings, tag));
  }
  if (inScope(settings, 'cluster')) {
    makeClusterAccess(construct, settings);
    makeWebhooks(construct, settings);
  }
}

function register(construct: Construct, settings: IstiodSettings): void {
  const { namespace, revision, props } = settings;
  const { resourceScope = 'all', revisionTags = [] } = props;
  registerControlPlane({ construct, namespace, revision, injects: props.injectorWebhook !== false, resourceScope });
  revisionTags.forEach((tag, index) => registerTag({ construct, property: `revisionTags[${index}]`, tag, resourceScope }));
}

function makeAccount(construct: Construct, settings: IstiodSettings): void {
  new ServiceAccount(construct, 'service-account', istiodServiceAccount(settings));
  new Role(construct, 'role', istiodRole(settings));
  new RoleBinding(construct, 'role-binding', istiodRoleBinding(settings));
}

function makeConfiguration(construct: Construct, settings: IstiodSettings): void {
  const { props, administers } = settings;
  if (props.meshConfigMap !== false) new ConfigMap(construct, 'mesh-config', meshConfigMap(settings));
  if (props.injectorConfigMap !== false) new ConfigMap(construct, 'injector-config', injectorConfigMap(settings));
  for (const [gatewayClass, configMap] of gatewayClassConfigMaps(settings)) new ConfigMap(construct, `gateway-class-${gatewayClass}`, configMap);
  // cluster-wide kinds both, and yet made with what belongs to the namespace: so Istio's installers have it
  if (administers && props.stableValidationPolicy === true) {
    new ValidatingAdmissionPolicy(construct, 'stable-policy', stablePolicy(settings));
    new ValidatingAdmissionPolicyBinding(construct, 'stable-policy-binding', stablePolicyBinding(settings));
  }
}

function makeWorkload(construct: Construct, settings: IstiodSettings): void {
  const jwks = jwksConfigMap(settings);
  if (jwks !== undefined) new ConfigMap(construct, 'jwks-config', jwks);
  new Service(construct, 'service', istiodService(settings));
  new Deployment(construct, 'deployment', istiodDeployment(settings)).atStage(Stage.istiod);
  const autoscaler = istiodAutoscaler(settings);
  if (autoscaler !== undefined) new HorizontalPodAutoscaler(construct, 'autoscaler', autoscaler).atStage(Stage.istiod);
  const budget = istiodDisruptionBudget(settings);
  if (budget !== undefined) new PodDisruptionBudget(construct, 'disruption-budget', budget);
}

function makeClusterAccess(construct: Construct, settings: IstiodSettings): void {
  if (settings.administers) {
    makeBoundRole(construct, 'cluster-role', istiodClusterRole(settings));
    makeBoundRole(construct, 'gateway-controller', gatewayControllerRole(settings));
  }
  makeBoundRole(construct, 'reader', readerClusterRole(settings));
}

function makeBoundRole(construct: Construct, id: string, bound: BoundRole | undefined): void {
  if (bound === undefined) return;
  new ClusterRole(construct, id, bound.role);
  new ClusterRoleBinding(construct, `${id}-binding`, bound.binding);
}

function makeWebhooks(construct: Construct, settings: IstiodSettings): void {
  const { props, injection, administers } = settings;
  const { injectorWebhook = {}, validationWebhook: validator = {}, failurePolicyOwner = 'installer' } = props;
  if (injectorWebhook !== false) {
    const injector = { ...settings, webhook: injectorWebhook, injection: injection.injection };
    new MutatingWebhookConfiguration(construct, 'injector-webhook', injectorWebhooks(injector));
    for (const tag of props.revisionTags ?? []) new MutatingWebhookConfiguration(construct, `tag-webhook-${tag}`, tagWebhooks(injector, tag));
  }
  if (administers && validator !== false) {
    new ValidatingWebhookConfiguration(construct, 'validation-webhook', validationWebhook({ ...settings, webhook: validator, failurePolicyOwner }));
  }
}
