import type { JsonObject } from '../../rules/json';
import type { ValueRule } from '../value-rule';
import type { ValuesContext } from '../values-context';

/** One of Istio's charts: where it is installed, how it reads its values, and what makes its objects here. */
export interface Chart {
  readonly name: ChartName | GatewayDirection;
  /** Name and namespace of the Helm release that Istio's documentation installs it as. */
  readonly release: { readonly name: string; readonly namespace: string };
  /**
   * Section of an older layout, in which one file held the values of all charts: what is in it counts as if it stood at the top.
   * @default - none
   */
  readonly section?: 'pilot' | 'cni';
  /** Whether what stands under `global` counts as if it stood at the top, where the top does not say otherwise. */
  readonly flattensGlobal: boolean;
  /** Whether Helm itself checks the types of the chart's values, by a schema. */
  readonly isStrict: boolean;
  /** Class of the construct that makes the chart's objects. */
  readonly construct: string;
  /** The rules, and the props that follow from values; loaded only for charts that are used. */
  readonly load: () => ChartRules;
}

/** Name of a chart as `--from-helm` takes it. */
export type ChartName = 'base' | 'istiod' | 'cni' | 'ztunnel' | 'gateway';

/** Of the two charts that only istioctl installs. */
export type GatewayDirection = 'ingress' | 'egress';

export interface ChartRules {
  readonly rules: readonly ValueRule[];
  readonly propsOf: (values: JsonObject, context: ValuesContext) => object;
  /** Class of the construct, where it depends on the values. @default - the chart's */
  readonly constructOf?: (values: JsonObject) => string;
}

const ISTIO_NAMESPACE = 'istio-system';

/** In the order in which they are installed. */
export const CHARTS: readonly Chart[] = [
  {
    name: 'base',
    release: { name: 'istio-base', namespace: ISTIO_NAMESPACE },
    flattensGlobal: false,
    isStrict: false,
    construct: 'Base',
    load: () => {
      const { baseProps, baseValueRules } = require('../base-values') as typeof import('../base-values');
      return { rules: baseValueRules, propsOf: baseProps };
    },
  },
  {
    name: 'istiod',
    release: { name: 'istiod', namespace: ISTIO_NAMESPACE },
    section: 'pilot',
    flattensGlobal: false,
    isStrict: false,
    construct: 'Istiod',
    load: () => {
      const { istiodConstruct, istiodProps, istiodValueRules } = require('../istiod-values') as typeof import('../istiod-values');
      return { rules: istiodValueRules, propsOf: istiodProps, constructOf: istiodConstruct };
    },
  },
  {
    name: 'cni',
    release: { name: 'istio-cni', namespace: ISTIO_NAMESPACE },
    section: 'cni',
    flattensGlobal: false,
    isStrict: false,
    construct: 'Cni',
    load: () => {
      const { cniProps, cniValueRules } = require('../cni-values') as typeof import('../cni-values');
      return { rules: cniValueRules, propsOf: cniProps };
    },
  },
  {
    name: 'ztunnel',
    release: { name: 'ztunnel', namespace: ISTIO_NAMESPACE },
    flattensGlobal: true,
    isStrict: false,
    construct: 'Ztunnel',
    load: () => {
      const { ztunnelProps, ztunnelValueRules } = require('../ztunnel-values') as typeof import('../ztunnel-values');
      return { rules: ztunnelValueRules, propsOf: ztunnelProps };
    },
  },
  {
    name: 'gateway',
    release: { name: 'istio-ingress', namespace: 'istio-ingress' },
    flattensGlobal: true,
    isStrict: true,
    construct: 'Gateway',
    load: () => {
      const { gatewayProps, gatewayValueRules } = require('../gateway-values') as typeof import('../gateway-values');
      return { rules: gatewayValueRules, propsOf: gatewayProps };
    },
  },
];

/** The gateways of istioctl's profiles: charts of their own, which are not published. */
export const OPERATOR_GATEWAYS: readonly Chart[] = (['ingress', 'egress'] as const).map((direction) => ({
  name: direction,
  release: { name: 'istio', namespace: ISTIO_NAMESPACE },
  flattensGlobal: false,
  isStrict: false,
  construct: 'StandaloneGateway',
  load: () => {
    const { standaloneGatewayProps, standaloneGatewayValueRules } =
      require('../standalone-gateway-values') as typeof import('../standalone-gateway-values');
    return {
      rules: standaloneGatewayValueRules(direction),
      propsOf: (values, context) => standaloneGatewayProps(direction, values, context),
    };
  },
}));
