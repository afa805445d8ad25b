//go:build programs

// Package kubernetes names the programs that ../control_plane builds, so that go.mod and go.sum hold what they need.
package kubernetes

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
)
