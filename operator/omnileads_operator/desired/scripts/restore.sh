# shellcheck shell=bash
# Restores a backup beside the data that is there, and takes its place when it is proven: one transaction, so that a
# restore that fails at whatever point has changed nothing. What was there stays in the schema `before_restore`.

manifest="$(get manifest.json)"

session() {
  psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 \
    --set manifest="${manifest}" --set restore="${RESTORE_UID}" --set loaded="${work:?}/loaded" "$@"
}

if [[ "$(session -c "SELECT obj_description(to_regnamespace('before_restore'), 'pg_namespace')")" == "${RESTORE_UID}" ]]; then
  note "restore.done-already"
  exit 0
fi

begin() {
  cat <<'SQL'
BEGIN;
SET LOCAL statement_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL lock_timeout = '60s';
SELECT set_config('omnileads.manifest', :'manifest', true);
DROP SCHEMA IF EXISTS before_restore CASCADE;
ALTER SCHEMA public RENAME TO before_restore;
COMMENT ON SCHEMA before_restore IS :'restore';
CREATE SCHEMA public;
DO $$
DECLARE name text;
BEGIN
  FOR name IN SELECT extname FROM pg_extension WHERE extnamespace = 'before_restore'::regnamespace LOOP
    EXECUTE format('ALTER EXTENSION %I SET SCHEMA public', name);
  END LOOP;
END $$;
SQL
}

prove_and_commit() {
  cat <<'SQL'
\setenv LOADED :loaded
\! touch "$LOADED"
DO $$
DECLARE
  manifest jsonb := current_setting('omnileads.manifest')::jsonb;
  name text;
  wanted bigint;
  found bigint;
  revision text;
BEGIN
  FOR name, wanted IN SELECT key, value::bigint FROM jsonb_each_text(manifest -> 'tables') LOOP
    EXECUTE format('SELECT count(*) FROM public.%I', name) INTO found;
    IF found <> wanted THEN
      RAISE EXCEPTION 'the table % has % rows and should have %', name, found, wanted;
    END IF;
  END LOOP;
  IF manifest ->> 'schema' IS NOT NULL THEN
    EXECUTE 'SELECT version_num FROM public.alembic_version' INTO revision;
    IF revision IS DISTINCT FROM manifest ->> 'schema' THEN
      RAISE EXCEPTION 'the schema is % and should be %', revision, manifest ->> 'schema';
    END IF;
  END IF;
END $$;
COMMIT;
SQL
}

load() {
  get database.dump | measure restored | pg_restore --no-owner --no-acl --file=-
}

is_whole() {
  [[ "${manifest}" == *"\"sha256\": \"$(checksum_of restored)\""* ]] || {
    touch "${work}/damaged"
    return 1
  }
}

# Without the last part there is no COMMIT.
everything() {
  begin && load && is_whole && prove_and_commit
}

note "restore.running"
code=0
everything | session >/dev/null || code=$?
if ((code != 0)); then
  [[ ! -e "${work}/damaged" ]] || fail 43 "the backup's checksum is another"
  [[ ! -e "${work}/loaded" ]] || fail 44 "what was restored is not what the manifest says"
  fail 1 "the backup could not be restored; nothing was changed"
fi
note "restore.complete"
