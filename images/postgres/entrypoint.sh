#!/usr/bin/env bash
# Starts PostgreSQL. The first start creates the cluster; every start makes sure that the application's role and
# database exist and that the role's password is the one given, so that changing it in one place is enough.
# With PATRONI_SCOPE it starts a member of a cluster instead, on the same data: Patroni creates it, or copies the
# leader's, and the leader puts roles and database in order.
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

# Runs Patroni, which starts, follows, promotes and stops the server by what the members agree on.
start_member() {
  require PATRONI_NAME PATRONI_KUBERNETES_NAMESPACE PATRONI_KUBERNETES_POD_IP OML_INSTANCE
  require_token PATRONI_REPLICATION_PASSWORD
  default PATRONI_PORT 8008
  # Of two roles with the same rights, the one that is used: see passwords.sql.
  default POSTGRES_LOGIN "${POSTGRES_USER}"
  default PATRONI_REPLICATION_USERNAME omnileads_replication
  default POSTGRES_PASSWORD_AT 0
  require_token POSTGRES_LOGIN PATRONI_REPLICATION_USERNAME
  require_number PATRONI_PORT POSTGRES_PASSWORD_AT
  render "${templates}/patroni.yml" "${settings}/patroni.yml" POSTGRES_LISTEN POSTGRES_PORT POSTGRES_MAX_CONNECTIONS \
    PATRONI_SCOPE PATRONI_NAME PATRONI_PORT PATRONI_KUBERNETES_NAMESPACE PATRONI_KUBERNETES_POD_IP \
    PATRONI_REPLICATION_USERNAME PATRONI_REPLICATION_PASSWORD OML_INSTANCE
  cat "${templates}/pg_hba-members.conf" >>"${settings}/pg_hba.conf"
  printf '%s' "${POSTGRES_PASSWORD}" >"${settings}/application-password"
  own_settings postgres:postgres "${settings}"
  unset POSTGRES_PASSWORD
  exec_as postgres patroni "${settings}/patroni.yml"
}

own_folder postgres:postgres 0700 /var/lib/omnileads/postgres
own_folder postgres:postgres 0755 /run/postgresql

render "${templates}/postgresql.conf" "${settings}/postgresql.conf" POSTGRES_LISTEN POSTGRES_PORT \
  POSTGRES_MAX_CONNECTIONS POSTGRES_SHARED_BUFFERS TZ
render "${templates}/pg_hba.conf" "${settings}/pg_hba.conf" POSTGRES_DATABASE POSTGRES_USER
own_settings postgres:postgres "${settings}"

if [[ -n "${PATRONI_SCOPE:-}" ]]; then
  start_member
fi
[[ -s "${data}/PG_VERSION" ]] || create_cluster
prepare_application_role
unset POSTGRES_PASSWORD
exec_as postgres postgres -D "${data}" -c "config_file=${settings}/postgresql.conf"
