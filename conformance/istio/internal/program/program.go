// Package program is what the commands have in common: lines of JSON on standard output, and nothing else there.
package program

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"istio.io/istio/pkg/log"
)

// limit is far above what any of the programs takes; a hang is a failure like others.
const limit = 2 * time.Minute

// Run calls main and ends the process: with status 1 and one line on standard error where it fails.
func Run(main func() error) {
	time.AfterFunc(limit, func() {
		fmt.Fprintf(os.Stderr, "not done within %s\n", limit)
		os.Exit(1)
	})
	err := quiet()
	if err == nil {
		err = main()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Print writes one line of JSON.
func Print(value any) error {
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// quiet keeps the log of Istio's packages off standard output, where they write it by default.
func quiet() error {
	options := log.DefaultOptions()
	options.OutputPaths = []string{"stderr"}
	options.SetDefaultOutputLevel(log.OverrideScopeName, log.WarnLevel)
	return log.Configure(options)
}
