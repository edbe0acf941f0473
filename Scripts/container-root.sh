#!/usr/bin/env bash
# Puts together the root file system of the container: the executable, the weights, and the system's
# files that they need. The Dockerfile uses it, and so does Tests/Trials/container-try.sh.
# Usage: container-root.sh EXECUTABLE FOLDER
set -euo pipefail
source_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
executable=$(realpath "$1")
root=$2

[[ -e $root ]] && { echo "container-root: '$root' exists already" >&2; exit 1; }
install -D -m 755 "$executable" "$root/usr/bin/upscale"
strip "$root/usr/bin/upscale"
install -d "$root/usr/share/upscale/weights"
install -m 644 "$source_root"/weights/* "$root/usr/share/upscale/weights/"

# Libraries, by the names they are looked for; libcurl and Little CMS are opened at run time.
curl=$(ldconfig -p | awk '/libcurl\.so\.4 / { print $NF; exit }')
[[ -n $curl ]] || { echo "container-root: no libcurl; install libcurl4" >&2; exit 1; }
colour=$(ldconfig -p | awk '/liblcms2\.so\.2 / { print $NF; exit }')
[[ -n $colour ]] || { echo "container-root: no Little CMS; install liblcms2-2" >&2; exit 1; }
{
  printf '%s\n' "$curl" "$colour"
  ldd "$executable" "$curl" "$colour" | awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\/.*ld-/ { print $1 }'
} | sort -u | while read -r library; do
  install -D -m 755 "$(realpath "$library")" "$root$library"
  strip --strip-unneeded "$root$library" 2> /dev/null || true
done

# The process's user, name resolution, and trusted certificates.
install -d "$root/etc/ssl/certs"
install -m 644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
echo 'upscale:x:10001:10001::/state:/sbin/nologin' > "$root/etc/passwd"
echo 'upscale:x:10001:' > "$root/etc/group"
echo 'hosts: files dns' > "$root/etc/nsswitch.conf"
install -d -m 755 "$root/proc" "$root/dev" "$root/sys"
install -d -m 700 "$root/state"
# Only root can change the owner; images are built by root.
chown 10001:10001 "$root/state" 2> /dev/null || true
