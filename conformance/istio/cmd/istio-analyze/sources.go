package main

import (
	"bytes"
	"encoding/base64"
	"io"

	"istio.io/istio/pilot/pkg/config/file"
	"istio.io/istio/pkg/config/analysis/analyzers"
	"istio.io/istio/pkg/config/analysis/legacy/util/kuberesource"
	"istio.io/istio/pkg/config/analysis/local"

	"mesh-constructs/conformance/istio/internal/manifests"
)

// names is a flag that may be given several times.
type names []string

func (all *names) String() string { return "" }

func (all *names) Set(name string) error {
	*all = append(*all, name)
	return nil
}

// sourcesOf is what the analyzers read: the files as they are, and the extras.
func sourcesOf(files, extras []string) ([]local.ReaderSource, error) {
	var sources []local.ReaderSource
	for _, name := range files {
		content, err := manifests.Content(name)
		if err != nil {
			return nil, err
		}
		// read twice: this reader is stricter than Istio's, and names the document that is wrong
		if _, err := manifests.Parse(name, content); err != nil {
			return nil, err
		}
		sources = append(sources, local.ReaderSource{Name: name, Reader: bytes.NewReader(content)})
	}
	for _, name := range extras {
		filled, err := filledExtras(name)
		if err != nil {
			return nil, err
		}
		sources = append(sources, local.ReaderSource{Name: name, Reader: filled})
	}
	return sources, nil
}

// filledExtras gives a certificate to each Secret for TLS that has none.
func filledExtras(name string) (io.Reader, error) {
	all, err := manifests.Read([]string{name})
	if err != nil {
		return nil, err
	}
	var filled bytes.Buffer
	for _, manifest := range all {
		object := manifest.Object.Object
		if _, has := object["data"]; !has && object["kind"] == "Secret" && object["type"] == "kubernetes.io/tls" {
			certificate, key, err := freshCertificate()
			if err != nil {
				return nil, err
			}
			object["data"] = map[string]any{
				"tls.crt": base64.StdEncoding.EncodeToString(certificate),
				"tls.key": base64.StdEncoding.EncodeToString(key),
			}
		}
		text, err := manifest.JSON()
		if err != nil {
			return nil, err
		}
		filled.WriteString("---\n")
		filled.Write(text)
		filled.WriteString("\n")
	}
	return &filled, nil
}

// addOther makes the file what istiod would read from the API server of a second cluster.
func addOther(analyzer *local.IstiodAnalyzer, name string) error {
	content, err := manifests.Content(name)
	if err != nil {
		return err
	}
	source := file.NewKubeSource(kuberesource.ConvertInputsToSchemas(analyzers.AllCombined().Metadata().Inputs))
	analyzer.AddSourceForCluster(source, "other")
	return source.ApplyContent(name, string(content))
}
