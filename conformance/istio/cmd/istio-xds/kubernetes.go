package main

import (
	"errors"
	"fmt"
	"sort"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"

	"mesh-constructs/conformance/istio/internal/manifests"
)

// kubernetes is what istiod reads from the API server.
type kubernetes struct {
	objects []runtime.Object
}

// workload is a pod, as the caller describes it.
type workload struct {
	Name           string            `json:"name"`
	Namespace      string            `json:"namespace"`
	Labels         map[string]string `json:"labels"`
	IP             string            `json:"ip"`
	ServiceAccount string            `json:"serviceAccount"`
	// Ports leads from target ports of Services to the ports that are there in truth.
	Ports map[string]int32 `json:"ports"`
	// Sidecar is true where it is left out.
	Sidecar *bool `json:"sidecar"`
}

// kubernetesFrom is the objects of the files, together with what a cluster makes of them and of the pods.
func kubernetesFrom(all []manifests.Manifest, workloads []workload) (kubernetes, error) {
	var found kubernetes
	// nobody in the mesh calls a gateway by its own Service: those have no endpoints
	var services, gateways []*corev1.Service
	stand := map[string]*corev1.Secret{}
	for _, manifest := range all {
		object := emptyObject(manifest)
		if object == nil && manifest.Object.GroupVersionKind().Group == gatewayGroup {
			if object = emptyGatewayObject(manifest.Object.GetKind()); object == nil {
				// to pass it over would mislead
				return found, fmt.Errorf("%s: %s: this kind of the Gateway API is not read", manifest.File, manifest.ID())
			}
		}
		if object == nil {
			continue
		}
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(manifest.Object.Object, object); err != nil {
			return found, fmt.Errorf("%s: %s: %w", manifest.File, manifest.ID(), err)
		}
		switch typed := object.(type) {
		case *corev1.Service:
			services = append(services, typed)
		case *gatewayv1.Gateway:
			if service := deployed(typed); service != nil {
				gateways = append(gateways, service)
				found.objects = append(found.objects, service)
			}
			secrets, err := certificates(typed)
			if err != nil {
				return found, err
			}
			for _, secret := range secrets {
				stand[secret.Namespace+"/"+secret.Name] = secret
			}
		case *gatewayv1.HTTPRoute:
			defaultMatches(typed)
		case *gatewayv1beta1.ReferenceGrant:
			// in the version that istiod reads; a server serves each object in all
			typed.APIVersion = gatewayGroup + "/v1beta1"
		}
		found.objects = append(found.objects, object)
	}
	for _, secret := range stand {
		found.objects = append(found.objects, secret)
	}
	admit(append(gateways, services...))
	byIP := map[string]string{}
	for _, one := range workloads {
		if one.Name == "" || one.Namespace == "" || one.IP == "" {
			return found, fmt.Errorf("a workload needs a name, a namespace and an ip: %+v", one)
		}
		if other, taken := byIP[one.IP]; taken {
			// istiod would know one of them only
			return found, fmt.Errorf("workloads %s and %s have the same ip %s", other, one.Name, one.IP)
		}
		byIP[one.IP] = one.Name
		found.objects = append(found.objects, podOf(one))
		slices, err := endpointsOf(one, services)
		if err != nil {
			return found, err
		}
		found.objects = append(found.objects, slices...)
	}
	return found, nil
}

// emptyObject is nil for the kinds that istiod does not read.
func emptyObject(manifest manifests.Manifest) runtime.Object {
	switch manifest.Object.GetAPIVersion() + " " + manifest.Object.GetKind() {
	case "v1 Service":
		return &corev1.Service{}
	case "v1 Namespace":
		return &corev1.Namespace{}
	case "v1 Node":
		return &corev1.Node{}
	case "v1 Pod":
		return &corev1.Pod{}
	case "discovery.k8s.io/v1 EndpointSlice":
		return &discoveryv1.EndpointSlice{}
	default:
		return nil
	}
}

// admit does to Services what the API server does: defaults, and an address for each, in the order of their names.
func admit(services []*corev1.Service) {
	sorted := append([]*corev1.Service{}, services...)
	sort.Slice(sorted, func(a, b int) bool {
		return sorted[a].Namespace+"/"+sorted[a].Name < sorted[b].Namespace+"/"+sorted[b].Name
	})
	for index, service := range sorted {
		if service.Spec.Type == "" {
			service.Spec.Type = corev1.ServiceTypeClusterIP
		}
		if service.Spec.ClusterIP == "" && service.Spec.Type != corev1.ServiceTypeExternalName {
			service.Spec.ClusterIP = fmt.Sprintf("10.96.%d.%d", index/200, index%200+1)
			service.Spec.ClusterIPs = []string{service.Spec.ClusterIP}
		}
		for number := range service.Spec.Ports {
			port := &service.Spec.Ports[number]
			if port.Protocol == "" {
				port.Protocol = corev1.ProtocolTCP
			}
			if port.TargetPort == (intstr.IntOrString{}) {
				port.TargetPort = intstr.FromInt32(port.Port)
			}
		}
	}
}

func podOf(one workload) *corev1.Pod {
	marks := map[string]string{}
	for key, value := range one.Labels {
		marks[key] = value
	}
	if one.Sidecar == nil || *one.Sidecar {
		// the label that the injector gives to pods with a proxy
		marks["security.istio.io/tlsMode"] = "istio"
	}
	container := corev1.Container{Name: "app"}
	for name, port := range one.Ports {
		if _, err := strconv.Atoi(name); err != nil {
			container.Ports = append(container.Ports, corev1.ContainerPort{Name: name, ContainerPort: port, Protocol: corev1.ProtocolTCP})
		}
	}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: one.Name, Namespace: one.Namespace, Labels: marks},
		Spec:       corev1.PodSpec{ServiceAccountName: one.ServiceAccount, Containers: []corev1.Container{container}},
		Status: corev1.PodStatus{
			Phase:      corev1.PodRunning,
			PodIP:      one.IP,
			PodIPs:     []corev1.PodIP{{IP: one.IP}},
			Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}},
		},
	}
}

// endpointsOf does what a cluster's endpoints controller does, with a slice for each pod, because each has its own ports.
func endpointsOf(one workload, services []*corev1.Service) ([]runtime.Object, error) {
	var slices []runtime.Object
	for _, service := range services {
		selector := service.Spec.Selector
		if service.Namespace != one.Namespace || len(selector) == 0 || !labels.SelectorFromSet(selector).Matches(labels.Set(one.Labels)) {
			continue
		}
		ready := true
		slice := &discoveryv1.EndpointSlice{
			ObjectMeta: metav1.ObjectMeta{
				Name:      service.Name + "-" + one.Name,
				Namespace: service.Namespace,
				Labels:    map[string]string{discoveryv1.LabelServiceName: service.Name},
			},
			AddressType: discoveryv1.AddressTypeIPv4,
			Endpoints: []discoveryv1.Endpoint{{
				Addresses:  []string{one.IP},
				Conditions: discoveryv1.EndpointConditions{Ready: &ready, Serving: &ready},
				TargetRef:  &corev1.ObjectReference{Kind: "Pod", Name: one.Name, Namespace: one.Namespace},
			}},
		}
		for _, port := range service.Spec.Ports {
			number, known := one.Ports[port.TargetPort.String()]
			if !known {
				number = port.TargetPort.IntVal
			}
			if number == 0 {
				return nil, errors.New("workload " + one.Name + " has no entry in ports for " + port.TargetPort.String())
			}
			name, protocol := port.Name, port.Protocol
			slice.Ports = append(slice.Ports, discoveryv1.EndpointPort{Name: &name, Protocol: &protocol, Port: &number, AppProtocol: port.AppProtocol})
		}
		slices = append(slices, slice)
	}
	return slices, nil
}
