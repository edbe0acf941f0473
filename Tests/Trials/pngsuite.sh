#!/usr/bin/env bash
# Runs `upscale inspect` and `upscale image` over PngSuite and over PNGs of every kind made on the spot.
#
#   Tests/Trials/pngsuite.sh [EXECUTABLE]        default: .build/release/upscale
#
# A file whose name begins with x is broken and must be refused with exit code 65; any other must
# be accepted with 0. No file may end the program by a signal, take longer than 2 seconds to inspect
# or 20 to enlarge, or leave an output behind when it is refused. The pixels of the good ones are compared with
# those that pypng's decoder gives, where that is there.
# PngSuite comes out of the source package of pypng, which pip downloads to a temporary directory;
# PNGSUITE=DIR takes the files in DIR instead. Without either, the PNGs made here are the test.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
executable=${1:-$root/.build/release/upscale}
if [ ! -x "$executable" ]; then
  echo "pngsuite: there is no executable $executable: build it first (swift build -c release)" >&2
  exit 66
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 "$root/Tests/Trials/make-test-pngs.py" "$work/made" || exit 70

version=0.20220715.0
if [ -n "${PNGSUITE:-}" ]; then
  cp -r "$PNGSUITE" "$work/suite"
elif python3 -m venv "$work/venv" >/dev/null 2>&1 &&
  "$work/venv/bin/pip" download --quiet --no-deps --no-binary :all: --dest "$work" \
    "pypng==$version" >/dev/null 2>&1; then
  tar -xzf "$work/pypng-$version.tar.gz" -C "$work"
  # Names that begin with a capital are pypng's own additions.
  PYTHONPATH="$work/pypng-$version/code" python3 - "$work/suite" <<'PYTHON'
import os
import sys

import pngsuite

os.makedirs(sys.argv[1])
for name, contents in pngsuite.png.items():
    with open(os.path.join(sys.argv[1], name + ".png"), "wb") as file:
        file.write(contents)
PYTHON
else
  echo "pngsuite: PngSuite could not be downloaded, only the PNGs made here are tried" >&2
fi

passed=0
failed=0
# check NAME EXPECTED SECONDS ARGUMENTS...
check() {
  local name=$1 expected=$2 seconds=$3
  shift 3
  timeout --signal=KILL "$seconds" "$executable" "$@" >"$work/out" 2>&1
  local code=$?
  if [ "$code" -eq "$expected" ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "$1 $name: exit code $code, expected $expected: $(head -c 200 "$work/out" | tr '\n' ' ')"
  fi
}

mkdir "$work/enlarged"
while IFS= read -r -d '' file; do
  name=$(basename "$file")
  expected=0
  case $name in x*) expected=65 ;; esac
  check "$name" "$expected" 2 inspect "$file"
  check "$name" "$expected" 20 image "$file" "$work/enlarged/$name" --model realesr-animevideov3
  if [ "$expected" -ne 0 ] && [ -n "$(ls -A "$work/enlarged")" ]; then
    failed=$((failed + 1))
    echo "image $name: left $(ls -A "$work/enlarged") behind"
  fi
  rm -f "$work/enlarged"/* "$work/enlarged"/.upscale-*
done < <(find "$work/made" "$work/suite" -name '*.png' -print0 2>/dev/null | sort -z)

if [ -d "$work/pypng-$version/code" ]; then
  if PYTHONPATH="$work/pypng-$version/code" python3 "$root/Tests/Trials/compare-pngs.py" "$executable" \
    "$work/made" $([ -d "$work/suite" ] && echo "$work/suite"); then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
