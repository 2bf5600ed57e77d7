#!/usr/bin/env bash
# points.sh REDAN-CHAOS: every FAULT_POINT of the sources has a row in the matrix, and every row a point.
set -euo pipefail

in_sources() {
    grep -rhoE '^[^/*]*FAULT_POINT\("[a-z_.]+"\)' --include='*.c' \
        aggregators base detect model orchestrator planes planner sla sma wire | sed 's/.*("\(.*\)")/\1/' | sort -u
}

in_matrix() { # REDAN-CHAOS
    "$1" --points | grep -v '^(' | sort -u
}

missing=$(comm -23 <(in_sources) <(in_matrix "$1"))
unknown=$(comm -13 <(in_sources) <(in_matrix "$1"))
if [ -n "$missing$unknown" ]; then
    printf 'crash points without a case (tests/chaos/matrix.c): %s\n' "${missing:-none}"
    printf 'cases without a crash point: %s\n' "${unknown:-none}"
    exit 1
fi
printf '%s crash points, all of them in the matrix\n' "$(in_sources | wc -l)"
