import type { TrafficApi } from '../traffic/traffic-objects';
import { gatewayApiForm } from './gateway-api/gateway-api-form';
import type { IngressForm } from './ingress-form';
import { istioForm } from './istio-form/istio-form';

/** APIs that gateways can be written in, by the value of their `api`. */
export const ingressForms: Readonly<Record<TrafficApi, IngressForm>> = { istio: istioForm, gateway: gatewayApiForm };
