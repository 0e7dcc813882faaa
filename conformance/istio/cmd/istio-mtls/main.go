// Command istio-mtls reads questions, one line of JSON each, and prints for each what Istio's own code decides on: the mode
// of mutual TLS of some ports of some pods, by a set of PeerAuthentications.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	security "istio.io/api/security/v1beta1"
	"istio.io/istio/pilot/pkg/networking/core"
	"istio.io/istio/pilot/pkg/security/authn"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/labels"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/config/schema/gvk"
	"istio.io/istio/pkg/test"

	"mesh-constructs/conformance/istio/internal/program"
)

// question is a set of policies, and pods that they may be for.
type question struct {
	RootNamespace string   `json:"rootNamespace"`
	Policies      []policy `json:"policies"`
	Pods          struct {
		Namespace string            `json:"namespace"`
		Labels    map[string]string `json:"labels"`
	} `json:"pods"`
	Ports []uint32 `json:"ports"`
}

type policy struct {
	Name      string          `json:"name"`
	Namespace string          `json:"namespace"`
	Created   int64           `json:"created"`
	Spec      json.RawMessage `json:"spec"`
}

type answer struct {
	Modes []string `json:"modes"`
}

func main() {
	program.Run(run)
}

func run() error {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var asked question
		decoder := json.NewDecoder(strings.NewReader(lines.Text()))
		// a misspelt key would change nothing, and nobody would know
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&asked); err != nil {
			return err
		}
		configs, err := configsOf(asked.Policies)
		if err != nil {
			return err
		}
		var modes []string
		// what Istio gives its tests to set up a control plane wants something that it can fail
		if err := test.Wrap(func(failer test.Failer) { modes = modesOf(failer, asked, configs) }); err != nil {
			return err
		}
		if err := program.Print(answer{Modes: modes}); err != nil {
			return err
		}
	}
	return lines.Err()
}

func configsOf(policies []policy) ([]config.Config, error) {
	var all []config.Config
	for _, one := range policies {
		spec := &security.PeerAuthentication{}
		if err := config.ApplyJSONStrict(spec, string(one.Spec)); err != nil {
			return nil, fmt.Errorf("%s/%s: %w", one.Namespace, one.Name, err)
		}
		all = append(all, config.Config{
			Meta: config.Meta{
				GroupVersionKind:  gvk.PeerAuthentication,
				Name:              one.Name,
				Namespace:         one.Namespace,
				CreationTimestamp: time.Unix(one.Created, 0),
			},
			Spec: spec,
		})
	}
	return all, nil
}

func modesOf(failer test.Failer, asked question, configs []config.Config) []string {
	settings := mesh.DefaultMeshConfig()
	settings.RootNamespace = asked.RootNamespace
	push := core.NewConfigGenTest(failer, core.TestOptions{Configs: configs, MeshConfig: settings}).PushContext()
	pods := labels.Instance(asked.Pods.Labels)
	decided := authn.NewMtlsPolicy(push, push.AuthnPolicies, asked.Pods.Namespace, pods, false)
	var modes []string
	for _, port := range asked.Ports {
		modes = append(modes, decided.GetMutualTLSModeForPort(port).String())
	}
	return modes
}
