#!/bin/sh
# Takes no new calls, and returns when those that are up have ended, or after so many seconds: drain.sh SECONDS
#
# Carriers and the PBX are told at once that this is the wrong door (503), so that they try another. Whoever waits in a queue is
# served first, which takes new legs to agents; for that there is half of the time. Then nothing new is begun at all, and Asterisk
# ends by itself after its last call.
set -eu

seconds=$1
now=$(date +%s)
served_by=$((now + seconds / 2))
end=$((now + seconds))

say() {
  asterisk -C /run/omnileads/asterisk/asterisk.conf -rx "$1" 2>/dev/null
}

is_before() {
  [ "$(date +%s)" -lt "$1" ]
}

# The last but one of a channel's fields is its bridge, which who waits does not have.
somebody_waits() {
  say 'core show channels concise' | grep -Eq '!(\(None\))?![^!]+$'
}

say 'dialplan set global OML_DRAINING yes' >/dev/null || exit 0
while is_before "$served_by" && somebody_waits; do
  sleep 1
done
say 'core stop gracefully' >/dev/null || exit 0
while is_before "$end" && say 'core show uptime' >/dev/null; do
  sleep 1
done
