import type { Json, JsonObject } from '../rules/json';

/**
 * How one value of a chart becomes a prop. A table of these is the whole way from a values file to the props of a
 * construct; the page that lists every value is made from it as well.
 */
export interface ValueRule {
  /** Path of the value in the chart, such as `global.proxy.resources`. What lies below it is taken with it. */
  readonly path: string;
  /** Path of the prop that it becomes, such as `proxy.resources`; several values may make up one prop. */
  readonly prop: string;
  /**
   * The prop's value; undefined for none.
   * @default - the value as it is
   */
  readonly convert?: (value: Json, values: JsonObject) => unknown;
  /** Why the value cannot be taken, where it cannot: a value other than the chart's default is an error then. */
  readonly unsupported?: string;
  /** Remark for the page of values. */
  readonly note?: string;
}
