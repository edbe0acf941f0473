#!/usr/bin/env bash
# The library's tests under AddressSanitizer and ThreadSanitizer, each in a build folder of its own.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for sanitizer in address thread; do
  echo "sanitizer: $sanitizer"
  swift test --sanitize="$sanitizer" --scratch-path ".build-$sanitizer" --filter '^(UpscaleTests|BatchModeTests)'
done
