package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"
	"sigs.k8s.io/gateway-api/pkg/consts"

	"istio.io/istio/pilot/pkg/config/kube/gateway"
	"istio.io/istio/pilot/pkg/features"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/serviceregistry/kube/controller"
	"istio.io/istio/pkg/config/constants"
	"istio.io/istio/pkg/config/schema/gvr"
	"istio.io/istio/pkg/kube"
	"istio.io/istio/pkg/kube/kclient/clienttest"
	"istio.io/istio/pkg/kube/krt"
	"istio.io/istio/pkg/test"
)

const (
	gatewayGroup = "gateway.networking.k8s.io"
	gatewayLabel = "gateway.networking.k8s.io/gateway-name"
	// className is that of gateways whose proxies istiod makes itself.
	className = "istio"
)

// gatewayCRDs are the kinds that istiod's controller of the Gateway API waits for.
var gatewayCRDs = []schema.GroupVersionResource{
	gvr.KubernetesGateway, gvr.ReferenceGrant, gvr.ListenerSet, gvr.GatewayClass, gvr.HTTPRoute, gvr.GRPCRoute,
	gvr.TCPRoute, gvr.TLSRoute, gvr.ServiceEntry, gvr.BackendTLSPolicy,
}

// installGatewayAPI makes it known that the kinds are there, in a version that istiod takes.
func installGatewayAPI(failer test.Failer, client kube.Client) {
	for _, kind := range gatewayCRDs {
		clienttest.MakeCRDWithAnnotations(failer, client, kind, map[string]string{consts.BundleVersionAnnotation: consts.BundleVersion})
	}
}

// gatewayController is istiod's own: it turns objects of the Gateway API into Gateways and VirtualServices.
func gatewayController(client kube.Client, updater model.XDSUpdater) *gateway.Controller {
	ready := func(schema.GroupVersionResource, <-chan struct{}) bool { return true }
	options := controller.Options{
		DomainSuffix: constants.DefaultClusterLocalDomain,
		ClusterID:    constants.DefaultClusterName,
		KrtDebugger:  krt.GlobalDebugHandler,
	}
	return gateway.NewController(client, ready, options, updater)
}

// gatewayClass is what istiod makes when it starts.
func gatewayClass() runtime.Object {
	return &gatewayv1.GatewayClass{
		ObjectMeta: metav1.ObjectMeta{Name: className},
		Spec:       gatewayv1.GatewayClassSpec{ControllerName: gatewayv1.GatewayController(features.ManagedGatewayController)},
	}
}

// emptyGatewayObject is nil for the kinds that are not read. All versions of a kind have the fields of the one that istiod reads.
func emptyGatewayObject(kind string) runtime.Object {
	switch kind {
	case "Gateway":
		return &gatewayv1.Gateway{}
	case "GatewayClass":
		return &gatewayv1.GatewayClass{}
	case "HTTPRoute":
		return &gatewayv1.HTTPRoute{}
	case "GRPCRoute":
		return &gatewayv1.GRPCRoute{}
	case "TCPRoute":
		return &gatewayv1.TCPRoute{}
	case "TLSRoute":
		return &gatewayv1.TLSRoute{}
	case "ReferenceGrant":
		return &gatewayv1beta1.ReferenceGrant{}
	default:
		return nil
	}
}

// deployed is the Service that istiod makes for a Gateway whose proxies it deploys itself; nil for other Gateways.
func deployed(gateway *gatewayv1.Gateway) *corev1.Service {
	if gateway.Spec.GatewayClassName != className || len(gateway.Spec.Addresses) > 0 {
		return nil
	}
	service := &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: metav1.ObjectMeta{Name: gateway.Name + "-" + className, Namespace: gateway.Namespace},
		Spec:       corev1.ServiceSpec{Selector: map[string]string{gatewayLabel: gateway.Name}},
	}
	seen := map[gatewayv1.PortNumber]bool{}
	for _, listener := range gateway.Spec.Listeners {
		if seen[listener.Port] {
			continue
		}
		seen[listener.Port] = true
		service.Spec.Ports = append(service.Spec.Ports, corev1.ServicePort{Name: string(listener.Name), Port: int32(listener.Port)})
	}
	return service
}

// defaultMatches does to a route what the API server does: a match without a path is for all paths.
func defaultMatches(route *gatewayv1.HTTPRoute) {
	kind, value := gatewayv1.PathMatchPathPrefix, "/"
	for index := range route.Spec.Rules {
		rule := &route.Spec.Rules[index]
		if len(rule.Matches) == 0 {
			rule.Matches = []gatewayv1.HTTPRouteMatch{{}}
		}
		for number := range rule.Matches {
			if rule.Matches[number].Path == nil {
				rule.Matches[number].Path = &gatewayv1.HTTPPathMatch{Type: &kind, Value: &value}
			}
		}
	}
}

// certificates stand for the Secrets that a Gateway refers to, which no manifest of a program holds: istiod reads them before it
// serves a listener. What is in them comes to no proxy by the files that are written here.
func certificates(gateway *gatewayv1.Gateway) ([]*corev1.Secret, error) {
	var secrets []*corev1.Secret
	for _, listener := range gateway.Spec.Listeners {
		if listener.TLS == nil {
			continue
		}
		for _, reference := range listener.TLS.CertificateRefs {
			namespace := gateway.Namespace
			if reference.Namespace != nil {
				namespace = string(*reference.Namespace)
			}
			certificate, key, err := selfSigned()
			if err != nil {
				return nil, err
			}
			secrets = append(secrets, &corev1.Secret{
				ObjectMeta: metav1.ObjectMeta{Name: string(reference.Name), Namespace: namespace},
				Type:       corev1.SecretTypeTLS,
				Data:       map[string][]byte{corev1.TLSCertKey: certificate, corev1.TLSPrivateKeyKey: key, "ca.crt": certificate},
			})
		}
	}
	return secrets, nil
}

func selfSigned() (certificate, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour)}
	signed, err := x509.CreateCertificate(rand.Reader, &template, &template, &private.PublicKey, private)
	if err != nil {
		return nil, nil, err
	}
	encoded, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		return nil, nil, err
	}
	block := func(kind string, bytes []byte) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes})
	}
	return block("CERTIFICATE", signed), block("EC PRIVATE KEY", encoded), nil
}
