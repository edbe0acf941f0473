#!/usr/bin/env bash
# Checks the scripts of Tests/Trials: each can be parsed by Python or bash, and the writer of PNGs passes
# its tests. The trials themselves take long and are run by hand.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../Tests/Trials"

for script in *.sh; do bash -n "$script"; done
if ! command -v python3 > /dev/null; then
  echo "trials: no python3 here, which they are written in: only the shell's part was looked at"
  exit 0
fi
export PYTHONDONTWRITEBYTECODE=1
python3 -c '
import ast, pathlib
for path in pathlib.Path().glob("*.py"):
    ast.parse(path.read_text(encoding="utf-8"), path.name)'
python3 -m unittest --quiet png_tests
echo "trials: all can be read"
