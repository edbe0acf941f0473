#!/usr/bin/env bash
# The documentation is built without a warning, and no public symbol is without a comment.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [[ ! -x $(dirname "$(readlink -f "$(command -v swift)")")/docc ]]; then
  echo "docs: this toolchain has no docc: not built"
  exit 0
fi
Scripts/docs.sh
