#!/usr/bin/env bash
# Opens a report of `upscale batch` in headless Chromium, uses it, and takes pictures of it.
#
#   Tests/Trials/report-in-browser.sh [FOLDER] [PICTURE...]     default: a new folder in /tmp
#
# The batch holds the sample photo, the inputs of the golden tests, the PICTUREs, and files with
# damage and odd names; the built executable enlarges it (UPSCALE_EXECUTABLE, default
# .build/release/upscale). What is checked is in report_in_browser.py; the screenshots are left in
# FOLDER.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
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
mkdir -p "$folder/scans/1987" "$folder/scans/private"
folder=$(cd "$folder" && pwd)
scans=$folder/scans

cp "$root/Tests/Fixtures/cat.jpg" "$scans/cat.jpg"
cp "$root"/Tests/Golden/inputs/*.png "$scans/1987"
for picture in "$@"; do cp "$picture" "$scans"; done
cp "$root/Tests/Golden/inputs/chelsea-24x24.png" "$scans/line"$'\n'"feed "$'\u202e'"gpj.png"
head -c 300 "$root/Tests/Fixtures/cat.jpg" > "$scans/1987/IMG_0042.jpg"
head -c 200 "$root/Tests/Golden/inputs/chelsea-61x47.png" > "$scans/private/letter.png"
echo "no picture" > "$scans/<script>document.title='taken over'<script>.png"
echo "remember the negatives" > "$scans/notes.txt"

status=0
"$executable" batch "$scans" "$folder/results" --report "$folder/report.html" --quiet || status=$?
if [[ $status -ne 1 ]]; then
  echo "report-in-browser: a batch with damaged files ended with $status and not with 1" >&2
  exit 1
fi
python3 "$root/Tests/Trials/report_in_browser.py" "$folder/report.html" "$folder"
