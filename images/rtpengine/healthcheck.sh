#!/bin/sh
# Healthy is: the daemon answers over HTTP, where its metrics are too.
exec /usr/lib/omnileads/http-answers "${RTPENGINE_HOST:-127.0.0.1}" "${RTPENGINE_HTTP_PORT:-22225}" /ping
