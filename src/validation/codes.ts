/**
 * Every code that validation gives, with a line of explanation. A code keeps its meaning for ever; one that is no
 * longer given stays here, marked as such. `validate --json` prints codes, and users filter by them.
 */
export const VALIDATION_CODES = {
  'not-an-object': 'A document is a mapping with apiVersion, kind and metadata.',
  'missing-api-version': 'Every object says which version of which API it is written for.',
  'missing-kind': 'Every object says what kind it is.',
  'bad-api-version': 'apiVersion is VERSION or GROUP/VERSION.',
  'unknown-kind': 'An API group that is wholly known, such as those of Istio, does not have this kind.',
  'unserved-version': 'The kind exists, but not in this version of its API.',
  'kind-not-in-release': 'The release that the cluster runs does not have this kind or this version of it.',
  'unknown-field': 'A server with strict field validation refuses fields that the schema does not have.',
  'wrong-type': 'The value is of another type than the schema asks for.',
  'missing-field': 'A required field is not there.',
  'not-in-enum': 'The value is none of those that are allowed.',
  'pattern-mismatch': 'The text does not match the pattern of the schema (RE2 syntax).',
  'bad-format': 'The text is not of the format that the schema names, such as date-time.',
  'below-minimum': 'The number is smaller than allowed.',
  'above-maximum': 'The number is larger than allowed, or does not fit its format.',
  'not-a-multiple': 'The number is no multiple of the given step.',
  'too-short': 'The text has fewer characters than required.',
  'too-long': 'The text has more characters than allowed.',
  'too-few-items': 'The list has fewer items than required.',
  'too-many-items': 'The list has more items than allowed.',
  'too-few-fields': 'The object has fewer fields than required.',
  'too-many-fields': 'The object has more fields than allowed.',
  'duplicate-item': 'An item stands twice in a list that is a set, or two items of a list share their key.',
  'no-alternative': 'The value fits none of the alternatives of the schema (anyOf).',
  'not-exactly-one': 'The value fits none, or more than one, of alternatives that exclude each other (oneOf).',
  'forbidden-value': 'The value is one that the schema rules out (not).',
  'cel-rule': 'A validation rule of the kind refuses the object.',
  'kubernetes-rule': 'A check of Kubernetes for its own kinds, which their API description does not hold, refuses the value.',
  'missing-name': 'An object has a name or a generateName.',
  'bad-name': 'The name is not of the form that its kind asks for.',
  'missing-namespace': 'An object of a namespaced kind says which namespace it is in.',
  'bad-namespace': 'A namespace is a DNS label.',
  'unexpected-namespace': 'An object of a cluster-wide kind is in no namespace.',
  'bad-label': 'The key or the value of a label is not of the allowed form.',
  'bad-annotation': 'The key of an annotation is not of the allowed form.',
  'annotations-too-large': 'All annotations of an object together hold at most 256 KiB.',
  'bad-finalizer': 'A finalizer is a qualified name.',
  'bad-owner-reference': 'An owner reference names apiVersion, kind, name and uid, and one owner at most controls.',
  'server-owned-field': 'The server sets this field itself and refuses an object that comes with it.',
  'unknown-value': 'A value that is known only at deployment stands where it says which object it is.',
  'bad-version': 'The version that objects are to be judged by is no version.',
} as const;

export type ValidationCode = keyof typeof VALIDATION_CODES;

/** Codes of files that cannot be read as manifests, which only the command line gives. */
export const INPUT_CODES = {
  'malformed-yaml': 'The file is no YAML, or stands for something that no manifest can hold.',
  'duplicate-key': 'A key stands twice in an object; servers refuse that.',
  'alias-bomb': 'Aliases make a document stand for more values than anybody can want.',
  'too-deep': 'Lists and objects are nested deeper than in any manifest.',
  'binary-file': 'The file is no text.',
  'file-too-large': 'The file is larger than this program reads.',
  'object-too-large': 'The object is larger than API servers take.',
} as const;
