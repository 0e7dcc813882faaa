// Command istio-inject runs injection templates in Istio's own code. It reads one JSON object from the file that it is
// given (- is standard input) and prints one line of JSON for each case: {"name", "objects"} or {"name", "error"}.
//
// A case injects manifests the way istioctl kube-inject does, or renders one template the way istiod does for the pods and
// gateways that its webhook and its gateway controller see.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	meshapi "istio.io/api/mesh/v1alpha1"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/kube/inject"

	"mesh-constructs/conformance/istio/internal/program"
)

type request struct {
	Injectors map[string]injectorFiles `json:"injectors"`
	Cases     []kase                   `json:"cases"`
}

// injectorFiles are what a cluster's ConfigMaps hold.
type injectorFiles struct {
	Config     string `json:"config"`
	Values     string `json:"values"`
	MeshConfig string `json:"meshConfig"`
}

type kase struct {
	Name     string `json:"name"`
	Injector string `json:"injector"`
	Revision string `json:"revision"`
	// Input is manifests to inject; without it, Pod or Gateway is rendered.
	Input          string       `json:"input"`
	Pod            *podCase     `json:"pod"`
	Gateway        *gatewayCase `json:"gateway"`
	NativeSidecars bool         `json:"nativeSidecars"`
	// CompliancePolicy is istiod's environment variable COMPLIANCE_POLICY.
	CompliancePolicy string `json:"compliancePolicy"`
}

type answer struct {
	Name    string `json:"name"`
	Objects []any  `json:"objects,omitempty"`
	Error   string `json:"error,omitempty"`
}

// injector is what istiod makes of its files.
type injector struct {
	templates inject.Templates
	values    inject.ValuesConfig
	mesh      *meshapi.MeshConfig
}

func main() {
	program.Run(run)
}

func run() error {
	if len(os.Args) != 2 {
		return errors.New("usage: istio-inject FILE (- is standard input)")
	}
	wanted, err := read(os.Args[1])
	if err != nil {
		return err
	}
	injectors := map[string]*injector{}
	for name, files := range wanted.Injectors {
		if injectors[name], err = parse(files); err != nil {
			return fmt.Errorf("injector %s: %w", name, err)
		}
	}
	for _, one := range wanted.Cases {
		if err := program.Print(judge(one, injectors[one.Injector])); err != nil {
			return err
		}
	}
	return nil
}

func read(file string) (request, error) {
	var wanted request
	data, err := readFile(file)
	if err != nil {
		return wanted, err
	}
	return wanted, json.Unmarshal(data, &wanted)
}

func readFile(file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(os.Stdin)
	}
	return os.ReadFile(file)
}

func parse(files injectorFiles) (*injector, error) {
	config, err := inject.UnmarshalConfig([]byte(files.Config))
	if err != nil {
		return nil, err
	}
	values, err := inject.NewValuesConfig(files.Values)
	if err != nil {
		return nil, err
	}
	meshConfig, err := mesh.ApplyMeshConfigDefaults(files.MeshConfig)
	if err != nil {
		return nil, err
	}
	return &injector{templates: config.Templates, values: values, mesh: meshConfig}, nil
}

func judge(one kase, with *injector) answer {
	objects, err := objectsOf(one, with)
	if err != nil {
		return answer{Name: one.Name, Error: err.Error()}
	}
	return answer{Name: one.Name, Objects: objects}
}

func objectsOf(one kase, with *injector) ([]any, error) {
	switch {
	case with == nil:
		return nil, fmt.Errorf("there is no injector %q", one.Injector)
	case one.Pod != nil:
		return renderPod(one, with)
	case one.Gateway != nil:
		return renderGateway(one, with)
	default:
		return injectManifests(one, with)
	}
}
