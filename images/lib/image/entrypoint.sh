# shellcheck shell=bash
# What every entrypoint of this repository does: check its variables, render its templates, drop privileges.
# Usage: source /usr/lib/omnileads/entrypoint.sh COMPONENT

component="$1"

# Settings files hold secrets: what an entrypoint writes is readable by its own user only.
umask 077

fail() {
  printf '%s: %s\n' "${component}" "$*" >&2
  exit 1
}

# require VAR...: stops with one sentence for the first variable that is not set or empty.
require() {
  local name
  for name in "$@"; do
    [[ -n "${!name:-}" ]] || fail "the environment variable ${name} is required and is not set."
  done
}

# require_token VAR...: as require; the value goes unquoted into configuration files and URLs, so it must be plain.
require_token() {
  local name
  require "$@"
  for name in "$@"; do
    [[ "${!name}" =~ ^[A-Za-z0-9._~-]+$ ]] || fail "${name} may only have letters, digits and the characters . _ ~ -"
  done
}

# require_number VAR...: as require; the value must be a whole number.
require_number() {
  local name
  require "$@"
  for name in "$@"; do
    [[ "${!name}" =~ ^[0-9]+$ ]] || fail "${name} must be a whole number, not '${!name}'."
  done
}

# default VAR VALUE: the value of a variable that may be left out. Never for a secret.
default() {
  local name="$1"
  [[ -n "${!name:-}" ]] || printf -v "${name}" '%s' "$2"
  export "${name?}"
}

# render TEMPLATE TARGET VAR...: replaces exactly the listed ${VAR} and leaves every other dollar sign alone.
render() {
  local template="$1" target="$2" name list=""
  shift 2
  for name in "$@"; do
    [[ -v "${name}" ]] || fail "the template ${template} needs ${name}, which is not set."
    export "${name?}"
    list+="\${${name}} "
  done
  (umask 022 && mkdir -p "$(dirname "${target}")")
  envsubst "${list}" <"${template}" >"${target}"
}

# addresses_of NAME[,NAME...]: every IPv4 address of these names, one per line, sorted, so that all who ask have one order.
addresses_of() {
  local name
  for name in ${1//,/ }; do
    getent ahostsv4 "${name}" || true
  done | awk '{ print $1 }' | LC_ALL=C sort -u
}

# first_addresses_of NAME[,NAME...]: the same at start; waits a while for names that are not known yet.
first_addresses_of() {
  local found attempt
  for ((attempt = 0; attempt < 30; attempt++)); do
    found="$(addresses_of "$1")"
    [[ -z "${found}" ]] || break
    sleep 1
  done
  [[ -n "${found}" ]] || fail "nothing is known of the host $1."
  printf '%s\n' "${found}"
}

# beside COMMAND...: runs it beside the program that the entrypoint becomes, as a child of the container's init: some
# programs take the end of a child of theirs for the end of a worker.
beside() {
  ("$@" &)
}

# own_folder USER:GROUP MODE FOLDER...: makes the folders; gives them to the user where we are root to do so.
own_folder() {
  local owner="$1" mode="$2" folder
  shift 2
  for folder in "$@"; do
    (umask 022 && mkdir -p "${folder}")
    if ((EUID == 0)); then
      [[ "$(stat -c %U:%G "${folder}")" == "${owner}" ]] || chown -R "${owner}" "${folder}"
      chmod "${mode}" "${folder}"
    fi
    [[ -w "${folder}" ]] || fail "the folder ${folder} is not writable for uid ${EUID}."
  done
}

# own_settings USER:GROUP FOLDER: gives a folder of rendered settings to the user who reads them, and to nobody else.
own_settings() {
  ((EUID != 0)) || chown -R "$1" "$2"
  chmod -R u=rwX,go= "$2"
}

# as_user USER COMMAND...: prefix that runs a command as the user when we are root, unchanged when we already are not.
as_user() {
  local user="$1"
  shift
  if ((EUID == 0)); then
    setpriv --reuid "${user}" --regid "$(id -gn "${user}")" --init-groups -- "$@"
  else
    "$@"
  fi
}

# exec_as USER COMMAND...: the last line of an entrypoint.
exec_as() {
  local user="$1"
  shift
  if ((EUID == 0)); then
    exec setpriv --reuid "${user}" --regid "$(id -gn "${user}")" --init-groups -- "$@"
  fi
  exec "$@"
}
