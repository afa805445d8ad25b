#!/usr/bin/env bash
# Starts Kamailio: registrar of the webphones and proxy between them and Asterisk.
set -Eeuo pipefail
# shellcheck source=images/lib/image/entrypoint.sh
source /usr/lib/omnileads/entrypoint.sh kamailio

require ASTERISK_HOST RTPENGINE_HOST REDIS_HOST
require_token SIP_EPHEMERAL_SECRET REDIS_PASSWORD
default KAMAILIO_LISTEN 127.0.0.1
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
# Requests over UDP are compared with this address, so a name is resolved once, here.
asterisk_address="$(getent ahostsv4 "${ASTERISK_HOST}" | awk 'NR == 1 { print $1 }')"
default asterisk_address "${asterisk_address}"
require asterisk_address

# Where Sentinels are named, each connection asks them for the master. While none answers it must go nowhere: another
# member would take it, and refuse every write.
sentinels=""
if [[ -n "${REDIS_SENTINELS:-}" ]]; then
  require_token REDIS_SENTINEL_MASTER
  export REDIS_HOST=127.0.0.1 REDIS_PORT=1
  sentinels=";sentinel_group=${REDIS_SENTINEL_MASTER};sentinel_master=1;sentinel=${REDIS_SENTINELS//,/;sentinel=}"
fi
default redis_sentinels "${sentinels}"

readonly settings=/run/omnileads/kamailio
own_folder kamailio:kamailio 0700 "${settings}" /run/kamailio
cp /etc/kamailio/*.cfg "${settings}/"
render /usr/share/omnileads/templates/kamailio.cfg "${settings}/kamailio.cfg" KAMAILIO_LISTEN KAMAILIO_SIP_PORT \
  KAMAILIO_WS_PORT KAMAILIO_FLOOD_LIMIT SIP_REALM SIP_EPHEMERAL_SECRET SIP_EPHEMERAL_SECRET_PREVIOUS asterisk_address \
  ASTERISK_SIP_AGENT_PORT RTPENGINE_HOST RTPENGINE_NG_PORT REDIS_HOST REDIS_PORT REDIS_PASSWORD redis_sentinels debug_level
own_settings kamailio:kamailio "${settings}"
exec_as kamailio kamailio -DD -E -f "${settings}/kamailio.cfg" -m "${KAMAILIO_SHM_MB}" -M 16
