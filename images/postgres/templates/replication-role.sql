-- The roles of the other members, which take turns: replication, and what pg_rewind reads.
\getenv login REPLICATION_LOGIN
\getenv password REPLICATION_PASSWORD
\set role omnileads_replication
\set second omnileads_replication_second

SELECT format('CREATE ROLE %I LOGIN REPLICATION', name) FROM unnest(ARRAY[:'role', :'second']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE :"role" LOGIN REPLICATION NOSUPERUSER;
ALTER ROLE :"second" LOGIN REPLICATION NOSUPERUSER;
GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean) TO :"role", :"second";
GRANT EXECUTE ON FUNCTION pg_stat_file(text, boolean) TO :"role", :"second";
GRANT EXECUTE ON FUNCTION pg_read_binary_file(text) TO :"role", :"second";
GRANT EXECUTE ON FUNCTION pg_read_binary_file(text, bigint, bigint, boolean) TO :"role", :"second";
\ir passwords.sql
