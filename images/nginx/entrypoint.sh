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
readonly look_seconds=10

certificate_state() {
  cat "${certificate}" "${key}" 2>/dev/null | sha256sum
}

# put_kamailios: writes where the Kamailios are; true if that has changed. A name of which nothing is known keeps what it had.
put_kamailios() {
  local found address file="${settings}/kamailio.conf"
  found="$(addresses_of "${KAMAILIO_HOST}")"
  for address in ${found}; do
    printf 'server %s:%s max_fails=1 fail_timeout=10s;\n' "${address}" "${KAMAILIO_WS_PORT}"
  done >"${file}.new"
  # nginx wants one: nobody answers at this one.
  [[ -s "${file}.new" || -s "${file}" ]] || printf 'server 127.0.0.1:1;\n' >"${file}.new"
  if [[ ! -s "${file}.new" ]] || cmp --silent "${file}.new" "${file}"; then
    return 1
  fi
  mv "${file}.new" "${file}"
}

reload() {
  if nginx -t -q -c "${settings}/nginx.conf"; then
    nginx -s reload -c "${settings}/nginx.conf"
    echo "nginx: $1 and is in use now." >&2
  else
    echo "nginx: $1 but cannot be used; the previous one stays in use." >&2
  fi
}

# Both are taken into use without a restart, and connections stay; a certificate that does not fit its key is refused.
follow_certificate_and_kamailios() {
  local seen now
  seen="$(certificate_state)"
  while sleep "${look_seconds}"; do
    now="$(certificate_state)"
    if [[ "${now}" != "${seen}" ]]; then
      seen="${now}"
      reload "the certificate has changed"
    fi
    if put_kamailios; then
      reload "the list of Kamailios has changed"
    fi
  done
}

# The bucket of recordings, where BUCKET_URL names its service: what bucket.conf is rendered with.
#
# nginx asks DNS again and again, for the addresses of a service change; names that only this machine's hosts file knows,
# it is told here.
describe_bucket() {
  local scheme host port address suffix servers
  [[ "${BUCKET_URL}" =~ ^(https?)://([A-Za-z0-9.-]+)(:([0-9]{1,5}))?/?$ ]] ||
    fail "BUCKET_URL must be an address without a path, as in https://s3.example.com, not '${BUCKET_URL}'."
  scheme="${BASH_REMATCH[1]}" host="${BASH_REMATCH[2]}" port="${BASH_REMATCH[3]}"
  require_token BUCKET_NAME
  is_true BUCKET_PATH_STYLE || host="${BUCKET_NAME}.${host}"
  bucket_host="${host}${port}" bucket_name_of_host="${host}" bucket_resolver="" address="${host}"
  if [[ ! "${host}" =~ ^[0-9.]+$ ]]; then
    address="$(getent --service=hosts:files ahostsv4 "${host}" | cut -d' ' -f1 | head -n 1)" || address=""
    if [[ -z "${address}" ]]; then
      address="${host}"
      # Services of Kubernetes: DNS has them under the cluster's own domain only.
      if [[ "${host}" == *.svc ]]; then
        suffix="$(sed -n 's/^search .*[[:space:]]svc\.\([^[:space:]]*\).*/\1/p' /etc/resolv.conf | head -n 1)"
        address="${host}${suffix:+.${suffix}}"
      fi
      servers="$(sed -n 's/^nameserver[[:space:]]*//p' /etc/resolv.conf | sed '/:/s/.*/[&]/' | tr '\n' ' ')"
      [[ -n "${servers// /}" ]] || fail "no name server is known that could find ${host}."
      bucket_resolver="resolver ${servers% } valid=30s; resolver_timeout 5s;"
    fi
  fi
  bucket_origin="${scheme}://${address}${port}"
  bucket_authority="${BUCKET_CA_FILE:-/etc/ssl/certs/ca-certificates.crt}" bucket_verify=off
  [[ -r "${bucket_authority}" ]] || fail "the file ${bucket_authority} of BUCKET_CA_FILE cannot be read."
  if is_true BUCKET_VERIFY_TLS; then bucket_verify=on; fi
  export bucket_host bucket_name_of_host bucket_resolver bucket_origin bucket_verify
}

# is_true VAR: whether a variable says yes, as the application reads it.
is_true() {
  case "${!1,,}" in
    true | yes | on | 1) return 0 ;;
    false | no | off | 0) return 1 ;;
    *) fail "$1 must be true or false, not '${!1}'." ;;
  esac
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
  render "/usr/share/omnileads/templates/${name}" "${settings}/${name}" APP_HOST APP_PORT \
    NGINX_LISTEN NGINX_HTTPS_PORT NGINX_HTTP_PORT NGINX_SERVER_NAME redirect_port
done
if [[ -n "${BUCKET_URL:-}" ]]; then
  default BUCKET_PATH_STYLE true
  default BUCKET_VERIFY_TLS true
  describe_bucket
  render /usr/share/omnileads/templates/bucket.conf "${settings}/bucket.conf" bucket_resolver bucket_host \
    bucket_name_of_host bucket_origin bucket_authority bucket_verify
else
  : >"${settings}/bucket.conf"
fi
put_kamailios || true
nginx -t -q -c "${settings}/nginx.conf" || fail "the settings are not usable; nginx says why above."
follow_certificate_and_kamailios &
exec nginx -c "${settings}/nginx.conf"
