#!/usr/bin/env bash
# Splits a batch into parts by GNU parallel, on this machine or on several that share the folders.
#
#   Recipes/parallel.sh INPUT OUTPUT [options of upscale batch]
#
# PARTS     how many parts (4)
# JOBS      how many at a time on each machine (1: a batch uses all cores itself)
# MACHINES  for parallel's --sshlogin: ':,node1,node2' (this machine only)
# UPSCALE   the command (upscale)
set -uo pipefail

parts=${PARTS:-4}
upscale=${UPSCALE:-upscale}

# -q: names with spaces stay whole. The exit code of parallel is the number of parts that failed.
parallel -q --jobs "${JOBS:-1}" --sshlogin "${MACHINES:-:}" --workdir . --line-buffer \
  "$upscale" batch "$@" --shard "{}/$parts" ::: $(seq "$parts")
failed=$?
[[ $failed -eq 0 ]] || echo "$failed of $parts parts report failures or pictures that are not whole; run again for what is missing" >&2
exit $((failed > 0))
