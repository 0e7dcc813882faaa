// Command istio-ca reads authorities, one line of JSON each, and prints for each what Istio's own code says of it: whether
// istiod would start with it, and whether a peer would take the workload certificates that it then signs.
package main

import (
	"bufio"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"istio.io/istio/security/pkg/cmd"
	"istio.io/istio/security/pkg/pki/ca"

	"mesh-constructs/conformance/istio/internal/program"
)

// question is what is in the Secret cacerts.
type question struct {
	RootCert  string `json:"rootCert"`
	CACert    string `json:"caCert"`
	CAKey     string `json:"caKey"`
	CertChain string `json:"certChain"`
	// TLS has the files written as a Secret of the type kubernetes.io/tls has them.
	TLS bool `json:"tls"`
	// PeerRoots are those of the peer that is asked; empty for one of the same cluster.
	PeerRoots string `json:"peerRoots"`
}

type answer struct {
	// Refused says why istiod does not start; empty where it does.
	Refused string `json:"refused"`
	// Distrusted says why a peer refuses what it signs; empty where it does not.
	Distrusted string `json:"distrusted"`
}

func main() {
	program.Run(run)
}

func run() error {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var asked question
		decoder := json.NewDecoder(strings.NewReader(lines.Text()))
		// a misspelt key would change nothing, and nobody would know
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&asked); err != nil {
			return err
		}
		said, err := answerOf(asked)
		if err != nil {
			return err
		}
		if err := program.Print(said); err != nil {
			return err
		}
	}
	return lines.Err()
}

func answerOf(asked question) (answer, error) {
	folder, err := os.MkdirTemp("", "istio-ca-")
	if err != nil {
		return answer{}, err
	}
	defer os.RemoveAll(folder)
	bundle, err := write(folder, asked)
	if err != nil {
		return answer{}, err
	}
	options, err := ca.NewPluggedCertIstioCAOptions(bundle, cmd.DefaultWorkloadCertTTL, cmd.DefaultMaxWorkloadCertTTL, 2048)
	if err != nil {
		return answer{Refused: err.Error()}, nil
	}
	authority, err := ca.NewIstioCA(options)
	if err != nil {
		return answer{Refused: err.Error()}, nil
	}
	roots := asked.RootCert
	if asked.PeerRoots != "" {
		roots = asked.PeerRoots
	}
	if err := trusted(authority, roots); err != nil {
		return answer{Distrusted: err.Error()}, nil
	}
	return answer{}, nil
}

// write puts the files where istiod looks for them, in the order in which it reads a chain.
func write(folder string, asked question) (ca.SigningCAFileBundle, error) {
	names := map[string]string{ca.RootCertFile: asked.RootCert, ca.CACertFile: asked.CACert, ca.CAPrivateKeyFile: asked.CAKey, ca.CertChainFile: asked.CertChain}
	bundle := ca.SigningCAFileBundle{
		RootCertFile: filepath.Join(folder, ca.RootCertFile), SigningCertFile: filepath.Join(folder, ca.CACertFile),
		SigningKeyFile: filepath.Join(folder, ca.CAPrivateKeyFile), CertChainFiles: []string{filepath.Join(folder, ca.CertChainFile)},
	}
	if asked.TLS {
		names = map[string]string{ca.TLSSecretRootCertFile: asked.RootCert, ca.TLSSecretCACertFile: asked.CACert, ca.TLSSecretCAPrivateKeyFile: asked.CAKey}
		root, cert := filepath.Join(folder, ca.TLSSecretRootCertFile), filepath.Join(folder, ca.TLSSecretCACertFile)
		bundle = ca.SigningCAFileBundle{
			RootCertFile: root, SigningCertFile: cert,
			SigningKeyFile: filepath.Join(folder, ca.TLSSecretCAPrivateKeyFile), CertChainFiles: []string{cert, root},
		}
	}
	for name, text := range names {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			return bundle, err
		}
	}
	return bundle, nil
}

// trusted asks whether a peer that has the roots takes a workload's certificate with the chain that comes along, at both ends
// of a connection.
func trusted(authority *ca.IstioCA, roots string) error {
	chain, _, err := authority.GenKeyCert([]string{"spiffe://cluster.local/ns/shop/sa/web"}, time.Hour, true)
	if err != nil {
		return err
	}
	block, rest := pem.Decode(chain)
	if block == nil {
		return errors.New("no certificate")
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return err
	}
	options := x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool()}
	options.Roots.AppendCertsFromPEM([]byte(roots))
	options.Intermediates.AppendCertsFromPEM(rest)
	for _, usage := range []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth} {
		options.KeyUsages = []x509.ExtKeyUsage{usage}
		if _, err := leaf.Verify(options); err != nil {
			return err
		}
	}
	return nil
}
