// Package istioconfig turns objects of Istio's groups into the form that Istio's packages work on.
package istioconfig

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/schema/collections"
	"istio.io/istio/pkg/config/schema/resource"

	"mesh-constructs/conformance/istio/internal/manifests"
)

// Is tells whether the object is of one of Istio's groups, of a kind that Istio has or not.
func Is(manifest manifests.Manifest) bool {
	return strings.HasSuffix(manifest.Object.GroupVersionKind().Group, ".istio.io")
}

// From converts an object. It is strict, so that a field that Istio does not have is not passed over in silence.
func From(manifest manifests.Manifest) (config.Config, resource.Schema, error) {
	kind := manifest.Object.GroupVersionKind()
	schema, known := collections.Istio.FindByGroupVersionAliasesKind(config.FromKubernetesGVK(kind))
	if !known {
		return config.Config{}, nil, fmt.Errorf("there is no kind %s in Istio", kind)
	}
	spec, err := schema.NewInstance()
	if err != nil {
		return config.Config{}, nil, err
	}
	text, err := specOf(manifest)
	if err != nil {
		return config.Config{}, nil, err
	}
	if err := config.ApplyJSONStrict(spec, text); err != nil {
		return config.Config{}, nil, err
	}
	meta := config.Meta{
		GroupVersionKind: schema.GroupVersionKind(),
		Name:             manifest.Object.GetName(),
		Namespace:        manifest.Object.GetNamespace(),
		Labels:           manifest.Object.GetLabels(),
		Annotations:      manifest.Object.GetAnnotations(),
		// Istio orders objects by age; here all are of one age, and their names decide
		CreationTimestamp: time.Unix(0, 0),
	}
	return config.Config{Meta: meta, Spec: spec}, schema, nil
}

func specOf(manifest manifests.Manifest) (string, error) {
	spec, found := manifest.Object.Object["spec"]
	if !found {
		return "{}", nil
	}
	object, ok := spec.(map[string]any)
	if !ok {
		return "", errors.New("spec is not an object")
	}
	text, err := config.ToJSON(object)
	return string(text), err
}
