# shellcheck shell=bash
# Takes a restore back: what was there before is there again.
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --set restore="${RESTORE_UID}" <<'SQL'
SELECT obj_description(to_regnamespace('before_restore'), 'pg_namespace') IS NOT DISTINCT FROM :'restore' AS is_ours \gset
\if :is_ours
BEGIN;
SET LOCAL lock_timeout = '60s';
DO $$
DECLARE name text;
BEGIN
  FOR name IN SELECT extname FROM pg_extension WHERE extnamespace = 'public'::regnamespace LOOP
    EXECUTE format('ALTER EXTENSION %I SET SCHEMA before_restore', name);
  END LOOP;
END $$;
DROP SCHEMA public CASCADE;
ALTER SCHEMA before_restore RENAME TO public;
COMMENT ON SCHEMA public IS 'standard public schema';
COMMIT;
\endif
SQL
note "restore.returned"
