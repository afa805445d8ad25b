# shellcheck shell=bash
# The recordings of one instance's backups: a common folder beside the backups' own, to which each backup adds what is not
# there yet. A recording is `files/<its name>.<its SHA-256>`, so that no content ever takes the place of another, and what
# is there says of itself whether it is whole. Put after store.sh; the callers name the instance.
readonly recordings="${RECORDINGS_FOLDER:-/recordings}" stored="${STORED_FOLDER:-/stored-recordings}"
readonly recording_pattern='.*/[0-9]{4}-[0-9]{2}-[0-9]{2}/[A-Za-z0-9_+][A-Za-z0-9._+-]*\.wav'
readonly batch_files="${BATCH_FILES:-200}" batch_bytes=268435456

# place_of INSTANCE: the common folder.
place_of() {
  local parent=""
  if [[ -z "${S3_BUCKET:-}" ]]; then
    printf '%s' "${stored}"
    return
  fi
  [[ "${S3_FOLDER}" != */* ]] || parent="${S3_FOLDER%/*}/"
  printf 's3://%s/%s_recordings/%s' "${S3_BUCKET}" "${parent}" "$1"
}

# recordings_here: "<size> <minutes are over since it changed: 0 or 1> <name>" of each recording of the volume.
recordings_here() {
  local day_ago
  day_ago="$(($(date +%s) - 86400))"
  find "${recordings}" -ignore_readdir_race -mindepth 2 -maxdepth 2 -type f \
    -regextype posix-extended -regex "${recording_pattern}" -printf '%s %T@ %P\n' | awk -v day_ago="${day_ago}" '{ print $1, ($2 < day_ago), $3 }' | sort -k 3
}

# stored_in FOLDER: "<size> <name>" of each file that is stored there.
stored_in() {
  local folder="${place:?}/$1/"
  if [[ -n "${S3_BUCKET:-}" ]]; then
    s3cmd --config "${work:?}/s3cfg" ls --recursive "${folder}" |
      awk -v from="$((${#folder} + 1))" '{ print $3, substr($4, from) }'
  elif [[ -d "${folder}" ]]; then
    find "${folder}" -type f ! -name '*.partial' -printf '%s %P\n'
  fi
}

# batches LIST FOLDER FIELD: the lines of a list in files of few. The field is the one with a size.
batches() {
  rm -rf "$2"
  mkdir -p "$2"
  awk -v folder="$2" -v most="${batch_files}" -v bytes="${batch_bytes}" -v field="$3" '
    number == 0 || files >= most || size + $field > bytes {
      if (number) close(name)
      name = sprintf("%s/%08d", folder, ++number); files = 0; size = 0
    }
    { print > name; files++; size += $field }' "$1"
}

# fetch BATCH: brings the stored files of "<checksum> <size> <name>" lines to ${work}/back (S3), or leaves them (volume).
fetch() {
  [[ -n "${S3_BUCKET:-}" ]] || return 0
  local keys
  rm -rf "${work}/back"
  mkdir -p "${work}/back"
  mapfile -t keys < <(awk -v place="${place}" '{ print place "/files/" $3 "." $1 }' "$1")
  s3 get --force "${keys[@]}" "${work}/back/"
}

# fetched CHECKSUM NAME: where the file is to be read after `fetch`.
fetched() {
  if [[ -n "${S3_BUCKET:-}" ]]; then
    printf '%s' "${work}/back/${2##*/}.$1"
  else
    printf '%s' "${place}/files/$2.$1"
  fi
}

sum_of() {
  local sum
  sum="$(sha256sum <"$1")" && printf '%s' "${sum%% *}"
}
