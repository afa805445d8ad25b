-- The role of the other members: replication, and what pg_rewind reads; its password comes from the environment.
\getenv password REPLICATION_PASSWORD

SELECT 'CREATE ROLE omnileads_replication LOGIN REPLICATION'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'omnileads_replication') \gexec

SET password_encryption = 'scram-sha-256';
ALTER ROLE omnileads_replication LOGIN REPLICATION NOSUPERUSER PASSWORD :'password';
GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean) TO omnileads_replication;
GRANT EXECUTE ON FUNCTION pg_stat_file(text, boolean) TO omnileads_replication;
GRANT EXECUTE ON FUNCTION pg_read_binary_file(text) TO omnileads_replication;
GRANT EXECUTE ON FUNCTION pg_read_binary_file(text, bigint, bigint, boolean) TO omnileads_replication;
