#!/usr/bin/env bash
# Only SystemSupport calls the system; the layers below the core library do not know those above them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

found=0
# forbid WHAT FOLDER...: no Swift file of these folders imports it.
forbid() {
  local what=$1
  shift
  if grep -rnE "^[a-z@_ ]*import ($what)\\b" --include='*.swift' "$@"; then found=1; fi
}

outside=(Sources/Pictures Sources/Upscale Sources/UpscaleKernels* Sources/BatchMode Sources/BotMode Sources/UpscaleCLI)
forbid 'Glibc|Musl|Darwin|Foundation' "${outside[@]}"
forbid CPlatform "${outside[@]}"
forbid 'Pictures|Upscale|BatchMode|BotMode' Sources/SystemSupport
forbid 'Upscale|BatchMode|BotMode' Sources/Pictures
forbid 'BatchMode|BotMode' Sources/Upscale
forbid 'BotMode|UpscaleCLI' Sources/BatchMode
forbid 'BatchMode|UpscaleCLI' Sources/BotMode
if ((found)); then
  echo "imports: a target imports what it must not know" >&2
  exit 1
fi
echo "imports: every layer knows only those below it"
