// Package lifeline ties a server to the process that started it.
package lifeline

import (
	"io"
	"os"
)

// Hold ends this process as soon as standard input is closed, after calling the given functions. The parent keeps the
// other end of that pipe open for as long as it lives and never writes to it, so the server goes with its parent even
// when the parent is killed.
func Hold(last ...func()) {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		for _, call := range last {
			call()
		}
		os.Exit(0)
	}()
}
