// Command istio-xds writes the listeners, routes, clusters and endpoints that istiod would push to one proxy.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"

	meshconfig "istio.io/api/mesh/v1alpha1"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/test"

	"mesh-constructs/conformance/istio/internal/istioconfig"
	"mesh-constructs/conformance/istio/internal/manifests"
	"mesh-constructs/conformance/istio/internal/program"
)

func main() {
	program.Run(run)
}

func run() error {
	meshFile := flag.String("mesh-config", "", "YAML of a MeshConfig, laid over Istio's defaults")
	proxyFile := flag.String("proxy", "", "JSON that describes the proxy")
	workloadsFile := flag.String("workloads", "", "JSON list of the pods that there are")
	out := flag.String("out", "", "folder to write to")
	flag.Parse()
	if *proxyFile == "" || *out == "" || flag.NArg() == 0 {
		return errors.New("usage: istio-xds [--mesh-config FILE] --proxy FILE [--workloads FILE] --out FOLDER FILE...")
	}
	world, self, err := read(*meshFile, *proxyFile, *workloadsFile, flag.Args())
	if err != nil {
		return err
	}
	if err := os.MkdirAll(*out, 0o755); err != nil {
		return err
	}
	var written error
	// what Istio gives its tests to set up a control plane wants something that it can fail
	failed := test.Wrap(func(failer test.Failer) {
		written = write(*out, generate(failer, world, self))
	})
	return errors.Join(failed, written)
}

// world is all that istiod would know.
type world struct {
	mesh       *meshconfig.MeshConfig
	configs    []config.Config
	kubernetes kubernetes
}

func read(meshFile, proxyFile, workloadsFile string, files []string) (world, proxy, error) {
	self := proxy{Type: "sidecar", IP: "10.255.255.254"}
	if err := readJSON(proxyFile, &self); err != nil {
		return world{}, self, err
	}
	var workloads []workload
	if workloadsFile != "" {
		if err := readJSON(workloadsFile, &workloads); err != nil {
			return world{}, self, err
		}
	}
	workloads, self, err := withSelf(workloads, self)
	if err != nil {
		return world{}, self, err
	}
	all, err := manifests.Read(files)
	if err != nil {
		return world{}, self, err
	}
	found := world{mesh: mesh.DefaultMeshConfig()}
	if meshFile != "" {
		content, err := manifests.Content(meshFile)
		if err != nil {
			return world{}, self, err
		}
		if found.mesh, err = mesh.ApplyMeshConfigDefaults(string(content)); err != nil {
			return world{}, self, fmt.Errorf("%s: %w", meshFile, err)
		}
	}
	for _, manifest := range all {
		if !istioconfig.Is(manifest) {
			continue
		}
		object, schema, err := istioconfig.From(manifest)
		if err != nil {
			return world{}, self, fmt.Errorf("%s: %s: %w", manifest.File, manifest.ID(), err)
		}
		// only said: where istiod's webhook does not look, istiod takes it all the same
		if _, err := schema.ValidateConfig(object); err != nil {
			fmt.Fprintf(os.Stderr, "%s is not valid: %v\n", manifest.ID(), err)
		}
		found.configs = append(found.configs, object)
	}
	found.kubernetes, err = kubernetesFrom(all, workloads)
	return found, self, err
}

func readJSON(file string, into any) error {
	content, err := manifests.Content(file)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	// a misspelt key would change nothing, and nobody would know
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}
