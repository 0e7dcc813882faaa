// Package api stands in for a module that Istio names and that none of the packages used here needs: the module cannot
// be had from the public proxy, and without a package of that name `go mod tidy` would not come to an end.
package api
