#!/usr/bin/env bash
# fuzz.sh NAME SECONDS: one libFuzzer target from its corpus; findings stay in build/fuzz/found/NAME.
set -euo pipefail
cd "$(dirname "$0")/../.."

name=$1 seconds=$2
found=build/fuzz/found/$name
corpus=tests/fuzz/corpus/$name
mkdir -p "$found/corpus" "$found/crashes"
sources=("$found/corpus")
if [ -d "$corpus" ]; then
    sources+=("$corpus")
fi
if "build/fuzz/bin/fuzz_$name" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$found/crashes/" "${sources[@]}" >"$found/log.txt" 2>&1; then
    printf 'ok       %-20s %s s, %s runs\n' "$name" "$seconds" \
        "$(sed -n 's/^stat::number_of_executed_units: *//p' "$found/log.txt")"
else
    tail -n 40 "$found/log.txt"
    printf 'FAILED   %-20s see %s\n' "$name" "$found"
    exit 1
fi
