#!/bin/sh
# Healthy is: answers to a client, which it does not while it loads its data; and, where it is one of several
# members, leads them or follows. `alive` asks for the answer only, `sentinel` asks the Sentinel.
set -eu
listen="${REDIS_LISTEN:-127.0.0.1}"
case "${listen}" in
  '*' | 0.0.0.0) host=127.0.0.1 ;;
  *) host="${listen%% *}" ;;
esac
if [ "${1:-}" = sentinel ]; then
  [ "$(timeout 4 redis-cli -h "${host}" -p "${SENTINEL_PORT:-26379}" ping)" = PONG ]
  exit
fi
ask() {
  # A user of its own, without a password: the container's environment has the one of its start.
  REDISCLI_AUTH=none timeout 4 redis-cli --user probe -h "${host}" -p "${REDIS_PORT:-6379}" "$@"
}
[ "$(ask ping)" = PONG ]
if [ -n "${REDIS_SENTINELS:-}" ] && [ "${1:-}" != alive ]; then
  ask role | grep -Eqx 'master|connected'
fi
