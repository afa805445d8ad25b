#!/bin/sh
# Healthy is: the process that this container was started for says that it and what it needs are ready.
set -eu
case "$(tr '\0' ' ' </proc/1/cmdline)" in
  *' worker '*) exec /usr/lib/omnileads/http-answers "${WORKER_LISTEN:-127.0.0.1}" "${WORKER_PORT:-8003}" /readyz ;;
  *' uploader '*) exec /usr/lib/omnileads/http-answers "${UPLOADER_LISTEN:-127.0.0.1}" "${UPLOADER_PORT:-8004}" /readyz ;;
  *' acd '*) exec /usr/lib/omnileads/http-answers "${ACD_LISTEN:-127.0.0.1}" "${ACD_PORT:-8001}" /readyz ;;
  *' dialer '*) exec /usr/lib/omnileads/http-answers "${DIALER_LISTEN:-127.0.0.1}" "${DIALER_PORT:-8002}" /readyz ;;
  *) exec /usr/lib/omnileads/http-answers "${APP_LISTEN:-127.0.0.1}" "${APP_PORT:-8000}" /readyz ;;
esac
