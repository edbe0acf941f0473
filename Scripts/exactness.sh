#!/bin/sh
# Compares the built `upscale` with the float64 PyTorch networks. Options: see --help.
# UPSCALE_PYTHON names a python that has Tests/Reference/requirements.txt.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
python=$("$root/Tests/Reference/environment.sh")
exec "$python" "$root/Tests/Reference/exactness.py" "$@"
