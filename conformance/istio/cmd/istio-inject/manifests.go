package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"istio.io/istio/pilot/pkg/features"
	"istio.io/istio/pkg/kube/inject"
)

// injectManifests does what istioctl kube-inject does when it is given the files of an injector.
func injectManifests(one kase, with *injector) ([]any, error) {
	native(one.NativeSidecars)
	compliance(one.CompliancePolicy)
	var out bytes.Buffer
	ignore := func(string) {}
	err := inject.IntoResourceFile(nil, with.templates, with.values, one.Revision, with.mesh, strings.NewReader(one.Input), &out, ignore)
	if err != nil {
		return nil, err
	}
	return documents(out.Bytes())
}

// native says whether nodes run native sidecars; without a cluster to ask, Istio takes the feature's word.
func native(enabled bool) {
	features.EnableNativeSidecars = features.NativeSidecarModeDisabled
	if enabled {
		features.EnableNativeSidecars = features.NativeSidecarModeEnabled
	}
}

// documents reads YAML of many documents as plain data.
func documents(text []byte) ([]any, error) {
	objects := []any{}
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, err
		}
		var object any
		if err := yaml.Unmarshal(document, &object); err != nil {
			return nil, err
		}
		if object != nil {
			objects = append(objects, object)
		}
	}
}
