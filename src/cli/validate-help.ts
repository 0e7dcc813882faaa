/** Text of `mesh-constructs validate --help`. */
export const VALIDATE_HELP = `usage: mesh-constructs validate [options] FILE|DIR|-...

Says of each object in the files what a Kubernetes API server would say that is asked to create it, with strict field
validation: unknown fields, types, values, names, and every validation rule of its kind. No cluster is needed.

  FILE                          YAML or JSON, any number of documents; a List counts as its items
  DIR                           every .yaml, .yml and .json file below it
  -                             standard input

options:
  --istio VERSION               what the cluster runs, such as 1.31.1; may stand several times, for a cluster that is
  --kubernetes VERSION          being upgraded: an object must suit every version
  --gateway-api VERSION           (default: the newest version whose rules are known)
  --gateway-api-channel CHANNEL standard or experimental (default: standard)
  --crds FILE|DIR               take the rules of these CustomResourceDefinitions too; may stand several times
  --old FILE|DIR                objects as they are now, for rules on how an object may change; may stand several times
  --json                        print one JSON document instead of lines
  -h, --help                    print this text

examples:
  mesh-constructs validate dist/
  mesh-constructs validate --istio 1.30.3 --gateway-api 1.5.1 mesh.yaml
  kubectl get virtualservices -A -o yaml | mesh-constructs validate -
  mesh-constructs validate --old live.yaml new.yaml
  mesh-constructs validate --crds my-crds/ --json manifests/ | jq '.findings[].code'

Each finding is a line: file, line and column, kind, namespace and name, field, what is there, what is expected, what to
do about it, and a code that never changes its meaning. --json prints
  { "documents", "valid", "invalid", "unknown": [kinds], "judgedBy": [{ "source", "release", "channel" }], "notes": [...],
    "findings": [{ "code", "severity", "object", "property", "got", "expected", "fix", "source": { "file", "line", "column" } }] }

exit codes:
  0  every object is valid, as far as its kind is known
  1  something is wrong with an object or a file
  2  used in a wrong way, or an input cannot be read
`;
