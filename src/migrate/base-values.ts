import { BASE_DEFAULTS } from '../control-plane/base/base-settings';
import type { BaseProps } from '../control-plane/base/base-props';
import type { Json, JsonObject } from '../rules/json';
import { isJsonObject } from '../rules/json';
import { differingProps } from './differing-props';
import { ifSet, isSet, printed, printedText, printedTexts } from './go-values';
import { indifferent } from './node-agent-values';
import { propsFrom } from './props-from';
import { textOnly } from './refused-values';
import type { ValueRule } from './value-rule';
import type { ValuesContext } from './values-context';

/** The values of the chart `base`, and the props of a Base that they become. */
export const baseValueRules: readonly ValueRule[] = [
  { path: 'global.istioNamespace', prop: 'namespace', convert: printed },
  { path: 'global.imagePullSecrets', prop: 'imagePullSecrets', convert: printedTexts },
  { path: 'global.resourceScope', prop: 'resourceScope' },
  { path: 'global.enableReaderRBAC', prop: 'readerServiceAccount', convert: isSet },
  {
    path: 'global.readerServiceAccount',
    prop: 'readerServiceAccount',
    convert: (account) => (isJsonObject(account) && isSet(account['name']) ? false : undefined),
    note: 'a reader of another name is not made; istiod binds it',
  },
  { path: 'defaultRevision', prop: 'defaultRevision', convert: (revision) => ifSet(textOnly('defaultRevision')(revision)) ?? false },
  { path: 'experimental.stableValidationPolicy', prop: 'stableValidationPolicy', convert: isSet },
  { path: 'base.excludedCRDs', prop: 'crds.exclude', convert: excludedCrds },
  indifferent('base.enableCRDTemplates', 'it decides on labels of the CRDs, and whether `excludedCRDs` is looked at'),
  { path: 'base.validationURL', prop: 'validation.url', convert: printedText },
  { path: 'base.validationCABundle', prop: 'validation.caBundle', convert: printedText },
  { path: 'base.validationFailurePolicy', prop: 'validation.failurePolicy', convert: printedText },
];

/** The props of the Base that a values file of the chart `base` stands for. */
export function baseProps(values: JsonObject, context: ValuesContext): BaseProps {
  const props = differingProps(propsFrom(baseValueRules, values), BASE_DEFAULTS, ['crds', 'validation']);
  // the chart of 1.29 makes the reader in any case
  if (context.istio.startsWith('1.29.')) delete props['readerServiceAccount'];
  return { istio: context.istio, namespace: 'istio-system', ...props };
}

/** Names are left out only where the chart goes through the CRDs one by one. */
function excludedCrds(names: Json, values: JsonObject): Json | undefined {
  const base = values['base'];
  const isTemplated = !isJsonObject(base) || base['enableCRDTemplates'] === undefined || isSet(base['enableCRDTemplates']);
  return isTemplated && isSet(names) ? names : undefined;
}
