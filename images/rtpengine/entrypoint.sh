#!/usr/bin/env bash
# Starts rtpengine: encrypted sound of the browsers on one side, plain RTP of Asterisk on the other.
set -Eeuo pipefail
# shellcheck source=images/lib/image/entrypoint.sh
source /usr/lib/omnileads/entrypoint.sh rtpengine

# IP address of this machine that browsers reach, or IP!ADVERTISED where the one they reach is another (NAT).
require RTPENGINE_INTERFACE
# Where Asterisk reaches rtpengine; an address of this machine as well.
default RTPENGINE_INTERNAL_INTERFACE 127.0.0.1
default RTPENGINE_HOST 127.0.0.1
default RTPENGINE_NG_PORT 22222
default RTPENGINE_HTTP_PORT 22225
default RTPENGINE_RTP_MIN 20000
default RTPENGINE_RTP_MAX 30000
default OML_LOG_LEVEL info
require_number RTPENGINE_NG_PORT RTPENGINE_HTTP_PORT RTPENGINE_RTP_MIN RTPENGINE_RTP_MAX
case "${OML_LOG_LEVEL}" in
  debug) default log_level 7 ;;
  info) default log_level 5 ;;
  *) default log_level 4 ;;
esac

readonly settings=/run/omnileads/rtpengine
own_folder rtpengine:rtpengine 0700 "${settings}"
render /usr/share/omnileads/templates/rtpengine.conf "${settings}/rtpengine.conf" RTPENGINE_INTERFACE \
  RTPENGINE_INTERNAL_INTERFACE RTPENGINE_HOST RTPENGINE_NG_PORT RTPENGINE_HTTP_PORT RTPENGINE_RTP_MIN RTPENGINE_RTP_MAX \
  log_level
own_settings rtpengine:rtpengine "${settings}"
exec_as rtpengine rtpengine --config-file "${settings}/rtpengine.conf" --config-section rtpengine
