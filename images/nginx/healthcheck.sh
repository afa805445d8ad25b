#!/bin/sh
# Healthy is: answers over TLS. The app has a check of its own.
set -eu
address="${NGINX_LISTEN:-0.0.0.0}"
[ "${address}" != 0.0.0.0 ] || address=127.0.0.1
exec curl --silent --fail --insecure --max-time 4 --output /dev/null "https://${address}:${NGINX_HTTPS_PORT:-443}/healthz/nginx"
