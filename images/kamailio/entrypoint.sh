#!/usr/bin/env bash
# Starts Kamailio: registrar of the webphones and proxy between them and Asterisk. With `follow` it keeps the tables and
# secrets of the one that runs current, as the same user.
set -Eeuo pipefail
# shellcheck source=images/lib/image/entrypoint.sh
source /usr/lib/omnileads/entrypoint.sh kamailio

require ASTERISK_HOST RTPENGINE_HOST REDIS_HOST
require_token REDIS_PASSWORD
# Files of that name, with _next and _previous where there are such: what is in them may change while this runs.
readonly secret_files="${SIP_EPHEMERAL_SECRET_FILE:-}"
if [[ -n "${secret_files}" ]]; then
  [[ -r "${secret_files}" ]] || fail "the file ${secret_files} of SIP_EPHEMERAL_SECRET_FILE cannot be read."
  default SIP_EPHEMERAL_SECRET "$(cat "${secret_files}")"
fi
require_token SIP_EPHEMERAL_SECRET
default KAMAILIO_LISTEN 127.0.0.1
default KAMAILIO_HOST "${KAMAILIO_LISTEN}"
default KAMAILIO_SIP_PORT 5060
default KAMAILIO_WS_PORT 10088
default KAMAILIO_SHM_MB 512
default KAMAILIO_FLOOD_LIMIT 60
default SIP_REALM omnileads
default SIP_EPHEMERAL_SECRET_PREVIOUS "${SIP_EPHEMERAL_SECRET}"
default ASTERISK_SIP_AGENT_PORT 5160
default RTPENGINE_NG_PORT 22222
default REDIS_PORT 6379
default OML_LOG_LEVEL info
require_token SIP_REALM SIP_EPHEMERAL_SECRET_PREVIOUS
require_number KAMAILIO_SIP_PORT KAMAILIO_WS_PORT KAMAILIO_SHM_MB KAMAILIO_FLOOD_LIMIT ASTERISK_SIP_AGENT_PORT \
  RTPENGINE_NG_PORT REDIS_PORT

case "${OML_LOG_LEVEL}" in
  debug) default debug_level 3 ;;
  info) default debug_level 1 ;;
  warning) default debug_level 0 ;;
  *) default debug_level -1 ;;
esac
# Each of these may be several names, each of several addresses, which may change while this runs.
default KAMAILIO_PEERS "${KAMAILIO_HOST}"
require KAMAILIO_PEERS
default own_address "${KAMAILIO_HOST}:${KAMAILIO_SIP_PORT}"
readonly settings=/run/omnileads/kamailio
readonly look_seconds=5
readonly tables="${settings}/tables"

# hosts_table ADDRESSES PORT: a table in which `ip:port` is 1.
hosts_table() {
  local address
  printf 'id(int,auto) key_name(string) key_type(int) value_type(int) key_value(string) expires(int)\n'
  for address in $1; do
    printf '0:%s:0:1:1:0\n' "${address}\\:$2"
  done
}

rtpengine_table() {
  local address
  printf 'id(int,auto) setid(int) url(string) weight(int) disabled(int) stamp(int)\n'
  for address in $1; do
    printf '0:0:udp\\:%s\\:%s:1:0:0\n' "${address}" "${RTPENGINE_NG_PORT}"
  done
}

# put NAME < TABLE: true if it has changed. Read by Kamailio at any moment, so it is put in place as a whole.
put() {
  cat >"${tables}/.$1"
  if cmp --silent "${tables}/.$1" "${tables}/$1"; then
    return 1
  fi
  own_settings kamailio:kamailio "${tables}"
  mv "${tables}/.$1" "${tables}/$1"
}

# control COMMAND...: true if Kamailio did it; what it says is no error of the program that asks.
control() {
  local said
  said="$(kamcmd -s unixs:/run/kamailio/control "$@" 2>&1)" && [[ "${said}" != error:* ]]
}

# ask LINE...: what Kamailio says to commands that are not to be arguments of a process.
ask() {
  printf '%s\n' "$@" quit | kamcmd -s unixs:/run/kamailio/control 2>/dev/null | sed -n 's/^.*ID \([0-9]*\): /\1 /p'
}

# The secrets that are good: the one in use, the next one before anybody uses it, the previous one while somebody may.
follow_secrets() {
  local wanted="" known secret number file
  for file in "${secret_files}" "${secret_files}_next" "${secret_files}_previous"; do
    [[ ! -s "${file}" ]] || wanted+="$(cat "${file}")"$'\n'
  done
  known="$(ask autheph.dump_secrets)"
  [[ -n "${wanted}" && -n "${known}" ]] || return
  for secret in ${wanted}; do
    if ! grep -qFx -- "${secret}" < <(cut -d' ' -f2 <<<"${known}"); then
      ask "autheph.add_secret ${secret}"
      echo "kamailio: one more secret is good now." >&2
    fi
  done
  # From the last one on: the numbers of those before stay as they are.
  ask autheph.dump_secrets | sort -rn | while read -r number secret; do
    if ! grep -qFx -- "${secret}" <<<"${wanted}"; then
      ask "autheph.rm_secret ${number}"
      echo "kamailio: one secret is not good any more." >&2
    fi
  done
}

# A name that cannot be resolved now keeps the addresses it had.
follow_addresses() {
  local asterisks kamailios rtpengines is_told
  set +e
  while sleep "${look_seconds}"; do
    [[ -z "${secret_files}" ]] || follow_secrets
    asterisks="$(addresses_of "${ASTERISK_HOST}")"
    kamailios="$(addresses_of "${KAMAILIO_PEERS}")"
    rtpengines="$(addresses_of "${RTPENGINE_HOST}")"
    if [[ -n "${asterisks}" ]] && hosts_table "${asterisks}" "${ASTERISK_SIP_AGENT_PORT}" | put asterisk; then
      control htable.reload asterisk && echo "kamailio: asterisk is now ${asterisks//$'\n'/ }" >&2
    fi
    if [[ -n "${kamailios}" ]] && hosts_table "${kamailios}" "${KAMAILIO_SIP_PORT}" | put kamailio; then
      control htable.reload kamailio && echo "kamailio: kamailio is now ${kamailios//$'\n'/ }" >&2
    fi
    if [[ -n "${rtpengines}" ]] && rtpengine_table "${rtpengines}" | put rtpengine; then
      is_told=no
    fi
    # It refuses to be told soon after its start, or twice within a while.
    if [[ "${is_told:-yes}" == no ]] && control rtpengine.reload; then
      is_told=yes
      echo "kamailio: rtpengine is now ${rtpengines//$'\n'/ }" >&2
    fi
  done
}

if [[ "${1:-}" == follow ]]; then
  follow_addresses
fi

# Where Sentinels are named, each connection asks them for the master. While none answers it must go nowhere: another
# member would take it, and refuse every write.
sentinels=""
if [[ -n "${REDIS_SENTINELS:-}" ]]; then
  require_token REDIS_SENTINEL_MASTER
  export REDIS_HOST=127.0.0.1 REDIS_PORT=1
  sentinels=";sentinel_group=${REDIS_SENTINEL_MASTER};sentinel_master=1;sentinel=${REDIS_SENTINELS//,/;sentinel=}"
fi
default redis_sentinels "${sentinels}"

own_folder kamailio:kamailio 0700 "${settings}" "${tables}" /run/kamailio
printf 'table_name(string) table_version(int)\nrtpengine:1\nasterisk:2\nkamailio:2\n' >"${tables}/version"
addresses="$(first_addresses_of "${ASTERISK_HOST}")"
hosts_table "${addresses}" "${ASTERISK_SIP_AGENT_PORT}" >"${tables}/asterisk"
addresses="$(first_addresses_of "${KAMAILIO_PEERS}")"
hosts_table "${addresses}" "${KAMAILIO_SIP_PORT}" >"${tables}/kamailio"
addresses="$(first_addresses_of "${RTPENGINE_HOST}")"
rtpengine_table "${addresses}" >"${tables}/rtpengine"
cp /etc/kamailio/*.cfg "${settings}/"
render /usr/share/omnileads/templates/kamailio.cfg "${settings}/kamailio.cfg" KAMAILIO_LISTEN KAMAILIO_SIP_PORT \
  KAMAILIO_WS_PORT KAMAILIO_FLOOD_LIMIT SIP_REALM SIP_EPHEMERAL_SECRET SIP_EPHEMERAL_SECRET_PREVIOUS own_address \
  tables REDIS_HOST REDIS_PORT REDIS_PASSWORD redis_sentinels debug_level
own_settings kamailio:kamailio "${settings}"
beside exec_as kamailio "$0" follow
exec_as kamailio kamailio -DD -E -f "${settings}/kamailio.cfg" -m "${KAMAILIO_SHM_MB}" -M 16
