#!/bin/sh
# Called before a member stops: a master has another one take its place first, so that clients need not wait until the
# Sentinels miss it. Succeeds in any case; what remains is as if it had died.
#
# Its clients may write nothing from then on: the Sentinels promote a replica while the others still follow us, and what
# those acknowledged meanwhile would be lost.
set -u
ask() {
  REDISCLI_AUTH="${REDIS_PASSWORD}" timeout 4 redis-cli -h "${REDIS_ANNOUNCE}" -p "${REDIS_PORT:-6379}" "$@"
}
ask_sentinel() {
  REDISCLI_AUTH="${REDIS_PASSWORD}" timeout 4 redis-cli --user omnileads -h "${REDIS_ANNOUNCE}" \
    -p "${SENTINEL_PORT:-26379}" SENTINEL "$@"
}
# Whether each replica has at least what we had at that offset: ROLE prints ours, and three lines for each of them.
have_all() {
  ask role | awk -v wanted="$1" 'NR > 2 && NR % 3 == 2 && $1 < wanted { behind = 1 } END { exit behind }'
}
ask role | grep -qx master || exit 0
ask CLIENT PAUSE 30000 WRITE >/dev/null || exit 0
offset="$(ask role | sed -n 2p)"
for _ in 1 2 3 4 5; do
  ! have_all "${offset}" || break
  sleep 1
done
ask_sentinel FAILOVER "${REDIS_SENTINEL_MASTER}" || exit 0
for _ in 1 2 3 4 5 6 7 8 9 10; do
  [ "$(ask_sentinel get-master-addr-by-name "${REDIS_SENTINEL_MASTER}" | head -n 1)" = "${REDIS_ANNOUNCE}" ] || exit 0
  sleep 1
done
