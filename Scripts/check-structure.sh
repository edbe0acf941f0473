#!/usr/bin/env bash
# The rules of the house that can be checked: only SystemSupport calls the system, and no layer knows those
# above it; the libraries' sentences name no options of the command; no file has more than 400 lines.
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
if ((found)); then echo "structure: a target imports what it must not know" >&2; fi

failed=$found
libraries=(Sources/SystemSupport Sources/Pictures Sources/Upscale Sources/BatchMode Sources/BotMode)
if grep -rnE '^[^/]*"[^"]*--[a-z]' --include='*.swift' "${libraries[@]}"; then
  echo "structure: a library's sentence names an option of the command" >&2
  failed=1
fi
while read -r lines file; do
  if ((lines > 400)) && [[ $file != total ]]; then
    echo "structure: $file has $lines lines" >&2
    failed=1
  fi
done < <(git ls-files -z 'Sources/*' 'Tests/*' 'Scripts/*' 2> /dev/null \
  | grep -zE '\.(swift|c|h|py|sh)$' | xargs -0r wc -l)
if ((failed)); then exit 1; fi
echo "structure: every layer knows only those below it, and every file is short"
