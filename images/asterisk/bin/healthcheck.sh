#!/bin/sh
# Healthy is: Asterisk answers over ARI. In the container of asterisk-sync: its last look at the app was not long ago.
set -eu
case "$(tr '\0' ' ' </proc/1/cmdline)" in
  *' asterisk-sync '*)
    [ -n "$(find /run/asterisk/sync-alive -newermt '-120 seconds' 2>/dev/null)" ]
    exit
    ;;
esac
if [ -n "${ASTERISK_ARI_FILES:-}" ]; then
  ASTERISK_ARI_USER="$(cat "${ASTERISK_ARI_FILES}/user")"
  ASTERISK_ARI_PASSWORD="$(cat "${ASTERISK_ARI_FILES}/password")"
fi
printf 'user = "%s:%s"\n' "${ASTERISK_ARI_USER}" "${ASTERISK_ARI_PASSWORD}" |
  curl --silent --fail --max-time 4 --output /dev/null --config - \
    "http://${ASTERISK_LISTEN:-127.0.0.1}:${ASTERISK_ARI_PORT:-8088}/ari/asterisk/ping"
