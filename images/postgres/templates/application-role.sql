-- The application's role owns its database and nothing else; the values come from the environment.
-- Where POSTGRES_LOGIN says which one is used, there is a second role that signs in as the same: see passwords.sql.
\getenv role POSTGRES_USER
\getenv password POSTGRES_PASSWORD
\getenv database POSTGRES_DATABASE
\getenv login POSTGRES_LOGIN

SELECT format('CREATE ROLE %I LOGIN', :'role')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
ALTER ROLE :"role" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;

SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'role')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec

REVOKE ALL ON DATABASE :"database" FROM PUBLIC;

\if :{?login}
  SELECT :'role' || '_second' AS second \gset
  SELECT format('CREATE ROLE %I LOGIN', :'second')
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'second') \gexec
  GRANT :"role" TO :"second";
  -- What it makes belongs to the first one, too.
  ALTER ROLE :"second" SET role = :'role';
  \ir passwords.sql
\else
  SET password_encryption = 'scram-sha-256';
  ALTER ROLE :"role" PASSWORD :'password';
\endif
