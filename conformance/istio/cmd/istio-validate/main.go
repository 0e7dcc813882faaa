// Command istio-validate has Istio's own validation judge every Istio object of the files it is given, and prints one
// line of JSON for each: {"object", "file", "errors", "warnings"}. Objects of other groups are passed over.
package main

import (
	"errors"
	"os"

	"github.com/hashicorp/go-multierror"

	"mesh-constructs/conformance/istio/internal/istioconfig"
	"mesh-constructs/conformance/istio/internal/manifests"
	"mesh-constructs/conformance/istio/internal/program"
)

type verdict struct {
	Object   string   `json:"object"`
	File     string   `json:"file"`
	Errors   []string `json:"errors"`
	Warnings []string `json:"warnings"`
}

func main() {
	program.Run(run)
}

func run() error {
	files := os.Args[1:]
	if len(files) == 0 {
		return errors.New("usage: istio-validate FILE... (- is standard input)")
	}
	all, err := manifests.Read(files)
	if err != nil {
		return err
	}
	for _, manifest := range all {
		if !istioconfig.Is(manifest) {
			continue
		}
		warning, err := validate(manifest)
		line := verdict{Object: manifest.ID(), File: manifest.File, Errors: texts(err), Warnings: texts(warning)}
		if err := program.Print(line); err != nil {
			return err
		}
	}
	return nil
}

func validate(manifest manifests.Manifest) (warning, err error) {
	object, schema, err := istioconfig.From(manifest)
	if err != nil {
		return nil, err
	}
	return schema.ValidateConfig(object)
}

// texts takes apart what Istio puts into one error.
func texts(err error) []string {
	if err == nil {
		return []string{}
	}
	var several *multierror.Error
	if !errors.As(err, &several) {
		return []string{err.Error()}
	}
	lines := []string{}
	for _, one := range several.Errors {
		lines = append(lines, texts(one)...)
	}
	return lines
}
