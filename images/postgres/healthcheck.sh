#!/bin/sh
# Healthy is: the application's own role can sign in over TCP and gets an answer.
set -eu
case "${POSTGRES_LISTEN:-127.0.0.1}" in
  '*' | 0.0.0.0) host=127.0.0.1 ;;
  *) host="${POSTGRES_LISTEN:-127.0.0.1}" ;;
esac
PGCONNECT_TIMEOUT=3 PGPASSWORD="${POSTGRES_PASSWORD}" psql --no-psqlrc --quiet --tuples-only --host "${host%%,*}" \
  --port "${POSTGRES_PORT:-5432}" --username "${POSTGRES_USER}" --dbname "${POSTGRES_DATABASE}" --command 'SELECT 1' >/dev/null
