# Waits until each Asterisk lets the user in who takes turns with ASTERISK_ARI_USER, and each Kamailio takes webphones' credentials
# that are made with the next secret. Kubernetes brings both to them in files; meanwhile nobody uses them.
set -Eeuo pipefail

user="${ASTERISK_ARI_USER}_second"
[[ "${ASTERISK_ARI_USER}" != *_second ]] || user="${ASTERISK_ARI_USER%_second}"

addresses() { getent ahostsv4 "$1" | awk '{ print $1 }' | sort -u; }

# fetch URL LINE...: whether it is answered well; what is secret is no argument of a process.
fetch() {
  local url="$1"
  shift
  printf '%s\n' "$@" | curl --silent --fail --max-time 5 --output /dev/null --config - "${url}"
}

# The password of a webphone: base64 of the user name's HMAC-SHA1 under the secret.
signature() {
  WEBPHONE="$1" python3 -c 'import base64, hmac, os
key, name = os.environ["SIP_SECRET"].encode(), os.environ["WEBPHONE"].encode()
print(base64.b64encode(hmac.digest(key, name, "sha1")).decode())'
}

knows_ari() { fetch "http://$1:${ASTERISK_ARI_PORT}/ari/asterisk/ping" "user = \"${user}:${ARI_PASSWORD}\""; }
knows_sip() {
  local webphone
  webphone="$(($(date +%s) + 600)):rotation"
  fetch "http://$1:${KAMAILIO_WS_PORT}/credentials" "header = \"X-User: ${webphone}\"" \
    "header = \"X-Password: $(signature "${webphone}")\""
}

# Longer than Kubernetes takes to renew files; then the Job begins anew.
end=$((SECONDS + 300))
for what in ari:"${ASTERISK_HOST}" sip:"${KAMAILIO_HOST}"; do
  found="$(addresses "${what#*:}")"
  [[ -n "${found}" ]] || { printf '%s: nothing is known of it\n' "${what#*:}" >&2; exit 1; }
  for address in ${found}; do
    until "knows_${what%%:*}" "${address}"; do
      ((SECONDS < end)) || { printf '%s: does not take the next password yet\n' "${address}" >&2; exit 1; }
      sleep 3
    done
  done
done
