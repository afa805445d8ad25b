# shellcheck shell=bash
# Where a backup is: the folder /backup of a volume, or a folder of an S3 bucket. Put before the other scripts.
#
# Exit codes from 40 on say why, and trying again would not help: see omnileads_operator/desired/store.py.
set -Eeuo pipefail
umask 077
readonly work="${WORK_FOLDER:-/tmp/work}" volume="${VOLUME_FOLDER:-/backup}"
rm -rf "${work}"
mkdir -p "${work}"

note() {
  printf '{"level":"info","event":"%s"}\n' "$*" >&2
}

fail() {
  local code=$1
  shift
  printf '{"level":"error","event":"%s"}\n' "$*" >&2
  exit "${code}"
}

# The keys are never on a command line.
write_s3_settings() {
  local host="${S3_ENDPOINT#*://}" bucket_host
  bucket_host="${host}"
  [[ "${S3_PATH_STYLE}" == true ]] || bucket_host="%(bucket)s.${host}"
  {
    printf '[default]\naccess_key = %s\nsecret_key = %s\n' "${S3_ACCESS_KEY_ID}" "${S3_SECRET_ACCESS_KEY}"
    printf 'host_base = %s\nhost_bucket = %s\nbucket_location = %s\n' "${host}" "${bucket_host}" "${S3_REGION}"
    printf 'signature_v2 = False\nsignurl_use_https = True\nmultipart_chunk_size_mb = 64\n'
    if [[ "${S3_ENDPOINT}" == https://* ]]; then printf 'use_https = True\n'; else printf 'use_https = False\n'; fi
    if [[ -n "${S3_CA:-}" ]]; then
      printf '%s\n' "${S3_CA}" >"${work}/ca.crt"
      printf 'ca_certs_file = %s\n' "${work}/ca.crt"
    fi
  } >"${work}/s3cfg"
}

if [[ -n "${S3_BUCKET:-}" ]]; then
  write_s3_settings
fi

s3() {
  s3cmd --config "${work}/s3cfg" --no-progress --quiet "$@"
}

# put NAME: what is read becomes the file.
put() {
  if [[ -n "${S3_BUCKET:-}" ]]; then
    s3 put - "s3://${S3_BUCKET}/${S3_FOLDER}/$1"
  else
    cat >"${volume}/$1.partial"
    sync "${volume}/$1.partial"
    mv "${volume}/$1.partial" "${volume}/$1"
  fi
}

get() {
  if [[ -n "${S3_BUCKET:-}" ]]; then
    s3 get "s3://${S3_BUCKET}/${S3_FOLDER}/$1" -
  else
    cat "${volume}/$1"
  fi
}

has() {
  if [[ -n "${S3_BUCKET:-}" ]]; then
    [[ -n "$(s3cmd --config "${work}/s3cfg" ls "s3://${S3_BUCKET}/${S3_FOLDER}/$1")" ]]
  else
    [[ -e "${volume}/$1" ]]
  fi
}

drop() {
  if [[ -n "${S3_BUCKET:-}" ]]; then
    s3 del "s3://${S3_BUCKET}/${S3_FOLDER}/$1"
  else
    rm -f "${volume}/$1" "${volume}/$1.partial"
  fi
}

# measure NAME: passes its input on, and leaves the checksum and the size of it in ${work}.
measure() {
  mkfifo "${work}/$1.first" "${work}/$1.second"
  sha256sum <"${work}/$1.first" >"${work}/$1.sha256" &
  wc -c <"${work}/$1.second" >"${work}/$1.size" &
  tee "${work}/$1.first" "${work}/$1.second"
  wait
}

checksum_of() {
  cut -d' ' -f1 "${work}/$1.sha256"
}

size_of() {
  tr -d '[:space:]' <"${work}/$1.size"
}
