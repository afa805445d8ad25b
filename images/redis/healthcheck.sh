#!/bin/sh
# Healthy is: answers to a signed-in client, which it does not while it loads its data.
set -eu
listen="${REDIS_LISTEN:-127.0.0.1}"
case "${listen}" in
  '*' | 0.0.0.0) host=127.0.0.1 ;;
  *) host="${listen%% *}" ;;
esac
answer="$(REDISCLI_AUTH="${REDIS_PASSWORD}" timeout 4 redis-cli -h "${host}" -p "${REDIS_PORT:-6379}" ping)"
[ "${answer}" = PONG ]
