#!/usr/bin/env bash
# Runs shellcheck over every tracked script, found by name or by its first line.
set -euo pipefail
cd "$(dirname "$0")/../.."

scripts=()
while IFS= read -r -d '' file; do
    if [[ $file == *.sh ]] || { [ -f "$file" ] && head -c 64 "$file" | grep -qaE '^#!.*\b(ba)?sh\b'; }; then
        scripts+=("$file")
    fi
done < <(git ls-files -z)
shellcheck -x "${scripts[@]}"
