// ratelimit is Envoy's rate-limit service as it is released, with a Redis in its own memory beside it: what a RateLimitService
// deploys, in one process on 127.0.0.1. It is told by the same variables as the container, and ends with its standard input.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/alicebob/miniredis/v2"
	"github.com/envoyproxy/ratelimit/src/service_cmd/runner"
	"github.com/envoyproxy/ratelimit/src/settings"
)

func main() {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	redis := miniredis.NewMiniRedis()
	if err := redis.StartAddr("127.0.0.1:0"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	_ = os.Setenv("REDIS_SOCKET_TYPE", "tcp")
	_ = os.Setenv("REDIS_URL", redis.Addr())
	service := runner.NewRunner(settings.NewSettings())
	service.Run()
}
