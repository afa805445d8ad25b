# shellcheck shell=bash
# The restored data works: what was there before it goes.
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --set restore="${RESTORE_UID}" <<'SQL'
SELECT obj_description(to_regnamespace('before_restore'), 'pg_namespace') IS NOT DISTINCT FROM :'restore' AS is_ours \gset
\if :is_ours
SET client_min_messages = warning;
DROP SCHEMA before_restore CASCADE;
\endif
SQL
note "restore.finished"
