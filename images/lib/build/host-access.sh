# shellcheck shell=bash
# What a build needs of the host to reach package indexes, as `podman build` arguments in `host_access`. Sourced by
# images/build.sh. All of it is mounted under /mnt while building; images/lib/image/* uses what it finds there.

# Read by build.sh.
# shellcheck disable=SC2034
host_access=()

collect_host_access() {
  local folder="${workspace:?}/host"
  mkdir -m 0700 "${folder}"
  copy_certificates "${folder}/ca.crt"
  write_pip_configuration "${folder}/pip.conf"
  write_apt_proxy "${folder}/apt.conf"
  # shellcheck disable=SC2034
  host_access=(--volume "${folder}:/mnt:ro")
}

# The host's bundle holds the public authorities and any private one its owner has added.
copy_certificates() {
  local bundle
  for bundle in "${PIP_CERT:-}" "${SSL_CERT_FILE:-}" /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt; do
    if [[ -n "${bundle}" && -r "${bundle}" ]]; then
      cp "${bundle}" "$1"
      return
    fi
  done
}

# The package index the host's pip uses, from its files and its PIP_* environment; nothing else of its configuration.
write_pip_configuration() {
  command -v python3 >/dev/null || return 0
  local settings
  settings="$(python3 -m pip config list 2>/dev/null |
    sed -nE "s/^(global|install|:env:)\.(index-url|extra-index-url|trusted-host|proxy|timeout|default-timeout)='(.*)'$/\2 = \3/p")"
  [[ -z "${settings}" ]] || (umask 077 && printf '[global]\n%s\n' "${settings}" >"$1")
}

write_apt_proxy() {
  command -v apt-config >/dev/null || return 0
  local settings
  settings="$(apt-config dump | grep -Ei '^Acquire::https?::.*proxy ' || true)"
  [[ -z "${settings}" ]] || printf '%s\n' "${settings}" >"$1"
}
