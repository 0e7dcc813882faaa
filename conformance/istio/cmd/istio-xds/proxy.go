package main

import (
	"fmt"
	"strings"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	meshconfig "istio.io/api/mesh/v1alpha1"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/networking/util"
	"istio.io/istio/pkg/config/constants"
	"istio.io/istio/pkg/config/mesh"
	pm "istio.io/istio/pkg/model"
	"istio.io/istio/pkg/spiffe"
)

// istioVersion is what the proxy says of itself; istiod sends older proxies something else.
const istioVersion = "1.31.1"

// proxy is the proxy that the resources are for, as the caller describes it.
type proxy struct {
	Type           string            `json:"type"`
	Namespace      string            `json:"namespace"`
	ServiceAccount string            `json:"serviceAccount"`
	Labels         map[string]string `json:"labels"`
	IP             string            `json:"ip"`
	ID             string            `json:"id"`
	// ProxyConfig is the annotation proxy.istio.io/config of its pod: YAML, laid over the mesh's own.
	ProxyConfig string `json:"proxyConfig"`
}

// withSelf sees to it that the proxy is one of the pods, and knows which.
func withSelf(workloads []workload, self proxy) ([]workload, proxy, error) {
	if self.Namespace == "" || (self.Type != "sidecar" && self.Type != "router") {
		return nil, self, fmt.Errorf("a proxy needs a namespace, and a type that is sidecar or router: %+v", self)
	}
	for _, one := range workloads {
		if one.IP == self.IP && one.Namespace == self.Namespace {
			if self.ID == "" {
				self.ID = one.Name + "." + one.Namespace
			}
			return workloads, self, nil
		}
	}
	if self.ID == "" {
		self.ID = "self." + self.Namespace
	}
	name := strings.TrimSuffix(self.ID, "."+self.Namespace)
	pod := workload{Name: name, Namespace: self.Namespace, Labels: self.Labels, IP: self.IP, ServiceAccount: self.ServiceAccount}
	return append(workloads, pod), self, nil
}

// model is the proxy as istiod knows it once it is connected.
func (self proxy) model(all *meshconfig.MeshConfig) (*model.Proxy, error) {
	kind := model.SidecarProxy
	if self.Type == "router" {
		kind = model.Router
	}
	var own *model.NodeMetaProxyConfig
	if self.ProxyConfig != "" {
		merged, err := mesh.ApplyProxyConfig(self.ProxyConfig, all)
		if err != nil {
			return nil, err
		}
		own = (*model.NodeMetaProxyConfig)(merged.GetDefaultConfig())
	}
	return &model.Proxy{
		Type:            kind,
		ID:              self.ID,
		IPAddresses:     []string{self.IP},
		Labels:          self.Labels,
		Locality:        self.locality(),
		ConfigNamespace: self.Namespace,
		DNSDomain:       self.Namespace + ".svc." + constants.DefaultClusterLocalDomain,
		IstioVersion:    model.ParseIstioVersion(istioVersion),
		VerifiedIdentity: &spiffe.Identity{
			TrustDomain:    all.GetTrustDomain(),
			Namespace:      self.Namespace,
			ServiceAccount: self.ServiceAccount,
		},
		Metadata: &model.NodeMetadata{
			IstioVersion:   istioVersion,
			Labels:         self.Labels,
			Namespace:      self.Namespace,
			ServiceAccount: self.ServiceAccount,
			ClusterID:      constants.DefaultClusterName,
			ProxyConfig:    own,
		},
	}, nil
}

// locality is where the proxy runs, by the label that says so of pods; nil where none does.
func (self proxy) locality() *corev3.Locality {
	label := pm.GetLocalityLabel(self.Labels)
	if label == "" {
		return nil
	}
	return util.ConvertLocality(pm.SanitizeLocalityLabel(label))
}
