# shellcheck shell=bash
# Whether a restore can be: the backup is whole, not of a newer version than the target, and the target may be replaced.
# Changes nothing.

answer_of() {
  psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --set manifest="${manifest}" "$@"
}

has manifest.json || fail 40 "there is no manifest"
manifest="$(get manifest.json)"

is_newer="$(answer_of --set target="${TARGET_VERSION}" <<'SQL'
SELECT string_to_array(:'manifest'::jsonb ->> 'version', '.')::int[] > string_to_array(:'target', '.')::int[];
SQL
)"
[[ "${is_newer}" == f ]] || fail 42 "the backup is of a newer version than ${TARGET_VERSION}"

if [[ "${RECORDINGS_IN_BUCKET:-}" == true ]]; then
  has_recordings="$(answer_of <<<"SELECT :'manifest'::jsonb ? 'recordings';")"
  [[ "${has_recordings}" == f ]] || fail 48 "the backup has recordings and the target's are in a bucket"
fi

if [[ "${OVERWRITE}" != true ]]; then
  rows="$(answer_of <<'SQL'
SELECT coalesce(sum(found - spared), 0) FROM (
  SELECT (xpath('/row/c/text()', query_to_xml(format('SELECT count(*) AS c FROM (SELECT FROM public.%I LIMIT 2) AS few',
      tablename), false, true, '')))[1]::text::int AS found,
    -- A new contact centre has its first administrator.
    CASE tablename WHEN 'users' THEN 1 ELSE 0 END AS spared
  FROM pg_tables WHERE schemaname = 'public' AND tablename IN ('users', 'agents', 'agent_groups', 'campaigns', 'contacts',
    'contact_bases', 'calls', 'call_events', 'sip_trunks', 'inbound_routes', 'outbound_routes', 'forms', 'recordings')
) AS counted WHERE found > spared;
SQL
)"
  [[ "${rows}" == 0 ]] || fail 41 "the target has data"
fi

note "restore.reading-backup"
get database.dump | measure found >/dev/null
[[ "${manifest}" == *"\"sha256\": \"$(checksum_of found)\""* ]] || fail 43 "the backup's checksum is another"
note "restore.possible"
