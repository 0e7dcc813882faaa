import type { JsonObject } from '../../rules/json';
import { writeYaml } from '../../core/yaml-writer';
import { since } from '../release';
import type { InjectionSettings } from './settings';
import { agentgatewayTemplate, agentgatewayWaypointTemplate } from './templates/agentgateway';
import { gatewayTemplate } from './templates/gateway';
import { grpcAgentTemplate } from './templates/grpc-agent';
import { grpcSimpleTemplate } from './templates/grpc-simple';
import { kubeGatewayTemplate } from './templates/kube-gateway';
import { sidecarTemplate } from './templates/sidecar';
import { waypointTemplate } from './templates/waypoint';
import type { Template } from './template/nodes';
import { writeTemplate } from './template/write';

/** The templates that every injector has, by name. */
const TEMPLATES: Readonly<Record<string, (settings: InjectionSettings) => Template>> = {
  agentgateway: agentgatewayTemplate,
  'agentgateway-waypoint': agentgatewayWaypointTemplate,
  gateway: gatewayTemplate,
  'grpc-agent': grpcAgentTemplate,
  'grpc-simple': grpcSimpleTemplate,
  'kube-gateway': kubeGatewayTemplate,
  sidecar: sidecarTemplate,
  waypoint: waypointTemplate,
};

/** Names of the templates that every injector has. */
export const TEMPLATE_NAMES: readonly string[] = Object.keys(TEMPLATES);

/** Text of the key `config` in the injector's ConfigMap: which pods are injected, and the templates. */
export function injectorConfig(settings: InjectionSettings): string {
  const { injection } = settings;
  const config = {
    policy: injection.policy,
    defaultTemplates: injection.defaultTemplates.length === 0 ? ['sidecar'] : injection.defaultTemplates,
    alwaysInjectSelector: injection.alwaysInjectSelector,
    neverInjectSelector: injection.neverInjectSelector,
    injectedAnnotations: injection.injectedAnnotations,
    templates: injectionTemplates(settings),
  };
  return writeYaml([config as unknown as JsonObject]);
}

/** Text of each template, by name. */
export function injectionTemplates(settings: InjectionSettings): Record<string, string> {
  const own = settings.injection.templates;
  const names = TEMPLATE_NAMES.filter((name) => !(name in own) && isKnownTo(settings, name));
  const texts = names.map((name) => [name, writeTemplate(templateOf(name, settings))] as const);
  return { ...Object.fromEntries(texts), ...own };
}

/** A template that istiod does not ask for would only confuse. */
function isKnownTo({ release }: InjectionSettings, name: string): boolean {
  return name !== 'agentgateway-waypoint' || since(release, '1.31');
}

function templateOf(name: string, settings: InjectionSettings): Template {
  const make = TEMPLATES[name];
  return make === undefined ? { documents: [] } : make(settings);
}
