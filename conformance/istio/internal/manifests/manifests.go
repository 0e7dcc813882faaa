// Package manifests reads YAML files of many documents.
package manifests

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// Manifest is one document of a file.
type Manifest struct {
	// File is where it was read, `-` for standard input.
	File   string
	Object *unstructured.Unstructured
}

// ID names the object for a reader.
func (m Manifest) ID() string {
	name := m.Object.GetName()
	if namespace := m.Object.GetNamespace(); namespace != "" {
		name = namespace + "/" + name
	}
	return m.Object.GetKind() + " " + name
}

// JSON is the document as JSON.
func (m Manifest) JSON() ([]byte, error) {
	return m.Object.MarshalJSON()
}

// Content is the bytes of a file, or of standard input for `-`.
func Content(file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(os.Stdin)
	}
	return os.ReadFile(file)
}

// Read reads all documents of the files, in their order. An empty document is nothing; one that is not an object of
// Kubernetes is an error, because an object that nobody looks at would pass every check.
func Read(files []string) ([]Manifest, error) {
	var all []Manifest
	for _, file := range files {
		content, err := Content(file)
		if err != nil {
			return nil, err
		}
		found, err := Parse(file, content)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// Parse reads all documents of the content of a file.
func Parse(file string, content []byte) ([]Manifest, error) {
	var all []Manifest
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(content)))
	for number := 1; ; number++ {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s, document %d: %w", file, number, err)
		}
		var object map[string]any
		// strict, so that a key that is there twice is seen
		if err := yaml.UnmarshalStrict(document, &object); err != nil {
			return nil, fmt.Errorf("%s, document %d: %w", file, number, err)
		}
		if len(object) == 0 {
			continue
		}
		manifest := Manifest{File: file, Object: &unstructured.Unstructured{Object: object}}
		if manifest.Object.GetAPIVersion() == "" || manifest.Object.GetKind() == "" {
			return nil, fmt.Errorf("%s, document %d: no apiVersion or no kind", file, number)
		}
		if manifest.Object.IsList() {
			return nil, fmt.Errorf("%s, document %d: lists are not read, give their items as documents", file, number)
		}
		all = append(all, manifest)
	}
}
