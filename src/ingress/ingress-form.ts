import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { PlannedObject } from '../core/planned-object';
import type { Finding } from '../errors/finding';
import type { GatewayPlan, HostPlan } from './ingress-plan';

/** An object of a gateway, as it is to be made. */
export interface FormObject {
  /** Whose child it becomes. */
  readonly owner: Construct;
  /** Called once; what may change until synthesis it reads late. */
  readonly make: () => ApiObject;
  /** What the constructs that share it patch it by, in the order of their paths. */
  readonly patchedBy: readonly PlannedObject[];
}

/** A route that somebody writes, as far as it says what it is for. */
export interface OtherRoute {
  readonly kind: string;
  readonly namespace: string;
  /** Hosts of it; `undefined` for all. */
  readonly hosts: readonly string[] | undefined;
  /** Gateways of a VirtualService. */
  readonly gateways: readonly string[];
  /** Parents of an HTTPRoute. */
  readonly parents: readonly Readonly<Record<string, unknown>>[];
}

/** One of the APIs that gateways and their routes can be written in. */
export interface IngressForm {
  /** What cannot be said in it; then nothing is made. */
  findings(plan: GatewayPlan): readonly Finding[];
  /**
   * The objects of a gateway by keys that stay the same between syntheses.
   *
   * @param current gives the plan of the same gateway as of the last planning
   */
  objects(plan: GatewayPlan, current: () => GatewayPlan): ReadonlyMap<string, FormObject>;
  /** The hosts of the gateway that a route which somebody writes is for, too. */
  hostsBeside(plan: GatewayPlan, route: OtherRoute): readonly HostPlan[];
}
