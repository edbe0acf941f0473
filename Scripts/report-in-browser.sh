#!/usr/bin/env bash
# Opens a report of `upscale batch` in headless Chromium, uses it, and takes pictures of it.
#
#   Scripts/report-in-browser.sh [FOLDER] [PICTURE...]     default: a new folder in /tmp
#
# The report shows the sample photo by every model and the inputs of the golden tests, enlarged by
# the built executable (UPSCALE_EXECUTABLE, default .build/release/upscale), and the PICTUREs. What
# is checked is in report_in_browser.py; the screenshots are left in FOLDER.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
executable=${UPSCALE_EXECUTABLE:-$root/.build/release/upscale}
if [[ ! -x $executable ]]; then
  echo "report-in-browser: there is no executable $executable: run make build first" >&2
  exit 66
fi
if ! command -v chromium > /dev/null; then
  "$root/Scripts/deps.sh" chromium
fi
folder=${1:-$(mktemp -d /tmp/report-XXXXXX)}
[[ $# -eq 0 ]] || shift
mkdir -p "$folder/results"
folder=$(cd "$folder" && pwd)

: > "$folder/pairs"
# enlarge INPUT MODEL
enlarge() {
  local name
  name=$(basename "${1%.*}")
  local output=$folder/results/$name-$2.png
  [[ -s $output ]] || "$executable" image "$1" "$output" --model "$2" --quiet
  printf '%s\t%s\n' "$1" "$output" >> "$folder/pairs"
}
for model in realesrgan-x4plus realesrgan-x4plus-anime realesr-animevideov3; do
  enlarge "$root/Tests/Fixtures/cat.jpg" "$model"
done
for picture in "$@"; do
  enlarge "$(cd "$(dirname "$picture")" && pwd)/$(basename "$picture")" realesrgan-x4plus
done
for picture in "$root"/Tests/Golden/inputs/*.png; do
  enlarge "$picture" realesrgan-x4plus
done

cd "$root"
REPORT_OUTPUT=$folder/report.html REPORT_PAIRS=$folder/pairs \
  swift test --filter ReportSample > "$folder/swift-test.log" 2>&1 ||
  { cat "$folder/swift-test.log" >&2; exit 1; }
python3 "$root/Scripts/report_in_browser.py" "$folder/report.html" "$folder"
