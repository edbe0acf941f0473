#!/bin/sh
# Compares `upscale` with PyTorch for all families, scales and formats of weight files, and its verdicts
# on hostile files with those of torch.load: weight_formats.py and hostile_weights.py.
# Makes .venv-models for it; UPSCALE names the executable.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)
venv=$root/.venv-models
wanted=$root/Tests/Reference/weight-formats.txt
if ! cmp -s "$wanted" "$venv/installed.txt"; then
  echo "installing PyTorch and spandrel into $venv; this takes some minutes" >&2
  python3 -m venv "$venv" >&2
  "$venv/bin/pip" install --quiet --requirement "$wanted" >&2
  "$venv/bin/pip" install --quiet --no-deps spandrel==0.4.2 pnnx==20261020 >&2
  cp "$wanted" "$venv/installed.txt"
fi
upscale=${UPSCALE:-$root/.build/release/upscale}
"$venv/bin/python" "$root/Tests/Reference/weight_formats.py" --upscale "$upscale" "$@"
"$venv/bin/python" "$root/Tests/Reference/hostile_weights.py" --upscale "$upscale"
