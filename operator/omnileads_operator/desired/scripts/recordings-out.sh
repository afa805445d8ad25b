# shellcheck shell=bash
# Stores the recordings of a backup: before the dump (the most of them, which takes long) and after it, so that whatever
# the dump knows is there. Only what is not stored yet is read. Put between recordings.sh and backup.sh.

mark_name="${BACKUP_UID}.$(date +%s%N)"
readonly mark_name

# is_finished NAME SIZE IS_OLD: its writer says so in the header when it closes the file. One that died never did.
is_finished() {
  local declared
  [[ "$3" == 0 ]] || return 0
  declared="$(od --address-radix=n --format=u4 --skip-bytes=40 --read-bytes=4 "${recordings:?}/$1" 2>/dev/null || true)"
  declared="${declared//[[:space:]]/}"
  [[ -n "${declared}" ]] && ((declared > 0 && declared <= $2 - 44))
}

# Marks what is stored and not yet proven; whoever finds the mark of one that was killed proves it again.
mark() {
  if [[ -n "${S3_BUCKET:-}" ]]; then
    s3 put "$1" "${place:?}/proving/${mark_name}"
  else
    mkdir -p "${place}/proving"
    cp "$1" "${place:?}/proving/${mark_name}"
    sync "${place:?}/proving/${mark_name}"
  fi
}

unmark() {
  if [[ -n "${S3_BUCKET:-}" ]]; then s3 del "${place}/proving/$1"; else rm -f "${place}/proving/$1"; fi
}

# unproven: the stored names that marks have, and ${work}/marks with the marks.
unproven() {
  local name
  stored_in proving | cut -d' ' -f2 >"${work:?}/marks"
  while read -r name; do
    if [[ -n "${S3_BUCKET:-}" ]]; then s3 get "${place}/proving/${name}" -; else cat "${place}/proving/${name}"; fi
  done <"${work}/marks"
}

store_batch() {
  local size is_old name sum file
  : >"${work}/batch"
  while read -r size is_old name; do
    is_finished "${name}" "${size}" "${is_old}" || continue
    if sum="$(sum_of "${recordings}/${name}" 2>/dev/null)"; then
      printf '%s %s %s\n' "${sum}" "${size}" "${name}" >>"${work}/batch"
    elif [[ -e "${recordings}/${name}" ]]; then
      fail 1 "the recording ${name} cannot be read"
    fi
  done <"$1"
  [[ -s "${work}/batch" ]] || return 0
  awk '{ print $3 "." $1 }' "${work}/batch" >"${work}/names"
  mark "${work}/names"
  if [[ -n "${S3_BUCKET:-}" ]]; then send_batch; else copy_batch; fi
  fetch "${work}/batch"
  while read -r sum size name; do
    file="$(fetched "${sum}" "${name}")"
    [[ "$(sum_of "${file}")" == "${sum}" ]] || fail 46 "the recording ${name} that was read back is not what was stored"
  done <"${work}/batch"
  rm -rf "${work}/back"
  unmark "${mark_name}"
  cat "${work}/batch" >>"${work}/listed"
}

send_batch() {
  local sum size name
  rm -rf "${work}/stage"
  while read -r sum size name; do
    mkdir -p "${work}/stage/${name%/*}"
    ln -s "${recordings}/${name}" "${work}/stage/${name}.${sum}"
  done <"${work}/batch"
  s3 put --recursive --follow-symlinks --no-preserve "${work}/stage/" "${place}/files/"
}

copy_batch() {
  local sum size name
  while read -r sum size name; do
    mkdir -p "${place}/files/${name%/*}"
    cp "${recordings}/${name}" "${place}/files/${name}.${sum}.partial"
  done <"${work}/batch"
  sync --file-system "${place}"
  while read -r sum size name; do
    mv "${place}/files/${name}.${sum}.partial" "${place}/files/${name}.${sum}"
  done <"${work}/batch"
}

# store_recordings: leaves "<checksum> <size> <name>" of all of them in ${work}/listed.
store_recordings() {
  local batch name place
  place="$(place_of "${BACKUP_INSTANCE}")"
  [[ -d "${recordings}" ]] || fail 1 "the volume of recordings is not there"
  : >"${work}/listed"
  recordings_here >"${work}/here"
  stored_in files >"${work}/stored"
  unproven >"${work}/unproven"
  awk -v listed="${work}/listed" -v missing="${work}/missing" '
    BEGIN { printf "" > listed; printf "" > missing }
    FILENAME ~ /unproven$/ { marked[$1] = 1; next }
    FILENAME ~ /stored$/ {
      if (!($2 in marked)) sums[substr($2, 1, length($2) - 65), $1] = substr($2, length($2) - 63)
      next
    }
    ($3, $1) in sums { print sums[$3, $1], $1, $3 > listed; next }
    { print > missing }' "${work}/unproven" "${work}/stored" "${work}/here"
  batches "${work}/missing" "${work}/batches" 1
  for batch in "${work}/batches"/*; do
    [[ ! -e "${batch}" ]] || store_batch "${batch}"
  done
  while read -r name; do
    unmark "${name}"
  done <"${work}/marks"
  sort -k 3 -o "${work}/listed" "${work}/listed"
  note "backup.recordings $(wc -l <"${work}/listed")"
}

# name_recordings: stores the list of them, if there is any, and prints what the manifest says of it.
name_recordings() {
  local sum
  sum="$(sum_of "${work}/listed")"
  [[ ! -s "${work}/listed" ]] || put recordings.list <"${work}/listed"
  [[ ! -s "${work}/listed" || "$(get recordings.list | sha256sum)" == "${sum}  -" ]] || fail 46 "the list that was read back is not what was stored"
  awk -v sum="${sum}" '{ size += $2 } END {
    printf "{\"recordings\": {\"count\": %d, \"size\": %.0f, \"list_sha256\": \"%s\"}}", NR, size, sum }' "${work}/listed"
}
