#!/usr/bin/env bash
# Installs the Debian packages that building needs and that are missing; nothing otherwise.
# Arguments: more packages.
set -euo pipefail

packages=(make git pkg-config libpng-dev libjpeg62-turbo-dev libwebp-dev libexif-dev
  zlib1g-dev nettle-dev libsqlite3-dev libcurl4-openssl-dev "$@")

if ! command -v swift > /dev/null; then
  echo "deps: no 'swift' in PATH; install the Swift toolchain 6.2 or newer from swift.org" >&2
  exit 1
fi

if ! command -v dpkg-query > /dev/null || ! command -v apt-get > /dev/null; then
  if pkg-config --exists libpng libjpeg libwebp libwebpmux libwebpdemux libexif \
    zlib nettle sqlite3 libcurl 2> /dev/null; then
    exit 0
  fi
  echo "deps: this is no Debian; install pkg-config and the headers of libpng, libjpeg," \
    "libwebp, libexif, zlib, nettle, sqlite3 and libcurl by your system's means" >&2
  exit 1
fi

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2> /dev/null || true)
  [[ $status == installed ]] || missing+=("$package")
done
[[ ${#missing[@]} -eq 0 ]] && exit 0

as_root=()
if [[ $(id -u) -ne 0 ]]; then
  if ! command -v sudo > /dev/null; then
    echo "deps: as root, run: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
install() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --quiet --no-install-recommends "${missing[@]}"
}
echo "deps: installing ${missing[*]}"
# The lists may be missing or old: refresh them only when the packages are not found as it is.
if ! install > /dev/null 2>&1; then
  if ! "${as_root[@]}" apt-get update --quiet > /dev/null || ! install; then
    echo "deps: could not install ${missing[*]}; check the network and apt's sources" >&2
    exit 1
  fi
fi
