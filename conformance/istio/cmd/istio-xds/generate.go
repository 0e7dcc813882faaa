package main

import (
	"slices"
	"strings"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	endpoint "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	"google.golang.org/protobuf/proto"
	"istio.io/istio/pilot/pkg/features"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/networking/core"
	"istio.io/istio/pilot/pkg/serviceregistry"
	"istio.io/istio/pilot/pkg/serviceregistry/kube/controller"
	"istio.io/istio/pilot/pkg/xds/endpoints"
	"istio.io/istio/pkg/config/constants"
	"istio.io/istio/pkg/config/mesh/meshwatcher"
	"istio.io/istio/pkg/kube"
	"istio.io/istio/pkg/test"
)

// resources is what istiod pushes, by the name of the file that it goes to.
type resources map[string][]proto.Message

func generate(failer test.Failer, all world, self proxy) resources {
	// Both ask for filters that only Istio's build of Envoy has: one exchanges telemetry between proxies, the other
	// names the protocol of a request in the TLS handshake, for the telemetry of the other side.
	features.MetadataExchange = false
	features.ALPNFilter = false

	plane, index := controlPlane(failer, all)
	known, err := self.model(all.mesh)
	if err != nil {
		failer.Fatal(err)
	}
	node := plane.SetupProxy(known)
	found := resources{}
	listeners := plane.Listeners(node)
	for _, one := range listeners {
		found["listeners"] = append(found["listeners"], one)
	}
	for _, one := range plane.RoutesFromListeners(node, listeners) {
		found["routes"] = append(found["routes"], one)
	}
	for _, one := range plane.Clusters(node) {
		found["clusters"] = append(found["clusters"], one)
		if one.GetType() == cluster.Cluster_EDS {
			builder := endpoints.NewEndpointBuilder(one.GetName(), node, plane.PushContext())
			found["endpoints"] = append(found["endpoints"], sorted(builder.BuildClusterLoadAssignment(index)))
		}
	}
	return found
}

// sorted gives the endpoints of each locality one order: istiod has none, and equal input shall give equal output.
func sorted(assignment *endpoint.ClusterLoadAssignment) *endpoint.ClusterLoadAssignment {
	for _, locality := range assignment.GetEndpoints() {
		slices.SortFunc(locality.GetLbEndpoints(), func(a, b *endpoint.LbEndpoint) int {
			return strings.Compare(a.GetEndpoint().GetAddress().String(), b.GetEndpoint().GetAddress().String())
		})
	}
	return assignment
}

// controlPlane is istiod's model of the mesh: Istio's objects in memory, and the objects of Kubernetes behind a client
// that needs no server.
func controlPlane(failer test.Failer, all world) (*core.ConfigGenTest, *model.EndpointIndex) {
	// one index for the registries that fill it and the generators that read it
	index := model.NewEndpointIndex(model.DisabledCache{})
	updater := model.NewEndpointIndexUpdater(index)
	client := kube.NewFakeClient(append(all.kubernetes.objects, gatewayClass())...)
	installGatewayAPI(failer, client)
	registry, _ := controller.NewFakeControllerWithOptions(failer, controller.FakeControllerOptions{
		Client:        client,
		ClusterID:     constants.DefaultClusterName,
		DomainSuffix:  constants.DefaultClusterLocalDomain,
		XDSUpdater:    updater,
		MeshWatcher:   meshwatcher.NewTestWatcher(all.mesh),
		ConfigCluster: true,
		SkipRun:       true,
	})
	gateways := gatewayController(client, updater)
	plane := core.NewConfigGenTest(failer, core.TestOptions{
		Configs:           all.configs,
		MeshConfig:        all.mesh,
		XDSUpdater:        updater,
		ServiceRegistries: []serviceregistry.Instance{registry},
		ConfigStoreCaches: []model.ConfigStoreController{gateways},
		ClusterID:         constants.DefaultClusterName,
		SkipRun:           true,
	})
	// pods that a ServiceEntry selects, and WorkloadEntries that a Service selects
	plane.ServiceEntryRegistry.AppendWorkloadHandler(registry.WorkloadInstanceHandler)
	registry.AppendWorkloadHandler(plane.ServiceEntryRegistry.WorkloadInstanceHandler)
	environment := plane.Env()
	environment.EndpointIndex = index
	environment.GatewayAPIController = gateways
	client.RunAndWait(test.NewStop(failer))
	// it says that it is ready once it has seen the mesh, of which there is nothing yet
	gateways.Reconcile(plane.PushContext())
	plane.Run()
	if err := environment.InitNetworksManager(updater); err != nil {
		failer.Fatal(err)
	}
	plane.PushContext().InitContext(environment, nil, nil)
	return plane, index
}
