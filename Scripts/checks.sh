#!/usr/bin/env bash
# Runs every Scripts/check-*.sh, and fails if one of them does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

shopt -s nullglob
failed=()
for check in Scripts/check-*.sh; do
  echo "$check"
  "$check" || failed+=("$check")
done
if [[ ${#failed[@]} -gt 0 ]]; then
  echo "failed: ${failed[*]}" >&2
  exit 1
fi
