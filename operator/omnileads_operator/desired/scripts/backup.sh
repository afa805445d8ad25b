# shellcheck shell=bash
# One backup of a database: `database.dump` and `manifest.json`, which is written last. What has no manifest is no backup.
#
# The manifest has the number of rows of each table as the dump has them: both are read in one snapshot. With RECORDINGS
# it names `recordings.list`, too, which has all of them: see recordings-out.sh.

remove_what_is_not_whole() {
  local code=$?
  ((code != 0 && code != 45)) || return 0
  drop database.dump || true
  [[ "${RECORDINGS:-}" != true ]] || drop recordings.list || true
}

if has manifest.json; then
  [[ "$(get manifest.json)" == *"\"backup\": \"${BACKUP_UID}\""* ]] || fail 45 "there is another backup in this place"
  note "this backup is there already"
  exit 0
fi
trap remove_what_is_not_whole EXIT
[[ "${RECORDINGS:-}" != true ]] || store_recordings

coproc session { psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1; }
readonly questions="${session[1]}" answers="${session[0]}"

# ask SQL: prints the one line of its answer.
ask() {
  local answer
  printf '%s\n' "$1" >&"${questions}"
  IFS= read -r -u "${answers}" answer || fail 1 "PostgreSQL does not answer"
  printf '%s' "${answer}"
}

printf '%s\n' "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL statement_timeout = 0;" >&"${questions}"
snapshot="$(ask 'SELECT pg_export_snapshot();')"

note "backup.reading"
pg_dump --format custom --no-owner --no-acl --snapshot "${snapshot}" --exclude-schema 'before_restore*' |
  measure sent | put database.dump

note "backup.proving"
get database.dump | measure back | pg_restore --file /dev/null
[[ "$(checksum_of sent)" == "$(checksum_of back)" && "$(size_of sent)" == "$(size_of back)" ]] ||
  fail 46 "what was read back is not what was stored"

with_recordings="{}"
if [[ "${RECORDINGS:-}" == true ]]; then
  store_recordings
  with_recordings="$(name_recordings)"
fi

get_manifest="
SELECT jsonb_build_object(
  'format', 1, 'backup', '${BACKUP_UID}', 'instance', '${BACKUP_INSTANCE}', 'version', '${BACKUP_VERSION}',
  'server', current_setting('server_version'), 'at', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),
  'sha256', '$(checksum_of sent)', 'size', $(size_of sent),
  'schema', CASE WHEN to_regclass('public.alembic_version') IS NULL THEN NULL ELSE
    (xpath('/row/c/text()', query_to_xml('SELECT version_num AS c FROM public.alembic_version', false, true, '')))[1]::text END,
  'tables', (SELECT coalesce(jsonb_object_agg(tablename,
    (xpath('/row/c/text()', query_to_xml(format('SELECT count(*) AS c FROM public.%I', tablename), false, true, '')))[1]::text::bigint),
    '{}') FROM pg_tables WHERE schemaname = 'public')) || '${with_recordings}'::jsonb;"
manifest="$(ask "${get_manifest//$'\n'/ }")"
printf '%s\n' "${manifest}" | put manifest.json
[[ "$(get manifest.json)" == "${manifest}" ]] || fail 46 "the manifest that was read back is not what was stored"
note "backup.complete"
