#!/usr/bin/env bash
# Formats the Swift sources; with --check, says what is not formatted and fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [[ ${1:-} == --check ]]; then
  git ls-files -z '*.swift' | xargs -0 swift format lint --strict --parallel
else
  git ls-files -z '*.swift' | xargs -0 swift format format --in-place --parallel
fi
