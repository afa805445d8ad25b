# Gives a password to those of the two roles of each pair that are not used (see passwords.sql of the image), by
# themselves: each signs in with its own password, the one before or already the new one. With END_SESSIONS the sessions
# they have are ended: idle ones at once, the others when they are done or after ENDING_SECONDS.
set -Eeuo pipefail

# other LOGIN: the role that takes turns with it.
other() {
  case "$1" in
    *_second) printf '%s' "${1%_second}" ;;
    *) printf '%s_second' "$1" ;;
  esac
}

# as ROLE DATABASE PASSWORD SCRIPT: runs SQL as that role itself, not as the one it stands for.
as() {
  PGUSER="$1" PGDATABASE="$2" PGPASSWORD="$3" PGCONNECT_TIMEOUT=5 psql --quiet --no-psqlrc --tuples-only --no-align \
    --set ON_ERROR_STOP=1 --file - <<<"SET ROLE NONE; $4"
}

# change ROLE DATABASE OLD NEW: gives the role the new password; it has either of the two.
change() {
  local role="$1" database="$2" password="$3"
  export NEW_PASSWORD="$4"
  if as "${role}" "${database}" "${NEW_PASSWORD}" 'SELECT' 2>/dev/null; then
    password="${NEW_PASSWORD}"
  fi
  as "${role}" "${database}" "${password}" "
\\getenv password NEW_PASSWORD
\\getenv at PASSWORD_AT
SET password_encryption = 'scram-sha-256';
BEGIN;
ALTER ROLE \"${role}\" PASSWORD :'password';
ALTER ROLE \"${role}\" SET omnileads.password_at = :'at';
COMMIT;"
  [[ -n "${END_SESSIONS:-}" ]] || return 0
  local end=$((SECONDS + ${ENDING_SECONDS:-60})) idle="AND state = 'idle'"
  while [[ "$(as "${role}" "${database}" "${NEW_PASSWORD}" "
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE usename = session_user AND pid <> pg_backend_pid() ${idle};
SELECT count(*) FROM pg_stat_activity WHERE usename = session_user AND pid <> pg_backend_pid();" | tail -n 1)" != 0 ]]; do
    ((SECONDS < end)) || idle=""
    sleep 0.5
  done
}

change "$(other "${LOGIN}")" "${PGDATABASE}" "${OLD}" "${NEW}"
change "$(other "${REPLICATION_LOGIN}")" postgres "${REPLICATION_OLD}" "${REPLICATION_NEW}"
