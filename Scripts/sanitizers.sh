#!/usr/bin/env bash
# The tests under AddressSanitizer and ThreadSanitizer, each in a build folder of its own; the names of
# test targets as arguments choose some of them.
#
# Tests of the command that limit memory are left out: a sanitizer's shadow memory is larger than any such
# limit, and the worker's sandbox does not allow it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

targets=(SystemSupportTests PicturesTests UpscaleKernelsTests UpscaleTests BatchModeTests FakeBotAPITests BotModeTests UpscaleCLITests)
if (($#)); then targets=("$@"); fi
limited='MemoryTests|(WorkerSandbox|SandboxProbe)Tests|Worker(Life|Task|Fitting|Misbehaviour)Tests|Bot(Talk|Stop|Trouble)Tests|BatchManyTests/(memory|tooLarge)|OutputTests/fileSizeLimit'

# A race in a program that a test has started changes its exit code, so that the test fails.
export TSAN_OPTIONS="exitcode=66 ${TSAN_OPTIONS:-}"
# Leaks that are not the product's: the runner's library, Foundation's reading of files, and the tests' servers
# and what was sent to them, which live as long as the tests' process.
# ArgumentParser loses some bytes when it throws.
suppressions=$(mktemp)
trap 'rm -f "$suppressions"' EXIT
printf 'leak:%s\n' XCTest readBytesFromFile readDataFromFile FakeBotAPI \
  BotModeTests UpscaleCLITests UpscaleTests ArgumentParser > "$suppressions"
export LSAN_OPTIONS="suppressions=$suppressions print_suppressions=0 ${LSAN_OPTIONS:-}"
for sanitizer in address thread; do
  echo "sanitizer: $sanitizer"
  swift build --build-tests --sanitize="$sanitizer" --scratch-path ".build-$sanitizer"
  for target in "${targets[@]}"; do
    swift test --skip-build --sanitize="$sanitizer" --scratch-path ".build-$sanitizer" \
      --filter "^$target\\." --skip "$limited"
  done
done
