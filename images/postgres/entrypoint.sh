#!/usr/bin/env bash
# Starts PostgreSQL. The first start creates the cluster; every start makes sure that the application's role and
# database exist and that the role's password is the one given, so that changing it in one place is enough.
set -Eeuo pipefail
# shellcheck source=images/lib/image/entrypoint.sh
source /usr/lib/omnileads/entrypoint.sh postgres

require POSTGRES_DATABASE POSTGRES_USER POSTGRES_PASSWORD
default POSTGRES_LISTEN 127.0.0.1
default POSTGRES_PORT 5432
default POSTGRES_MAX_CONNECTIONS 200
default POSTGRES_SHARED_BUFFERS 256MB
default TZ UTC
require_number POSTGRES_PORT POSTGRES_MAX_CONNECTIONS

readonly templates=/usr/share/omnileads/templates
readonly settings=/run/postgresql/settings
# The major version is part of the path: the next one is upgraded into its own folder beside this one.
readonly data=/var/lib/omnileads/postgres/18

create_cluster() {
  local fresh="${data}.new"
  rm -rf "${fresh}"
  as_user postgres initdb --pgdata "${fresh}" --username postgres --auth-local peer --auth-host scram-sha-256 \
    --encoding UTF8 --locale-provider builtin --builtin-locale C.UTF-8 --locale C.UTF-8
  mv "${fresh}" "${data}"
}

# Runs the server on its local socket only, while the application's role is put in order.
prepare_application_role() {
  as_user postgres pg_ctl --pgdata "${data}" --wait --timeout 86400 --silent \
    --options "-c config_file=${settings}/postgresql.conf -c listen_addresses=''" start
  as_user postgres psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --dbname postgres --port "${POSTGRES_PORT}" \
    --file "${templates}/application-role.sql" >/dev/null
  as_user postgres pg_ctl --pgdata "${data}" --wait --timeout 86400 --silent --mode fast stop
}

own_folder postgres:postgres 0700 /var/lib/omnileads/postgres
own_folder postgres:postgres 0755 /run/postgresql
[[ -s "${data}/PG_VERSION" ]] || create_cluster

render "${templates}/postgresql.conf" "${settings}/postgresql.conf" POSTGRES_LISTEN POSTGRES_PORT \
  POSTGRES_MAX_CONNECTIONS POSTGRES_SHARED_BUFFERS TZ
render "${templates}/pg_hba.conf" "${settings}/pg_hba.conf" POSTGRES_DATABASE POSTGRES_USER
own_settings postgres:postgres "${settings}"

prepare_application_role
unset POSTGRES_PASSWORD
exec_as postgres postgres -D "${data}" -c "config_file=${settings}/postgresql.conf"
