// Command istio-analyze runs Istio's analyzers over files, as if a cluster held all that is in them and nothing else.
//
// It prints one line of JSON for what ran, {"executed", "skipped"}, and one for each message,
// {"analyzer", "code", "level", "resource", "text"}.
package main

import (
	"errors"
	"flag"
	"fmt"
	"sort"

	"istio.io/istio/pkg/config/analysis/analyzers"
	"istio.io/istio/pkg/config/analysis/diag"
	"istio.io/istio/pkg/config/analysis/local"
	"istio.io/istio/pkg/config/resource"

	"mesh-constructs/conformance/istio/internal/program"
)

type ran struct {
	Executed []string `json:"executed"`
	Skipped  []string `json:"skipped"`
}

type message struct {
	Analyzer string `json:"analyzer"`
	Code     string `json:"code"`
	Level    string `json:"level"`
	Resource string `json:"resource"`
	Text     string `json:"text"`
}

func main() {
	program.Run(run)
}

func run() error {
	root := flag.String("istio-namespace", "istio-system", "namespace of istiod")
	meshFile := flag.String("mesh-config", "", "YAML of a MeshConfig, laid over Istio's defaults")
	networksFile := flag.String("mesh-networks", "", "YAML of MeshNetworks")
	otherFile := flag.String("other-cluster", "", "YAML of what another cluster of the mesh holds")
	var extras names
	flag.Var(&extras, "extras", "YAML of what the cluster holds beside; TLS Secrets without data get a certificate")
	flag.Parse()
	if flag.NArg() == 0 {
		return errors.New("usage: istio-analyze [--istio-namespace NAME] [--mesh-config FILE] [--mesh-networks FILE] [--other-cluster FILE] [--extras FILE]... FILE...")
	}
	analyzer := local.NewIstiodAnalyzer(analyzers.AllCombined(), "", resource.Namespace(*root), nil)
	if *meshFile != "" {
		if err := analyzer.AddFileKubeMeshConfig(*meshFile); err != nil {
			return fmt.Errorf("%s: %w", *meshFile, err)
		}
	}
	if *networksFile != "" {
		if err := analyzer.AddFileKubeMeshNetworks(*networksFile); err != nil {
			return fmt.Errorf("%s: %w", *networksFile, err)
		}
	}
	if *otherFile != "" {
		if err := addOther(analyzer, *otherFile); err != nil {
			return err
		}
	}
	sources, err := sourcesOf(flag.Args(), extras)
	if err != nil {
		return err
	}
	// The reader that Istio has for its tests is the only one that keeps Services, Pods, Secrets and Namespaces; the
	// other takes them from a running cluster, and leaves out the analyzers that need them where there is none.
	if err := analyzer.AddTestReaderKubeSource(sources); err != nil {
		return err
	}
	stop := make(chan struct{})
	defer close(stop)
	result, err := analyzer.Analyze(stop)
	if err != nil {
		return err
	}
	return report(result)
}

func report(result local.AnalysisResult) error {
	sort.Strings(result.ExecutedAnalyzers)
	sort.Strings(result.SkippedAnalyzers)
	line := ran{Executed: []string{}, Skipped: append([]string{}, result.SkippedAnalyzers...)}
	for _, name := range result.ExecutedAnalyzers {
		// Istio counts those that it skips among those that it executes
		if index := sort.SearchStrings(result.SkippedAnalyzers, name); index == len(result.SkippedAnalyzers) || result.SkippedAnalyzers[index] != name {
			line.Executed = append(line.Executed, name)
		}
	}
	if err := program.Print(line); err != nil {
		return err
	}
	for _, name := range result.ExecutedAnalyzers {
		for _, one := range result.MappedMessages[name] {
			if err := program.Print(lineOf(name, one)); err != nil {
				return err
			}
		}
	}
	return nil
}

func lineOf(analyzer string, one diag.Message) message {
	where := ""
	if one.Resource != nil && one.Resource.Origin != nil {
		where = one.Resource.Origin.FriendlyName()
	}
	return message{
		Analyzer: analyzer,
		Code:     one.Type.Code(),
		Level:    one.Type.Level().String(),
		Resource: where,
		Text:     fmt.Sprintf(one.Type.Template(), one.Parameters...),
	}
}
