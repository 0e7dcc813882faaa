/** The text of `mesh-constructs import --help`. */
export const IMPORT_HELP = `Usage:
  mesh-constructs import [options] INPUT...
  mesh-constructs import [options] --release VERSION[/CHANNEL]=INPUT...
  mesh-constructs import [options] --cluster [--context NAME]
  mesh-constructs import --diff OLD NEW [--json]

Writes one TypeScript module a kind, with its types and its construct, and its rules for validation.
INPUT is a file, a folder, an https address, or - for standard input. It holds CRDs (YAML or JSON), or the
OpenAPI document of a Kubernetes server (/openapi/v2). Other objects in it are passed over.

Options:
  -o, --out FOLDER      where to write (default: imports)
  --name NAME           name of the source, a folder in FOLDER (default: from the API group)
  --release VERSION=INPUT
                        an input of one release; several make types that hold for all of them.
                        VERSION/CHANNEL for sources that have channels; VERSION alone names INPUT...
                        (default: a version in the file's name, else what the lock has, else 0)
  --kinds LIST          only these kinds, by comma: Kind, or group/version/Kind
  --no-docs             leave the descriptions out of the types
  --cluster             read the CRDs of the current cluster through kubectl
  --context NAME        the context of kubectl to use with --cluster
  --diff OLD NEW        write nothing; list kinds and fields that came, went or changed type
  --json                print one JSON document
  -h, --help            this text

Examples:
  mesh-constructs import crds.yaml
  mesh-constructs import --name flagger --release 1.44.0 flagger-crds.yaml
  mesh-constructs import --name istio --release 1.30.3=old.yaml --release 1.31.1=new.yaml
  mesh-constructs import --name gateway-api --release 1.6.1/standard=a.yaml --release 1.6.1/experimental=b.yaml
  kubectl get crds -o json | mesh-constructs import --no-docs -
  mesh-constructs import --cluster --context staging --kinds Certificate,Issuer
  mesh-constructs import --diff istio-1.30.3.yaml istio-1.31.1.yaml

Exit codes:
  0  done; with --diff: nothing differs
  1  an input is wrong, nothing was written; with --diff: something differs
  2  used in a wrong way, or an input cannot be read
`;
