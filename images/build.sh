#!/usr/bin/env bash
# Builds the images of this repository with podman, each one only when something it is made of has changed.
#
#   images/build.sh [--force] [--refresh] [slug...]      no slug: all of them
#
#   --force     build even what is unchanged (the layer cache still helps)
#   --refresh   fetch the base image again and use no cache: the way to take in Debian's security updates
#
# Environment:
#   OML_IMAGE_PREFIX   name before the slug (localhost/omnileads)
#   OML_BASE_IMAGE     base image to use instead of the default; never made locally when given
#   OML_APT_MIRROR     Debian mirror for a base image made here (mmdebstrap's own default)
#
# An image's inputs are its folder, images/lib, the base image and the paths listed in images/<slug>/inputs. Their
# hash is the image's label `org.omnileads.inputs`. What the host needs to reach package indexes (a private CA, a pip
# index, an apt proxy) is mounted while building and leaves no trace in the image.
set -Eeuo pipefail

repository="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
readonly repository
readonly images="${repository}/images"
readonly all_slugs=(postgres redis rtpengine kamailio asterisk nginx app acd dialer)
readonly inputs_label="org.omnileads.inputs"
prefix="${OML_IMAGE_PREFIX:-localhost/omnileads}"
version="$(tr -d '[:space:]' <"${repository}/VERSION")"

# shellcheck source=images/lib/build/base-image.sh
source "${images}/lib/build/base-image.sh"
# shellcheck source=images/lib/build/host-access.sh
source "${images}/lib/build/host-access.sh"

force=no
refresh=no
workspace="$(mktemp -d)"
trap 'rm -rf "${workspace}"' EXIT

fail() {
  printf 'build.sh: %s\n' "$*" >&2
  exit 1
}

note() {
  printf 'build.sh: %s\n' "$*" >&2
}

image_name() {
  printf '%s/%s:%s' "${prefix}" "$1" "${version}"
}

# Prints the slug of the image that this one is built upon, or nothing when that is the base image.
parent_of() {
  sed -n 's/^ARG PARENT_IMAGE=.*\/\([a-z]*\)$/\1/p' "${images}/$1/Containerfile"
}

# Prints every file that goes into an image, relative to the repository, sorted.
input_files() {
  local slug="$1" listed=() path
  if [[ -f "${images}/${slug}/inputs" ]]; then
    mapfile -t listed < <(grep -Ev '^[[:space:]]*(#|$)' "${images}/${slug}/inputs")
  fi
  for path in "${listed[@]}"; do
    [[ -e "${repository}/${path}" ]] || fail "the ${slug} image needs ${path}, which does not exist"
  done
  (
    cd "${repository}"
    find "images/${slug}" images/lib "${listed[@]}" -name __pycache__ -prune -o -name 'README.md' -prune -o -type f -print
  ) | LC_ALL=C sort
}

# Prints the hash of all that decides what the image contains.
inputs_hash() {
  local slug="$1" parent
  parent="$(parent_of "${slug}")"
  {
    printf 'version %s\n' "${version}"
    if [[ -n "${parent}" ]]; then
      printf 'parent %s\n' "$(inputs_hash "${parent}")"
    else
      printf 'base %s\n' "$(base_image_id)"
    fi
    input_files "${slug}" | while IFS= read -r path; do
      printf '%s %s %s\n' "$(stat -c %a "${repository}/${path}")" "$(sha256sum <"${repository}/${path}")" "${path}"
    done
  } | sha256sum | cut -d' ' -f1
}

built_hash() {
  podman image inspect --format "{{index .Labels \"${inputs_label}\"}}" "$(image_name "$1")" 2>/dev/null || true
}

human_size() {
  podman image inspect --format '{{.Size}}' "$(image_name "$1")" | numfmt --to=si --suffix=B
}

# Runs podman build for one image; its whole output is shown only when it fails.
build_image() {
  local slug="$1" hash="$2" parent log="${workspace}/$1.log" arguments=()
  parent="$(parent_of "${slug}")"
  if [[ -n "${parent}" ]]; then
    arguments+=(--build-arg "PARENT_IMAGE=$(image_name "${parent}")")
  else
    arguments+=(--build-arg "BASE_IMAGE=$(base_image)")
  fi
  [[ "${refresh}" == yes ]] && arguments+=(--no-cache)
  arguments+=("${host_access[@]}")
  podman build --isolation chroot --format docker --layers --pull=never \
    --ignorefile "${images}/.containerignore" --file "${images}/${slug}/Containerfile" \
    --label "${inputs_label}=${hash}" --label "org.opencontainers.image.version=${version}" \
    --tag "$(image_name "${slug}")" "${arguments[@]}" "${repository}" >"${log}" 2>&1 || {
    cat "${log}" >&2
    fail "the ${slug} image could not be built; the log is above"
  }
}

# Builds the image when needed and prints its row of the table.
ensure_image() {
  local slug="$1" hash started took=unchanged
  hash="$(inputs_hash "${slug}")"
  if [[ "${force}" == yes || "$(built_hash "${slug}")" != "${hash}" ]]; then
    note "building ${slug}"
    started="${SECONDS}"
    build_image "${slug}" "${hash}"
    took="$((SECONDS - started)) s"
  fi
  printf '%-44s %8s %10s\n' "$(image_name "${slug}")" "$(human_size "${slug}")" "${took}"
}

main() {
  local slugs=() slug
  while (($#)); do
    case "$1" in
      --force) force=yes ;;
      --refresh) force=yes refresh=yes ;;
      -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}" && exit 0 ;;
      -*) fail "unknown option $1; see --help" ;;
      *) slugs+=("$1") ;;
    esac
    shift
  done
  ((${#slugs[@]})) || slugs=("${all_slugs[@]}")
  for slug in "${slugs[@]}"; do
    [[ -f "${images}/${slug}/Containerfile" ]] || fail "there is no image called ${slug}; there are: ${all_slugs[*]}"
  done
  command -v podman >/dev/null || fail "podman is not installed; the engine role installs it"
  ensure_base_image
  collect_host_access
  printf '%-44s %8s %10s\n' IMAGE SIZE TIME
  for slug in "${slugs[@]}"; do
    ensure_image "${slug}"
  done
}

main "$@"
