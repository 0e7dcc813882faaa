/** Text of `mesh-constructs migrate --help`. */
export const MIGRATE_HELP = `usage: mesh-constructs migrate (--from-helm CHART=FILE)... | --from-operator FILE | --profile NAME  [options]

Prints a TypeScript program that installs what a values file, an IstioOperator or a profile asks for: one construct for each
component, with the props that differ from their defaults. Its synthesis gives the objects that "mesh-constructs render" prints
for the same input. The program reads no values and holds no manifests: from then on it is the source.

input:
  --from-helm CHART=FILE        values of a Helm chart: base, istiod, cni, ztunnel or gateway; without "=FILE", its defaults.
                                May stand several times; files for one release are merged, the last one wins
  --from-helm CHART:RELEASE/NAMESPACE=FILE
                                the same, with the name and the namespace of the Helm release, or only one of them
  --from-operator FILE          an IstioOperator, as istioctl reads it; may stand several times, the last one wins
  --profile NAME                a profile of istioctl, such as default, demo, minimal or ambient
                                FILE may be - for standard input

options:
  --istio VERSION               full version of Istio, such as 1.30.3 (default: the newest known)
  --hub HUB                     registry and path of the images (default: docker.io/istio); not with --from-helm
  --tag TAG                     tag of the images (default: the version); not with --from-helm
  --json                        print one JSON document instead of the program
  -h, --help                    print this text

examples:
  mesh-constructs migrate --profile demo --istio 1.30.3 > istio.ts
  mesh-constructs migrate --from-helm base --from-helm istiod=values.yaml --from-helm gateway:edge/ingress=edge.yaml
  mesh-constructs migrate --from-operator iop.yaml > istio.ts

Changes that no prop stands for, such as an overlay by path, are left out of the program. Each is named in a comment at its top
and on standard error, and "render" still makes it. Values that change nothing are named on standard error. --json prints
{ "istio", "program", "notExpressed": [...], "notes": [...] }, or { "findings": [...] } where something is wrong.

exit codes:
  0  printed
  1  something is wrong with the input: nothing is printed but what that is
  2  used in a wrong way, or an input cannot be read
`;
