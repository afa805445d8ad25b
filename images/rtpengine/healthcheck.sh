#!/usr/bin/env bash
# Healthy is: the daemon answers over HTTP, where its metrics are too.
set -euo pipefail
exec 3<>"/dev/tcp/${RTPENGINE_HOST:-127.0.0.1}/${RTPENGINE_HTTP_PORT:-22225}"
printf 'GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
read -r -t 3 _ status _ <&3
[[ "${status}" == 200 ]]
