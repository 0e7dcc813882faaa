// Command yaml reads YAML documents from standard input as kubectl does, and prints one line of JSON for each:
// {"data": …} for a document that was read, {"error": "…"} for one that was refused.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"sigs.k8s.io/yaml"
)

type verdict struct {
	Data  json.RawMessage `json:"data,omitempty"`
	Error string          `json:"error,omitempty"`
}

func main() {
	input, err := io.ReadAll(os.Stdin)
	if err == nil {
		err = judge(input, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func judge(input []byte, output io.Writer) error {
	writer := bufio.NewWriter(output)
	encoder := json.NewEncoder(writer)
	for _, document := range split(input) {
		if err := encoder.Encode(read(document)); err != nil {
			return err
		}
	}
	return writer.Flush()
}

func read(document []byte) verdict {
	// the strict form also refuses a key that stands twice
	data, err := yaml.YAMLToJSONStrict(document)
	if err != nil {
		return verdict{Error: err.Error()}
	}
	return verdict{Data: data}
}

// split cuts where a line begins with three dashes, whatever stands around it: no knowledge of YAML, like kubectl's own.
func split(input []byte) [][]byte {
	var documents [][]byte
	var document []byte
	for line := range bytes.Lines(input) {
		if bytes.HasPrefix(line, []byte("---")) {
			documents = append(documents, document)
			document = nil
			continue
		}
		document = append(document, line...)
	}
	if len(bytes.TrimSpace(document)) > 0 {
		documents = append(documents, document)
	}
	return documents
}
