#!/usr/bin/env bash
# Healthy is: a worker answers on the port where webphones arrive.
set -euo pipefail
exec 3<>"/dev/tcp/${KAMAILIO_LISTEN:-127.0.0.1}/${KAMAILIO_WS_PORT:-10088}"
printf 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
read -r -t 3 _ status _ <&3
[[ "${status}" == 200 ]]
