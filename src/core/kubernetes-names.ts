import { dns1123Label, labelValue, qualifiedName } from '../validation/names';

/** The forms of names that Kubernetes checks, for values that may be anything at all. */

/** The form of the names of namespaces, services, and services' ports. */
export function isDnsLabel(value: unknown): boolean {
  return typeof value === 'string' && dns1123Label(value).length === 0;
}

/** The key of a label: `app`, or `example.com/app`. */
export function isQualifiedName(value: unknown): boolean {
  return typeof value === 'string' && qualifiedName(value).length === 0;
}

/** The value of a label; it may be empty. */
export function isLabelValue(value: unknown): boolean {
  return typeof value === 'string' && labelValue(value).length === 0;
}
