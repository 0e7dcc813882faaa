package main

import (
	"encoding/json"
	"os"
	"path/filepath"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/anypb"

	// all types of Envoy, which appear as packed messages
	_ "istio.io/istio/pkg/config/xds"
)

func write(folder string, found resources) error {
	for _, name := range []string{"listeners", "routes", "clusters", "endpoints"} {
		list := []json.RawMessage{}
		for _, message := range found[name] {
			// packed, because that is what gives it its @type
			packed, err := anypb.New(message)
			if err != nil {
				return err
			}
			text, err := protojson.Marshal(packed)
			if err != nil {
				return err
			}
			list = append(list, text)
		}
		// indented by another encoder: the spaces of protojson are random
		text, err := json.MarshalIndent(list, "", " ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, name+".json"), append(text, '\n'), 0o644); err != nil {
			return err
		}
	}
	return nil
}
