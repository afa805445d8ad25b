#!/usr/bin/env bash
# Starts nginx: the only door from the outside for browsers and for programs that speak HTTP.
set -Eeuo pipefail
# shellcheck source=images/lib/image/entrypoint.sh
source /usr/lib/omnileads/entrypoint.sh nginx

require APP_HOST APP_PORT KAMAILIO_HOST
default KAMAILIO_WS_PORT 10088
default NGINX_LISTEN 0.0.0.0
default NGINX_HTTPS_PORT 443
default NGINX_HTTP_PORT 80
default NGINX_SERVER_NAME _
require_number APP_PORT KAMAILIO_WS_PORT NGINX_HTTPS_PORT NGINX_HTTP_PORT

readonly settings=/run/omnileads/nginx
readonly certificate=/etc/omnileads/tls/cert.pem key=/etc/omnileads/tls/key.pem
readonly certificate_check_seconds=10

certificate_state() {
  cat "${certificate}" "${key}" 2>/dev/null | sha256sum
}

# A renewed certificate is taken into use without a restart; one that does not fit its key is refused and the old stays.
reload_when_the_certificate_changes() {
  local seen now
  seen="$(certificate_state)"
  while sleep "${certificate_check_seconds}"; do
    now="$(certificate_state)"
    [[ "${now}" != "${seen}" ]] || continue
    seen="${now}"
    if nginx -t -q -c "${settings}/nginx.conf"; then
      nginx -s reload -c "${settings}/nginx.conf"
      echo "nginx: the certificate has changed and is in use now." >&2
    else
      echo "nginx: the certificate has changed but cannot be used; the previous one stays in use." >&2
    fi
  done
}

for file in "${certificate}" "${key}"; do
  [[ -r "${file}" ]] || fail "the file ${file} is required and cannot be read."
done
# The redirect from http must name the port, unless it is the one browsers assume.
redirect_port=""
[[ "${NGINX_HTTPS_PORT}" == 443 ]] || redirect_port=":${NGINX_HTTPS_PORT}"
default redirect_port "${redirect_port}"

own_folder nginx:nginx 0700 /run/nginx
for name in nginx.conf proxy.conf headers.conf; do
  render "/usr/share/omnileads/templates/${name}" "${settings}/${name}" APP_HOST APP_PORT KAMAILIO_HOST KAMAILIO_WS_PORT \
    NGINX_LISTEN NGINX_HTTPS_PORT NGINX_HTTP_PORT NGINX_SERVER_NAME redirect_port
done
nginx -t -q -c "${settings}/nginx.conf" || fail "the settings are not usable; nginx says why above."
reload_when_the_certificate_changes &
exec nginx -c "${settings}/nginx.conf"
