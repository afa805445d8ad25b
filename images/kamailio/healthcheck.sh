#!/bin/sh
# Healthy is: a worker answers on the port where webphones arrive.
exec /usr/lib/omnileads/http-answers "${KAMAILIO_LISTEN:-127.0.0.1}" "${KAMAILIO_WS_PORT:-10088}" /healthz
