package main

import (
	"bytes"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	"istio.io/api/annotation"
	meshapi "istio.io/api/mesh/v1alpha1"
	"istio.io/istio/pkg/config/mesh"
	commonfeatures "istio.io/istio/pkg/features"
	"istio.io/istio/pkg/kube/inject"
)

// podCase is a pod as istiod's webhook sees it.
type podCase struct {
	Template   string     `json:"template"`
	Pod        corev1.Pod `json:"pod"`
	Owner      owner      `json:"owner"`
	ProxyUID   int64      `json:"proxyUID"`
	ProxyGID   int64      `json:"proxyGID"`
	APIVersion string     `json:"apiVersion"`
	Kind       string     `json:"kind"`
}

type owner struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
}

// gatewayCase is a Gateway as istiod's gateway controller sees it.
type gatewayCase struct {
	Template                  string               `json:"template"`
	Metadata                  metav1.ObjectMeta    `json:"metadata"`
	Spec                      gatewaySpec          `json:"spec"`
	GatewayClass              string               `json:"gatewayClass"`
	DeploymentName            string               `json:"deploymentName"`
	ServiceAccount            string               `json:"serviceAccount"`
	ServiceType               string               `json:"serviceType"`
	ControllerLabel           string               `json:"controllerLabel"`
	ClusterID                 string               `json:"clusterID"`
	KubeVersion               int                  `json:"kubeVersion"`
	ProxyUID                  int64                `json:"proxyUID"`
	ProxyGID                  int64                `json:"proxyGID"`
	Ports                     []corev1.ServicePort `json:"ports"`
	InfrastructureLabels      map[string]string    `json:"infrastructureLabels"`
	InfrastructureAnnotations map[string]string    `json:"infrastructureAnnotations"`
}

type gatewaySpec struct {
	Addresses []gatewayAddress `json:"addresses"`
}

type gatewayAddress struct {
	Value string `json:"value"`
}

// gatewayInput has the names of what istiod's gateway controller gives to templates.
type gatewayInput struct {
	metav1.ObjectMeta
	Spec                      gatewaySpec
	GatewayClass              string
	DeploymentName            string
	ServiceAccount            string
	ServiceType               string
	ControllerLabel           string
	ClusterID                 string
	KubeVersion               int
	ProxyUID                  int64
	ProxyGID                  int64
	Ports                     []corev1.ServicePort
	InfrastructureLabels      map[string]string
	InfrastructureAnnotations map[string]string
	GatewayNameLabel          string
	Revision                  string
	NativeSidecars            bool
	CompliancePolicy          string
	ProxyImage                string
	AgentgatewayImage         string
	ProxyConfig               *meshapi.ProxyConfig
	MeshConfig                *meshapi.MeshConfig
	Values                    map[string]any
}

// renderPod answers with the pod that the template alone makes, before it is laid over the one that it is for.
func renderPod(one kase, with *injector) ([]any, error) {
	pod := one.Pod
	meshConfig := with.mesh
	if own, found := pod.Pod.Annotations[annotation.ProxyConfig.Name]; found {
		var err error
		if meshConfig, err = mesh.ApplyProxyConfig(own, meshConfig); err != nil {
			return nil, err
		}
	}
	proxy := meshConfig.GetDefaultConfig()
	values := with.values.Struct()
	text, err := execute(with, pod.Template, &inject.SidecarTemplateData{
		TypeMeta:                 metav1.TypeMeta{APIVersion: pod.APIVersion, Kind: pod.Kind},
		DeploymentMeta:           types.NamespacedName{Name: pod.Owner.Name, Namespace: pod.Owner.Namespace},
		ObjectMeta:               pod.Pod.ObjectMeta,
		Spec:                     pod.Pod.Spec,
		ProxyConfig:              proxy,
		MeshConfig:               meshConfig,
		Values:                   with.values.Map(),
		Revision:                 one.Revision,
		NativeSidecars:           one.NativeSidecars,
		ProxyImage:               inject.ProxyImage(values, proxy.GetImage(), pod.Pod.Annotations),
		ProxyInitImage:           inject.ProxyInitImage(values, pod.Pod.Annotations),
		ProxyUID:                 pod.ProxyUID,
		ProxyGID:                 pod.ProxyGID,
		InboundTrafficPolicyMode: inject.InboundTrafficPolicyMode(meshConfig),
		CompliancePolicy:         one.CompliancePolicy,
	})
	if err != nil {
		return nil, err
	}
	// A pod is read as istiod reads it: what Kubernetes does not know is lost there, and here.
	var made corev1.Pod
	if err := yaml.Unmarshal(text, &made); err != nil {
		return nil, fmt.Errorf("%w in\n%s", err, text)
	}
	again, err := yaml.Marshal(made)
	if err != nil {
		return nil, err
	}
	return documents(again)
}

// renderGateway answers with the objects that the template makes of a Gateway.
func renderGateway(one kase, with *injector) ([]any, error) {
	gateway := one.Gateway
	proxy := with.mesh.GetDefaultConfig()
	text, err := execute(with, gateway.Template, &gatewayInput{
		ObjectMeta:                gateway.Metadata,
		Spec:                      gateway.Spec,
		GatewayClass:              gateway.GatewayClass,
		DeploymentName:            gateway.DeploymentName,
		ServiceAccount:            gateway.ServiceAccount,
		ServiceType:               gateway.ServiceType,
		ControllerLabel:           gateway.ControllerLabel,
		ClusterID:                 gateway.ClusterID,
		KubeVersion:               gateway.KubeVersion,
		ProxyUID:                  gateway.ProxyUID,
		ProxyGID:                  gateway.ProxyGID,
		Ports:                     gateway.Ports,
		InfrastructureLabels:      gateway.InfrastructureLabels,
		InfrastructureAnnotations: gateway.InfrastructureAnnotations,
		GatewayNameLabel:          "gateway.networking.k8s.io/gateway-name",
		Revision:                  one.Revision,
		NativeSidecars:            one.NativeSidecars,
		CompliancePolicy:          one.CompliancePolicy,
		ProxyImage:                inject.ProxyImage(with.values.Struct(), proxy.GetImage(), gateway.Metadata.Annotations),
		AgentgatewayImage:         inject.AgentgatewayImage(with.values.Struct(), proxy.GetImage(), gateway.Metadata.Annotations),
		ProxyConfig:               proxy,
		MeshConfig:                with.mesh,
		Values:                    with.values.Map(),
	})
	if err != nil {
		return nil, err
	}
	return documents(text)
}

func execute(with *injector, name string, data any) ([]byte, error) {
	template, found := with.templates[name]
	if !found {
		return nil, fmt.Errorf("there is no template %q", name)
	}
	var out bytes.Buffer
	if err := template.Execute(&out, data); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// compliance sets what istiod reads from its environment as it starts.
func compliance(policy string) {
	commonfeatures.CompliancePolicy = policy
}
