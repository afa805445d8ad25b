#!/usr/bin/env bash
# Starts the Kubernetes operator. It signs in as its pod's service account, or as KUBECONFIG says.
set -Eeuo pipefail
exec python3 -m omnileads_operator.main "$@"
