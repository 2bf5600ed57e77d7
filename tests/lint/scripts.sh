#!/usr/bin/env bash
# Runs shellcheck over every tracked script, found by name or by its first line.
set -euo pipefail
cd "$(dirname "$0")/../.."

# One process looks at all files: one for each would take longer than shellcheck does.
mapfile -t scripts < <(git ls-files -z | xargs -0 awk '
    FNR == 1 && (FILENAME ~ /\.sh$/ || /^#!.*[^a-z](ba)?sh([^a-z]|$)/) { print FILENAME }
    { nextfile }')
shellcheck -x "${scripts[@]}"
