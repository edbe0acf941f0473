#!/usr/bin/env bash
# Reads the disassembly of the kernels: speed and safety depend on the code that the compiler generates.
#
# - No library call for a fused multiply-add; no reference counting or allocation in a level's code.
# - Above the baseline: the innermost loops of full register tiles work in registers only (12 sums
#   with 16 registers, 28 with 32; smaller tiles are unrolled and may spill a little).
# - No instruction above the baseline outside the targets of its level, and none in a weak symbol
#   that baseline code could be linked to (one whose name does not name the level).
#
# Argument: the folder of build products (the debug build's by default; kernels are optimised there
# too).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

[[ $(uname -m) == x86_64 ]] || { echo "kernels: not x86-64, nothing to check"; exit 0; }
products=${1:-$(swift build --show-bin-path)}
failures=0
fail() {
  echo "kernels: $*" >&2
  failures=$((failures + 1))
}

listing=$(mktemp)
trap 'rm -f "$listing"' EXIT

calls() {
  local level=$1 pattern=$2 found
  local objects=("$products/$level.build"/*.o)
  [[ -e ${objects[0]} ]] || { fail "no object files in $products/$level.build"; return; }
  found=$(objdump --reloc "${objects[@]}" \
    | grep --only-matching --extended-regexp "\\b($pattern)\\b" | sort -u | tr '\n' ' ' || true)
  [[ -z $found ]] || fail "$level calls $found"
}
# The baseline module also holds the call structures, whose copying counts references.
calls UpscaleKernels 'fmaf?'
calls UpscaleKernelsAVX2 'fmaf?|swift_(retain|release|allocObject|slowAlloc)'
calls UpscaleKernelsAVX512 'fmaf?|swift_(retain|release|allocObject|slowAlloc)'

for level in AVX2:ymm:12:vpmaddwd:vpaddd AVX512:zmm:28:vpdpwssd:vpdpwssd; do
  IFS=: read -r name register full multiply add <<< "$level"
  objdump --disassemble --no-show-raw-insn "$products/UpscaleKernels$name.build"/*.o > "$listing"

  # A loop: the instructions between a backward jump's target and the jump. Of floats or of integers,
  # where each product may be an instruction and its addition another.
  report=$(awk -v register="$register" -v full="$full" -v multiply="$multiply" -v add="$add" '
    /^[0-9a-f]+ <.*>:$/ { symbol = $2; count = 0; next }
    /^ *[0-9a-f]+:\t/ {
      address = $1; sub(":", "", address)
      at = ++count; place[symbol, address] = at; text[at] = $0
      if ($0 ~ /\tj[a-z]+ / && symbol ~ /multiply|convolveRow/) {
        target = $0; sub(/.*\tj[a-z]+ +/, "", target); sub(/ .*/, "", target)
        if ((symbol, target) in place) {
          products = 0; integers = 0; sums = 0; spills = 0; weights = 0
          for (i = place[symbol, target]; i <= at; i++) {
            if (text[i] ~ /\tj[a-z]+ / && i < at) { products = 0; integers = 0; break }
            if (text[i] ~ "%" register) {
              if (text[i] ~ /vfmadd.*ps/) products++
              if (text[i] ~ "\t" multiply) integers++
              if (text[i] ~ "\t" add) sums++
            }
            if (text[i] ~ /%[xyz]mm/ && text[i] ~ /\(%r[sb]p/) spills++
            else if (text[i] ~ /\tvmov(up[sd]|dqu[0-9]*) +[^%]*\(%/) weights++
          }
          # Two vectors of weights: a smaller tile unrolled to as many products has more.
          if (products == full && weights == 2) { loops++; spilled += spills }
          if (integers == full && sums == full && weights == 2) {
            integerLoops++; integerSpilled += spills
          }
        }
      }
    }
    END { print loops + 0, spilled + 0, integerLoops + 0, integerSpilled + 0 }' "$listing")
  read -r loops spills integer_loops integer_spills <<< "$report"
  echo "kernels: $name: $loops loops of $full sums, $spills spills;" \
    "in integers $integer_loops, $integer_spills spills"
  [[ $loops -ge 2 ]] || fail "$name: the loops of the products were not recognised"
  [[ $integer_loops -ge 1 ]] || fail "$name: the loop of the integer products was not recognised"
  [[ $((spills + integer_spills)) -eq 0 ]] || fail "$name: a register tile spills to the stack"

  nm "$products/UpscaleKernels$name.build"/*.o | awk '$2 == "W" { print $3 }' \
    | { grep --invert-match "$name" || true; } | while read -r symbol; do
      if awk -v symbol="<$symbol>:" '
        /^[0-9a-f]+ <.*>:$/ { inside = ($2 == symbol); next }
        inside && /%[yz]mm|\tv[a-z]+ / { found = 1 }
        END { exit !found }' "$listing"; then
        echo "$symbol"
      fi
    done > "$listing.weak"
  [[ ! -s $listing.weak ]] || fail "$name: weak symbols with its code: $(tr '\n' ' ' < "$listing.weak")"
  rm -f "$listing.weak"
done

for folder in UpscaleKernels Upscale UpscaleCLI CPlatform CImageCodecs; do
  if find "$products/$folder.build" -name '*.o' -exec objdump --disassemble --no-show-raw-insn {} + \
    | grep --quiet '%[yz]mm'; then
    fail "$folder holds instructions above the baseline"
  fi
done

[[ $failures -eq 0 ]]
