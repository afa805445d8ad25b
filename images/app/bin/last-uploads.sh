#!/bin/sh
# Returns when the Asterisk beside the uploader has ended and its disk holds no recording any more, or after so many seconds:
# last-uploads.sh SECONDS FOLDER SOCKET, of which the last is that of Asterisk's control.
#
# What is still there then is not lost: it stays on the disk, and is moved when a pod has the disk again.
set -eu

seconds=$1
folder=$2
socket=$3
end=$(($(date +%s) + seconds))

somebody_records() {
  [ -S "$socket" ]
}

something_waits() {
  [ -n "$(find "$folder" -type f -print -quit)" ]
}

while [ "$(date +%s)" -lt "$end" ] && { somebody_records || something_waits; }; do
  sleep 1
done
