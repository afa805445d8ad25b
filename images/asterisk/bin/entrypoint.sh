#!/usr/bin/env bash
# Starts what this image is asked for: `asterisk` (the default) or `asterisk-sync`, which keeps its files up to date.
# Both run as the user asterisk and share /var/lib/omnileads/asterisk and the control socket in /run/asterisk.
set -Eeuo pipefail
# shellcheck source=images/lib/image/entrypoint.sh
source /usr/lib/omnileads/entrypoint.sh "${1:-asterisk}"

readonly templates=/usr/share/omnileads/templates
readonly synced=/var/lib/omnileads/asterisk

start_asterisk() {
  local settings=/run/omnileads/asterisk name
  require_token ASTERISK_ARI_USER ASTERISK_ARI_PASSWORD KAMAILIO_HOST
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
  default modules "$(echo /usr/lib/*/asterisk/modules)"
  default public_address_settings "$(public_address_lines)"

  own_folder asterisk:omnileads 0750 "${settings}" "${settings}/log" "${settings}/spool"
  own_folder asterisk:omnileads 0770 "${synced}" /var/spool/omnileads/recordings
  own_folder asterisk:omnileads 0770 /run/asterisk
  cp /etc/asterisk/*.conf "${settings}/"
  for name in asterisk ari http pjsip prometheus rtp; do
    render "${templates}/${name}.conf" "${settings}/${name}.conf" settings modules public_address_settings OML_INSTANCE \
      ASTERISK_LISTEN ASTERISK_TRUNK_LISTEN ASTERISK_ARI_PORT ASTERISK_ARI_USER ASTERISK_ARI_PASSWORD \
      ASTERISK_SIP_AGENT_PORT ASTERISK_SIP_TRUNK_PORT ASTERISK_SIP_TRUNK_NAT_PORT ASTERISK_SIP_TRUNK_CONTAINER_PORT \
      ASTERISK_RTP_MIN ASTERISK_RTP_MAX ASTERISK_AGENT_CODECS KAMAILIO_HOST
  done
  own_settings asterisk:omnileads "${settings}"
  # Recordings and their folders: the group (the app's worker) reads and deletes them, nobody else sees them.
  umask 0007
  exec_as asterisk asterisk -f -n -C "${settings}/asterisk.conf"
}

# What the transport for carriers on the other side of a NAT tells them instead of this machine's own address.
public_address_lines() {
  [[ -n "${ASTERISK_PUBLIC_ADDRESS}" ]] || return 0
  printf '%s\n' \
    "external_signaling_address = ${ASTERISK_PUBLIC_ADDRESS}" \
    "external_media_address = ${ASTERISK_PUBLIC_ADDRESS}" \
    'local_net = 10.0.0.0/8' 'local_net = 172.16.0.0/12' 'local_net = 192.168.0.0/16' 'local_net = 127.0.0.0/8'
}

start_sync() {
  require APP_HOST APP_PORT
  [[ -n "${APP_INTERNAL_TOKEN_FILE:-}" ]] || require APP_INTERNAL_TOKEN
  require_number APP_PORT
  own_folder asterisk:omnileads 0770 "${synced}"
  own_folder asterisk:omnileads 0770 /run/asterisk
  umask 0007
  export PYTHONPATH=/usr/lib/omnileads PYTHONDONTWRITEBYTECODE=1
  exec_as asterisk python3 -m asterisk_sync
}

case "${1:-asterisk}" in
  asterisk) start_asterisk ;;
  asterisk-sync) start_sync ;;
  *) fail "unknown command '$1': it is one of asterisk, asterisk-sync." ;;
esac
