#!/bin/sh
# Prints a python that has Tests/Reference/requirements.txt, making .venv for it if need be.
# UPSCALE_PYTHON names one that has them already.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)
if [ -n "${UPSCALE_PYTHON:-}" ]; then
  echo "$UPSCALE_PYTHON"
  exit
fi
venv=$root/.venv
wanted=$root/Tests/Reference/requirements.txt
if ! cmp -s "$wanted" "$venv/installed.txt"; then
  python3 -c 'import ensurepip' 2>/dev/null || {
    echo "python3 cannot make virtual environments here: apt install python3-venv" >&2
    exit 69
  }
  echo "installing the reference (PyTorch and the peers) into $venv; this takes some minutes" >&2
  python3 -m venv "$venv" >&2
  "$venv/bin/pip" install --quiet --requirement "$wanted" >&2
  cp "$wanted" "$venv/installed.txt"
fi
echo "$venv/bin/python"
