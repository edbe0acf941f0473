#!/usr/bin/env bash
# Builds the container's root file system as the Dockerfile does, and lets the bot work in it by chroot
# for the tests' fake Telegram: as the user of the container, with a root that nothing is written to.
# Says its size, how soon it polls, and its memory at rest. Needs root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
[[ $(id -u) -eq 0 ]] || { echo "container-try: needs root, for chroot" >&2; exit 77; }
upscale=${UPSCALE:-.build/release/upscale}
[[ -x $upscale ]] || { echo "container-try: no '$upscale'; run make build" >&2; exit 66; }

place=$(mktemp -d)
trap 'umount --lazy "$place/root/proc" "$place/root/state" 2> /dev/null || true; rm -rf "$place"' EXIT
Scripts/container-root.sh "$upscale" "$place/root"
echo "files:    $(find "$place/root" -type f | wc -l), $(du --summarize --block-size=1M "$place/root" | cut -f1) MiB in all"
du --block-size=1M "$place/root/usr/bin/upscale" "$place/root/usr/share/upscale/weights" |
  while read -r size path; do echo "          $size MiB /${path#"$place"/root/}"; done
mount --types proc proc "$place/root/proc"
mount --types tmpfs -o mode=700,uid=10001,gid=10001 state "$place/root/state"
PLACE=$place/root python3 Tests/Trials/container_try.py
