/** Text of `mesh-constructs render --help`. */
export const RENDER_HELP = `usage: mesh-constructs render (--from-helm CHART=FILE)... | --from-operator FILE | --profile NAME  [options]

Prints the manifests that Istio's own installers make of a values file, an IstioOperator or a profile, CRDs included, in the
order in which they are applied. They are made by the constructs of this library: no Helm, no istioctl, no network.

input:
  --from-helm CHART=FILE        values of a Helm chart: base, istiod, cni, ztunnel or gateway; without "=FILE", its defaults.
                                May stand several times; files for one release are merged, the last one wins
  --from-helm CHART:RELEASE/NAMESPACE=FILE
                                the same, with the name and the namespace of the Helm release, or only one of them
                                (default: istio-base, istiod, istio-cni, ztunnel in istio-system or in the values'
                                global.istioNamespace; istio-ingress in istio-ingress)
  --from-operator FILE          an IstioOperator, as istioctl reads it; may stand several times, the last one wins
  --profile NAME                a profile of istioctl: default, demo, minimal, ambient, remote, preview, stable, empty,
                                openshift, openshift-ambient
                                FILE may be - for standard input

options:
  --istio VERSION               full version of Istio, such as 1.30.3 (default: the newest known)
  --hub HUB                     registry and path of the images (default: docker.io/istio); not with --from-helm
  --tag TAG                     tag of the images (default: the version); not with --from-helm
  --json                        print one JSON document instead of YAML
  -h, --help                    print this text

examples:
  mesh-constructs render --profile demo --istio 1.30.3 > istio.yaml
  mesh-constructs render --from-helm base --from-helm istiod=values.yaml --from-helm cni=values.yaml
  mesh-constructs render --from-helm gateway:edge/ingress=edge.yaml | kubectl diff -f -
  mesh-constructs render --from-operator iop.yaml | mesh-constructs validate --istio 1.30.3 -

Values that change nothing are named on standard error. --json prints { "istio", "objects": [...], "notes": [...] }, or
{ "findings": [...] } where something is wrong.

exit codes:
  0  printed
  1  something is wrong with the input: nothing is printed but what that is
  2  used in a wrong way, or an input cannot be read
`;
