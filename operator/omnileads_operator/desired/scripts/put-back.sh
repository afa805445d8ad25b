# shellcheck shell=bash
# Puts the recordings of a backup back, before anything of the target is stopped: it adds, and never overwrites.
# Killed at any point, it goes on where it was. Put after recordings.sh.
umask 007

manifest="$(get manifest.json)"
read -r count list_sum instance < <(psql --no-psqlrc --quiet --tuples-only --no-align --field-separator ' ' \
  --set ON_ERROR_STOP=1 --set manifest="${manifest}" <<'SQL'
SELECT coalesce(m -> 'recordings' ->> 'count', 'none'), coalesce(m -> 'recordings' ->> 'list_sha256', '-'), m ->> 'instance'
FROM (SELECT :'manifest'::jsonb AS m) AS told;
SQL
) || fail 1 "PostgreSQL does not answer"
if [[ "${count}" == none || "${count}" == 0 ]]; then
  note "restore.no-recordings"
  exit 0
fi

get recordings.list >"${work:?}/listed" || fail 50 "the list of recordings is not there"
[[ "$(sum_of "${work}/listed")" == "${list_sum}" && "$(wc -l <"${work}/listed")" == "${count}" ]] ||
  fail 50 "the list of recordings has another checksum"

# shellcheck disable=SC2034  # recordings.sh reads it
place="$(place_of "${instance}")"
stored_in files >"${work}/stored"
recordings_here >"${work}/here"
awk -v here="${work}/same-name" -v missing="${work}/missing" -v gone="${work}/gone" '
  BEGIN { printf "" > here; printf "" > missing; printf "" > gone }
  FILENAME ~ /stored$/ { sizes[$2] = $1; next }
  FILENAME ~ /here$/ { found[$3] = 1; next }
  $3 in found { print > here; next }
  sizes[$3 "." $1] != $2 { print > gone; next }
  { print > missing }' "${work}/stored" "${work}/here" "${work}/listed"
if [[ -s "${work}/gone" ]]; then
  note "restore.missing $(cut -d' ' -f3 "${work}/gone" | head -n 20 | tr '\n' ' ')"
  fail 50 "$(wc -l <"${work}/gone") recordings of the backup are not stored, or have another size"
fi
while read -r sum _ name; do
  [[ "$(sum_of "${recordings:?}/${name}")" == "${sum}" ]] || fail 47 "the target has another recording ${name}"
done <"${work}/same-name"

put_back() {
  local sum name file target
  fetch "$1"
  while read -r sum _ name; do
    file="$(fetched "${sum}" "${name}")"
    target="${recordings}/${name%/*}/.${name##*/}.restoring"
    mkdir -p "${recordings}/${name%/*}"
    cp --no-preserve=mode "${file}" "${target}"
    [[ "$(sum_of "${target}")" == "${sum}" ]] || {
      rm -f "${target}"
      fail 50 "the recording ${name} has another checksum"
    }
  done <"$1"
  rm -rf "${work}/back"
  sync --file-system "${recordings}"
  while read -r _ _ name; do
    target="${recordings}/${name%/*}/.${name##*/}.restoring"
    mv --no-clobber "${target}" "${recordings}/${name}" || true
    [[ ! -e "${target}" ]] || {
      rm -f "${target}"
      fail 47 "the target has another recording ${name}"
    }
  done <"$1"
}

batches "${work}/missing" "${work}/batches" 2
for batch in "${work}/batches"/*; do
  [[ ! -e "${batch}" ]] || put_back "${batch}"
done

note "restore.proving-recordings"
while read -r sum _ name; do
  [[ "$(sum_of "${recordings}/${name}")" == "${sum}" ]] || fail 49 "the recording ${name} is not what the list says"
done <"${work}/listed"
note "restore.recordings ${count}"
