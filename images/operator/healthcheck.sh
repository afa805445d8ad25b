#!/bin/sh
# Healthy is: the operator's event loop answers.
set -eu
listen="${OPERATOR_LISTEN:-127.0.0.1}"
[ "${listen}" != 0.0.0.0 ] || listen=127.0.0.1
exec /usr/lib/omnileads/http-answers "${listen}" "${OPERATOR_HEALTH_PORT:-8081}" /healthz
