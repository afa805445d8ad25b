#!/usr/bin/env bash
# Starts Redis with an append-only file: live state and event streams survive a crash but for the last second.
set -Eeuo pipefail
# shellcheck source=images/lib/image/entrypoint.sh
source /usr/lib/omnileads/entrypoint.sh redis

require_token REDIS_PASSWORD
default REDIS_LISTEN 127.0.0.1
default REDIS_PORT 6379
default REDIS_MAXMEMORY 512mb
require_number REDIS_PORT

own_folder redis:redis 0700 /var/lib/omnileads/redis
render /usr/share/omnileads/templates/redis.conf /run/redis/redis.conf REDIS_LISTEN REDIS_PORT REDIS_PASSWORD REDIS_MAXMEMORY
own_settings redis:redis /run/redis
exec_as redis redis-server /run/redis/redis.conf
