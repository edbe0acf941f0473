#!/usr/bin/env bash
# Builds the documentation of the library, with the pages of Documentation as articles, into
# .build/docs/Upscale.doccarchive. A warning is an error, and so is a public symbol without a comment.
#
# It takes swift-symbolgraph-extract and docc from the toolchain: no package has to be fetched for it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

swift=${SWIFT:-swift}
"$swift" build --quiet --target Upscale
products=$("$swift" build --show-bin-path)
# The tools lie beside the compiler, whatever links lead to it.
tools=$(dirname "$(readlink -f "$(command -v "$swift")")")

out=.build/docs
rm -rf "$out"
mkdir -p "$out/graphs" "$out/Upscale.docc"

# The modules of C that the library imports.
clang=(-Xcc -fmodule-map-file=Sources/CNettle/module.modulemap)
for flag in $(pkg-config --cflags nettle); do clang+=(-Xcc "$flag"); done
for module in CPlatform CImageCodecs CLCMS CKernelIntrinsics; do
  clang+=(-Xcc "-fmodule-map-file=$products/$module.build/module.modulemap")
done
target=$("$swift" -print-target-info | sed -n 's/.*"unversionedTriple": "\(.*\)".*/\1/p')
# Upscale exports Pictures and SystemSupport, so their public symbols are part of its documentation.
"$tools/swift-symbolgraph-extract" -module-name Upscale -I "$products/Modules" -target "$target" \
  -minimum-access-level public -skip-synthesized-members \
  -experimental-allowed-reexported-modules=Pictures,SystemSupport \
  "${clang[@]}" -output-dir "$out/graphs"

# Refuses public symbols without a comment of their own or an inherited one.
if ! command -v python3 > /dev/null; then
  echo "docs: no python3 here, so public symbols without a comment were not searched for" >&2
else
  python3 - "$out/graphs/Upscale.symbols.json" << 'PYTHON'
import json, sys

with open(sys.argv[1], encoding="utf-8") as file:
    symbols = json.load(file)["symbols"]
names = [".".join(s["pathComponents"]) for s in symbols if "docComment" not in s]
if names:
    sys.exit("docs: public and without a comment: " + ", ".join(sorted(names)))
print(f"docs: {len(symbols)} public symbols, all with a comment")
PYTHON
fi

# The catalogue, and the pages: links from page to page become links of DocC, others become text.
cp -r Sources/Upscale/Upscale.docc/. "$out/Upscale.docc"
cp Documentation/*.svg Documentation/*.jpg "$out/Upscale.docc"
for page in Documentation/*.md; do
  sed -E -e 's/\[([^]]*)\]\(([A-Za-z]+)\.md\)/<doc:\2>/g' -e 's/\[([^]]*)\]\(\.\.[^)]*\)/\1/g' \
    "$page" > "$out/Upscale.docc/$(basename "$page")"
done

"$tools/docc" convert "$out/Upscale.docc" --additional-symbol-graph-dir "$out/graphs" \
  --fallback-display-name Upscale --fallback-bundle-identifier upscale --warnings-as-errors \
  --output-path "$out/Upscale.doccarchive"
echo "docs: any web server shows $out/Upscale.doccarchive, as /documentation/upscale"
