#!/usr/bin/env bash
# Starts what this image is asked for: `asterisk` (the default) or `asterisk-sync`, which keeps its files up to date.
# Both run as the user asterisk and share /var/lib/omnileads/asterisk and the control socket in /run/asterisk.
set -Eeuo pipefail
# shellcheck source=images/lib/image/entrypoint.sh
source /usr/lib/omnileads/entrypoint.sh "${1:-asterisk}"

readonly templates=/usr/share/omnileads/templates
readonly synced=/var/lib/omnileads/asterisk
readonly look_seconds=5

start_asterisk() {
  local settings=/run/omnileads/asterisk name addresses
  require KAMAILIO_HOST
  read_ari_user
  default OML_INSTANCE omnileads
  default ASTERISK_LISTEN 127.0.0.1
  default ASTERISK_TRUNK_LISTEN 0.0.0.0
  default ASTERISK_PUBLIC_ADDRESS ""
  default ASTERISK_ARI_PORT 8088
  default ASTERISK_SIP_AGENT_PORT 5160
  default ASTERISK_SIP_TRUNK_PORT 5161
  default ASTERISK_SIP_TRUNK_NAT_PORT 5162
  default ASTERISK_SIP_TRUNK_CONTAINER_PORT 5163
  default ASTERISK_RTP_MIN 40000
  default ASTERISK_RTP_MAX 50000
  default ASTERISK_AGENT_CODECS opus,alaw,ulaw
  require_number ASTERISK_ARI_PORT ASTERISK_SIP_AGENT_PORT ASTERISK_SIP_TRUNK_PORT ASTERISK_SIP_TRUNK_NAT_PORT \
    ASTERISK_SIP_TRUNK_CONTAINER_PORT ASTERISK_RTP_MIN ASTERISK_RTP_MAX
  default ASTERISK_NODE "$(own_name)"
  require_token ASTERISK_NODE
  default system_name "${OML_INSTANCE}-${ASTERISK_NODE}"
  default modules "$(echo /usr/lib/*/asterisk/modules)"
  default public_address_settings "$(public_address_lines)"

  own_folder asterisk:omnileads 0750 "${settings}" "${settings}/log" "${settings}/spool"
  own_folder asterisk:omnileads 0770 "${synced}" /var/spool/omnileads/recordings
  own_folder asterisk:omnileads 0770 /run/asterisk
  cp /etc/asterisk/*.conf "${settings}/"
  for name in asterisk ari http pjsip prometheus rtp; do
    render "${templates}/${name}.conf" "${settings}/${name}.conf" settings modules public_address_settings system_name \
      ASTERISK_LISTEN ASTERISK_TRUNK_LISTEN ASTERISK_ARI_PORT ari_user ari_password \
      ASTERISK_SIP_AGENT_PORT ASTERISK_SIP_TRUNK_PORT ASTERISK_SIP_TRUNK_NAT_PORT ASTERISK_SIP_TRUNK_CONTAINER_PORT \
      ASTERISK_RTP_MIN ASTERISK_RTP_MAX ASTERISK_AGENT_CODECS
  done
  ari_users >"${settings}/ari_users.conf"
  addresses="$(first_addresses_of "${KAMAILIO_HOST}")"
  kamailios "${addresses}" >"${settings}/pjsip_kamailios.conf"
  own_settings asterisk:omnileads "${settings}"
  # Recordings and their folders: the group (the app's worker) reads and deletes them, nobody else sees them.
  umask 0007
  beside exec_as asterisk "$0" follow
  exec_as asterisk asterisk -f -n -C "${settings}/asterisk.conf"
}

# Sets ari_user and ari_password: of the variables, or of the files `user` and `password` in the folder ASTERISK_ARI_FILES,
# which may change while Asterisk runs.
read_ari_user() {
  if [[ -n "${ASTERISK_ARI_FILES:-}" ]]; then
    [[ -r "${ASTERISK_ARI_FILES}/password" ]] || fail "ASTERISK_ARI_FILES has no file named password that can be read."
    ASTERISK_ARI_USER="$(cat "${ASTERISK_ARI_FILES}/user")"
    ASTERISK_ARI_PASSWORD="$(cat "${ASTERISK_ARI_FILES}/password")"
  fi
  require_token ASTERISK_ARI_USER ASTERISK_ARI_PASSWORD
  ari_user="${ASTERISK_ARI_USER}" ari_password="${ASTERISK_ARI_PASSWORD}"
}

# The user of ARI and, while there is a next password or a previous one, the other user that takes turns with it.
ari_users() {
  local other="${ari_user}_second" file
  [[ "${ari_user}" != *_second ]] || other="${ari_user%_second}"
  printf '[%s]\ntype = user\npassword_format = plain\npassword = %s\n' "${ari_user}" "${ari_password}"
  for file in "${ASTERISK_ARI_FILES:-/nowhere}"/password_{next,previous}; do
    [[ ! -s "${file}" ]] || printf '[%s]\ntype = user\npassword_format = plain\npassword = %s\n' "${other}" "$(cat "${file}")"
  done
}

# The section that says which addresses are Kamailios'.
kamailios() {
  local address
  printf '[agents]\ntype = identify\nendpoint = agents\n'
  for address in $1; do
    printf 'match = %s\n' "${address}"
  done
}

# put FILE < TEXT: true if it has changed.
put() {
  cat >"$1.new"
  if cmp --silent "$1.new" "$1"; then
    return 1
  fi
  own_settings asterisk:omnileads "$(dirname "$1")"
  mv "$1.new" "$1"
}

# Runs beside Asterisk, as its user. Calls and connections go on. A name that cannot be resolved now keeps the addresses it had.
follow_settings() {
  local settings=/run/omnileads/asterisk found
  set +e
  umask 077
  while sleep "${look_seconds}"; do
    found="$(addresses_of "${KAMAILIO_HOST}")"
    if [[ -n "${found}" ]] && kamailios "${found}" | put "${settings}/pjsip_kamailios.conf"; then
      tell "${settings}" res_pjsip_endpoint_identifier_ip "the Kamailios are now ${found//$'\n'/ }"
    fi
    # What cannot be read at this moment is read the next time.
    if [[ -z "${ASTERISK_ARI_FILES:-}" ]] || ! (read_ari_user); then
      continue
    fi
    read_ari_user
    if ari_users | put "${settings}/ari_users.conf"; then
      tell "${settings}" res_ari "the users of ARI have changed"
      render "${templates}/prometheus.conf" "${settings}/prometheus.conf" ari_user ari_password
      own_settings asterisk:omnileads "${settings}"
      tell "${settings}" res_prometheus "the user of the metrics has changed"
    fi
  done
}

# tell SETTINGS MODULE SENTENCE: the file that includes the changed one is new for Asterisk, too.
tell() {
  touch "$1/ari.conf" "$1/pjsip.conf"
  if asterisk -C "$1/asterisk.conf" -rx "module reload $2.so" >/dev/null; then
    echo "asterisk: $3" >&2
  else
    # It is starting, and reads the new file then; or it is told again.
    echo "asterisk: $3, which it could not be told yet" >&2
    rm -f "$1/ari_users.conf" "$1/pjsip_kamailios.conf"
  fi
}

# What the transport for carriers on the other side of a NAT tells them instead of this machine's own address.
public_address_lines() {
  [[ -n "${ASTERISK_PUBLIC_ADDRESS}" ]] || return 0
  printf '%s\n' \
    "external_signaling_address = ${ASTERISK_PUBLIC_ADDRESS}" \
    "external_media_address = ${ASTERISK_PUBLIC_ADDRESS}" \
    'local_net = 10.0.0.0/8' 'local_net = 172.16.0.0/12' 'local_net = 192.168.0.0/16' 'local_net = 127.0.0.0/8'
}

# A name that no other Asterisk of the instance has, on this host or another.
own_name() {
  local host
  host="$(hostname)"
  printf '%s-%s' "${host:0:40}" "${ASTERISK_LISTEN//:/-}"
}

start_sync() {
  require APP_HOST APP_PORT
  [[ -n "${APP_INTERNAL_TOKEN_FILE:-}" ]] || require APP_INTERNAL_TOKEN
  require_number APP_PORT
  default ASTERISK_LISTEN 127.0.0.1
  default ASTERISK_NODE "$(own_name)"
  own_folder asterisk:omnileads 0770 "${synced}"
  own_folder asterisk:omnileads 0770 /run/asterisk
  umask 0007
  export PYTHONPATH=/usr/lib/omnileads PYTHONDONTWRITEBYTECODE=1
  exec_as asterisk python3 -m asterisk_sync
}

case "${1:-asterisk}" in
  asterisk) start_asterisk ;;
  asterisk-sync) start_sync ;;
  follow) follow_settings ;;
  *) fail "unknown command '$1': it is one of asterisk, asterisk-sync." ;;
esac
