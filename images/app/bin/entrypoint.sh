#!/usr/bin/env bash
# Runs one of the application's commands: serve (the default), worker, acd, dialer, migrate, or any other that `oml --help`
# lists. A leading `oml` may be written or left out. The command itself says which variable is missing.
set -Eeuo pipefail

[[ "${1:-}" != oml ]] || shift
# What the application writes belongs to it and its group, to nobody else.
umask 0007
exec oml "$@"
