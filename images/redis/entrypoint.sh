#!/usr/bin/env bash
# Starts Redis with an append-only file: live state and event streams survive a crash but for the last second.
# With REDIS_SENTINELS it is one of several members, and the command `sentinel` starts the Sentinel beside it.
set -Eeuo pipefail
# shellcheck source=images/lib/image/entrypoint.sh
source /usr/lib/omnileads/entrypoint.sh redis

require_token REDIS_PASSWORD
default REDIS_LISTEN 127.0.0.1
default REDIS_PORT 6379
default REDIS_MAXMEMORY 512mb
default SENTINEL_PORT 26379
default SENTINEL_DOWN_MS 5000
require_number REDIS_PORT SENTINEL_PORT SENTINEL_DOWN_MS

# passwords VAR...: ` >PASSWORD` for each one that is set, as users of Redis are given them.
passwords() {
  local name
  for name in "$@"; do
    [[ -z "${!name:-}" ]] || printf ' >%s' "${!name}"
  done
}

readonly others=(REDIS_PASSWORD_NEXT REDIS_PASSWORD_PREVIOUS)
for other in "${others[@]}"; do
  [[ -z "${!other:-}" ]] || require_token "${other}"
done
default redis_passwords "$(passwords REDIS_PASSWORD "${others[@]}")"

readonly templates=/usr/share/omnileads/templates
readonly data=/var/lib/omnileads/redis
readonly sentinel_data=/var/lib/omnileads/sentinel

# Prints `host port` of the master as most Sentinels say it; nothing where none answers.
master_by_sentinels() {
  local sentinels each
  IFS=, read -ra sentinels <<<"${REDIS_SENTINELS}"
  for each in "${sentinels[@]}"; do
    timeout 3 redis-cli -h "${each%:*}" -p "${each##*:}" SENTINEL get-master-addr-by-name "${REDIS_SENTINEL_MASTER}" \
      2>/dev/null | paste -sd ' ' | grep -E '^[^ ]+ [0-9]+$' || true
  done | sort | uniq -c | sort -rn | awk 'NR == 1 { print $2, $3 }'
}

# Sets known_host and known_port: as the Sentinels say it, as the one of this pod knew it, or else the first member.
find_master() {
  local file="$1" found
  found="$(master_by_sentinels)"
  [[ -n "${found}" || ! -r "${file}" ]] || found="$(awk '$1 == "sentinel" && $2 == "monitor" { print $4, $5 }' "${file}")"
  [[ -n "${found}" ]] || found="${REDIS_SENTINELS%%:*} ${REDIS_PORT}"
  default known_host "${found% *}"
  default known_port "${found#* }"
}

render_member() {
  require REDIS_ANNOUNCE REDIS_SENTINEL_MASTER
  find_master "${data}/sentinel/sentinel.conf"
  render "${templates}/member.conf" /run/redis/member.conf REDIS_ANNOUNCE REDIS_PORT REDIS_PASSWORD
  if [[ "${known_host:-} ${known_port:-}" != "${REDIS_ANNOUNCE} ${REDIS_PORT}" ]]; then
    printf 'replicaof %s %s\n' "${known_host}" "${known_port}" >>/run/redis/member.conf
  fi
  cat /run/redis/member.conf >>/run/redis/redis.conf
}

# What a Sentinel has learnt is kept over a restart; what it is told is told anew.
start_sentinel() {
  local file="${sentinel_data}/sentinel.conf" learnt=/run/redis/learnt
  require REDIS_ANNOUNCE REDIS_SENTINELS REDIS_SENTINEL_MASTER
  own_folder redis:redis 0700 "${sentinel_data}" /run/redis
  find_master "${file}"
  grep -E '^sentinel (myid|current-epoch|config-epoch|leader-epoch|known-replica|known-sentinel) ' "${file}" \
    >"${learnt}" 2>/dev/null || true
  render "${templates}/sentinel.conf" "${file}.new" REDIS_LISTEN REDIS_PASSWORD redis_passwords REDIS_ANNOUNCE \
    REDIS_SENTINEL_MASTER SENTINEL_PORT SENTINEL_DOWN_MS known_host known_port
  cat "${learnt}" >>"${file}.new"
  mv "${file}.new" "${file}"
  # Of a volume's folder that is mounted here, the kubelet stays the owner, and nobody else may change it.
  own_settings redis:redis "${file}"
  exec_as redis redis-server "${file}" --sentinel
}

if [[ "${1:-}" == sentinel ]]; then
  start_sentinel
fi
own_folder redis:redis 0700 "${data}"
render "${templates}/redis.conf" /run/redis/redis.conf REDIS_LISTEN REDIS_PORT redis_passwords REDIS_MAXMEMORY
if [[ -n "${REDIS_SENTINELS:-}" ]]; then
  render_member
fi
own_settings redis:redis /run/redis
exec_as redis redis-server /run/redis/redis.conf
