// One etcd member for tests: it listens on Unix sockets only, keeps nothing safe from a power cut, and ends with the
// process that started it.
package main

import (
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/etcd/server/v3/embed"

	"mesh-constructs/conformance/kubernetes/lifeline"
)

func main() {
	dir := flag.String("dir", "", "folder of this run, removed when standard input is closed")
	flag.Parse()
	if *dir == "" {
		fmt.Fprintln(os.Stderr, "etcd: --dir is missing")
		os.Exit(2)
	}
	// A parent that was killed cannot clean up, so the folder goes from here; a second try because etcd still writes.
	lifeline.Hold(func() {
		if os.RemoveAll(*dir) != nil {
			_ = os.RemoveAll(*dir)
		}
	})
	if err := run(*dir); err != nil {
		fmt.Fprintln(os.Stderr, "etcd:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	config := embed.NewConfig()
	config.Name = "only"
	config.Dir = filepath.Join(dir, "etcd")
	config.LogLevel = "warn"
	config.UnsafeNoFsync = true
	// A test writes for minutes: there is nothing worth compacting, and snapshots only cost time.
	config.SnapshotCount = 1_000_000

	config.ListenClientUrls = []url.URL{{Scheme: "unix", Path: filepath.Join(dir, "etcd.sock")}}
	config.ListenPeerUrls = []url.URL{{Scheme: "unix", Path: filepath.Join(dir, "peer.sock")}}
	// etcd insists on a host and port to announce; with one member nobody ever calls it.
	nobody := url.URL{Scheme: "http", Host: "127.0.0.1:1"}
	config.AdvertiseClientUrls = []url.URL{nobody}
	config.AdvertisePeerUrls = []url.URL{nobody}
	config.InitialCluster = config.Name + "=" + nobody.String()

	etcd, err := embed.StartEtcd(config)
	if err != nil {
		return err
	}
	select {
	case <-etcd.Server.ReadyNotify():
	case err := <-etcd.Err():
		return err
	case <-time.After(30 * time.Second):
		return fmt.Errorf("not ready after 30 seconds")
	}
	return <-etcd.Err()
}
