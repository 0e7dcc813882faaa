/**
 * Fields that a server names otherwise than the manifest does, as they stood in an older version of the API, or without
 * the index of the item. Both sides are brought into one form before they are compared.
 */
const FORMS: readonly (readonly [RegExp, string])[] = [
  // definitions whose versions are alike are kept, and judged, in the form of v1beta1
  [/^spec\.versions\.\d+\.schema\./, 'spec.validation.'],
  [/^spec\.versions\.\d+\.(subresources|additionalPrinterColumns|selectableFields)/, 'spec.$1'],
  [/^spec\.conversion\.webhook\.clientConfig/, 'spec.conversion.webhookClientConfig'],
  [/^spec\.conversion\.webhook\.conversionReviewVersions/, 'spec.conversion.conversionReviewVersions'],
  [/\.JSONPath$/, '.jsonPath'],
  // misspelled, or called as in Go
  [/\.LoadBalancerSourceRanges/, '.loadBalancerSourceRanges'],
  [/\.downwarAPI\b/, '.downwardAPI'],
  [/\.cephFS\b/, '.cephfs'],
  [/\.initiatorname$/, '.initiatorName'],
  [/\.persistentDisk\b/, '.gcePersistentDisk'],
  [/\.uID$/, '.uid'],
  [/\.Host(PID|IPC)$/, '.host$1'],
  [/\.csi\.nodePublishSecretRef\.name$/, '.csi.name'],
  [/^spec\.clusterIP$/, 'spec.clusterIPs'],
  [/\.template\.(labels|annotations)(?:\..*)?$/, '.template.metadata.$1'],
  [/\.volumeClaimTemplate\.metadata\.(labels|annotations)\..*$/, '.volumeClaimTemplate.metadata.$1'],
  // without the item, or the place in it
  [/\.downwardAPI\.items\.\d+/, '.downwardAPI'],
  [/\.projected\.sources\.\d+\.serviceAccountToken\.path$/, '.projected.path'],
  [/\.resources\.requests\.storage$/, '.resources.storage'],
  [/\.scopeSelector\.matchExpressions\.\d+/, '.scopeSelector.matchExpressions'],
  [/(\.pod(?:Anti)?Affinity\..*)\.namespaces\.\d+$/, '$1.namespace'],
  [/\.volumeMounts\.\d+\.(subPath|subPathExpr|mountPropagation|recursiveReadOnly)$/, '.volumeMounts.$1'],
  [/\.fieldRef\.apiVersion$/, '.fieldRef.fieldPath'],
  [/\.resources\.containers\.\d+\..*$/, '.resources'],
  [/^stringData\./, 'data.'],
  [/\.tolerations\.(\d+)\.value$/, '.tolerations.$1.operator'],
];

/** The one form of a normalised path of Kubernetes' own kinds. */
export function ownPath(path: string, kind: string): string {
  // the labels of its pods hold the name of a job
  if (kind === 'Job' && /^(?:metadata\.labels|spec\.template\.(?:metadata\.)?labels)\b/.test(path)) return 'metadata.name';
  return FORMS.reduce((text, [form, replacement]) => text.replace(form, replacement), path);
}
