# shellcheck shell=bash
# The base image: pulled when a registry has it, otherwise made here with mmdebstrap. Sourced by images/build.sh,
# whose `workspace`, `refresh`, `note` and `fail` it uses.

readonly debian_suite=forky
readonly default_base_image="debian:${debian_suite}-slim"
readonly local_base_image="localhost/omnileads/base:${debian_suite}"
readonly pull_seconds=300
chosen_base_image=""

base_image() {
  printf '%s' "${chosen_base_image}"
}

base_image_id() {
  podman image inspect --format '{{.Id}}' "${chosen_base_image}"
}

# Decides on a base image and makes sure that it is in the local storage.
ensure_base_image() {
  if [[ -n "${OML_BASE_IMAGE:-}" ]]; then
    chosen_base_image="${OML_BASE_IMAGE}"
    has_image "${chosen_base_image}" || pull "${chosen_base_image}" || fail "cannot pull OML_BASE_IMAGE ${OML_BASE_IMAGE}"
    return
  fi
  local candidate
  for candidate in "${default_base_image}" "${local_base_image}"; do
    if [[ "${refresh:?}" == no ]] && has_image "${candidate}"; then
      chosen_base_image="${candidate}"
      return
    fi
  done
  if pull "${default_base_image}"; then
    chosen_base_image="${default_base_image}"
  else
    note "no registry within reach: making the base image from Debian packages"
    make_base_image
    chosen_base_image="${local_base_image}"
  fi
}

has_image() {
  podman image exists "$1"
}

# A registry that answers nothing must not hold the build up for ever.
pull() {
  timeout "${pull_seconds}" podman pull --quiet "$1" >/dev/null 2>"${workspace:?}/pull.log"
}

# Debian's Release file of a testing suite expires after a week; where there is no registry there is often only a
# mirror that is synchronised less often, so this base image accepts an older (still signed) one.
make_base_image() {
  command -v mmdebstrap >/dev/null || fail "mmdebstrap is not installed and the base image cannot be pulled"
  local archive="${workspace:?}/base.tar" log="${workspace}/base.log" mirror=()
  [[ -z "${OML_APT_MIRROR:-}" ]] || mirror=("${OML_APT_MIRROR}")
  mmdebstrap --variant=minbase --include=ca-certificates \
    --aptopt='Acquire::Check-Valid-Until "false"' \
    --aptopt='Acquire::Languages "none"' \
    --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --dpkgopt='path-exclude=/usr/share/info/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/lintian/*' \
    "${debian_suite}" "${archive}" "${mirror[@]}" >"${log}" 2>&1 || {
    cat "${log}" >&2
    fail "the base image could not be made; mmdebstrap's log is above"
  }
  podman import --quiet --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
    "${archive}" "${local_base_image}" >/dev/null
}
