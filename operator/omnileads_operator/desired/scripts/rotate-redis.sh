# Has every server and every Sentinel take a second password (ACCEPT), or use the new one and forget the old one.
# OLD and NEW: whichever of the two a server knows opens it.
set -Eeuo pipefail

# ask HOST:PORT USER LINE...: sends commands, none of them as an argument of a process; each must be answered well.
ask() {
  local place="$1" user="$2" password answer line
  shift 2
  for password in "${NEW}" "${OLD}"; do
    answer="$(printf '%s\n' "AUTH ${user} ${password}" "$@" |
      timeout 10 redis-cli -h "${place%:*}" -p "${place##*:}" 2>&1)" || answer="does not answer: ${answer}"
    answer="$(grep -v '^$' <<<"${answer}" || true)"
    [[ "${answer%%$'\n'*}" != WRONGPASS* ]] || continue
    while read -r line; do
      [[ "${line}" =~ ^(OK|[0-9]+)$ ]] || {
        printf '%s: %s\n' "${place}" "${line}" >&2
        return 1
      }
    done <<<"${answer}"
    return 0
  done
  printf '%s: takes neither password\n' "${place}" >&2
  return 1
}

servers() { tr ',' '\n' <<<"${SERVERS}"; }
sentinels() { [[ -z "${SENTINELS:-}" ]] || tr ',' '\n' <<<"${SENTINELS}"; }

# Both are good everywhere, before anybody uses the new one.
for place in $(servers); do ask "${place}" default "ACL SETUSER default >${NEW}"; done
for place in $(sentinels); do ask "${place}" omnileads "ACL SETUSER omnileads >${NEW}"; done
[[ -z "${ACCEPT:-}" ]] || exit 0

# All use the new one among themselves.
if [[ -n "${SENTINELS:-}" ]]; then
  for place in $(servers); do ask "${place}" default "CONFIG SET masterauth ${NEW}"; done
  for place in $(sentinels); do
    ask "${place}" omnileads "SENTINEL CONFIG SET sentinel-pass ${NEW}" "SENTINEL SET ${MASTER} auth-pass ${NEW}"
  done
fi

# Only the new one is good. Nobody can say which connections were opened with the old one, so all end, and are made anew.
for place in $(servers); do
  ask "${place}" default "ACL SETUSER default resetpass >${NEW}" 'CLIENT KILL TYPE normal SKIPME yes' \
    'CLIENT KILL TYPE pubsub'
done
for place in $(sentinels); do ask "${place}" omnileads "ACL SETUSER omnileads resetpass >${NEW}"; done
