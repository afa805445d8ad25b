-- The passwords of two roles, `role` and `second`, of which `login` is used with `password`: a new password is given to
-- the one that is not used, so that nobody is shut out while its users change over, one after another. Both have the
-- same password in between.
--
-- Each role keeps of when its password is, as does the one who tells it (POSTGRES_PASSWORD_AT, unix seconds): a member
-- that was told before a change must not undo it, and one that knows a later one than both is right about both.
\set at 0
\getenv at POSTGRES_PASSWORD_AT
SET password_encryption = 'scram-sha-256';
-- So that a role can keep it when it changes its own password.
GRANT SET ON PARAMETER omnileads.password_at TO :"role", :"second";

WITH known AS (
  SELECT pg_roles.rolname AS name, max(split_part(setting, '=', 2)::bigint) AS at
  FROM pg_roles LEFT JOIN pg_db_role_setting ON setrole = pg_roles.oid AND setdatabase = 0
    LEFT JOIN unnest(setconfig) AS setting ON setting LIKE 'omnileads.password_at=%'
  WHERE pg_roles.rolname IN (:'role', :'second')
  GROUP BY pg_roles.rolname
), judged AS (
  SELECT coalesce(max(at) FILTER (WHERE name = :'login'), -1) AS used,
    coalesce(max(at) FILTER (WHERE name <> :'login'), -1) AS unused
  FROM known
)
SELECT used <= :at AS is_used_set, used < :at OR (used = :at AND unused IN (:at, -1)) AS is_unused_set,
  CASE WHEN :'login' = :'role' THEN :'second' ELSE :'role' END AS unused_role
FROM judged \gset

\if :is_used_set
  BEGIN;
  ALTER ROLE :"login" PASSWORD :'password';
  ALTER ROLE :"login" SET omnileads.password_at = :'at';
  COMMIT;
\endif
\if :is_unused_set
  BEGIN;
  ALTER ROLE :"unused_role" PASSWORD :'password';
  ALTER ROLE :"unused_role" SET omnileads.password_at = :'at';
  COMMIT;
\endif
