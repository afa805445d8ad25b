#!/bin/sh
# Starts a process of the application: serve (the default), worker, acd, dialer, or any other `oml` command.
# The variables a process needs are checked by `oml` itself, one sentence for each that is missing.
set -eu
[ "${1:-}" = oml ] && shift
# Recordings and their folders: the group (Asterisk) shares them, nobody else sees them.
umask 0007
# Tells the health check which process runs here.
echo "${1:-serve}" >/tmp/omnileads-process
exec oml "$@"
