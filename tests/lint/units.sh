#!/usr/bin/env bash
# How far systemd confines each service: exposure (tenths) by `systemd-analyze security`, at most what stands here.
set -euo pipefail
cd "$(dirname "$0")/../../packaging/systemd"

declare -A most=([redand]=15 [redan-agg]=15 [redan-netd]=30 [redan-datad]=45)

if ! command -v systemd-analyze >/dev/null; then
    printf 'systemd-analyze is not here\n'
    exit 77
fi
bad=0
for unit in *.service; do
    systemd-analyze security --offline=true --threshold="${most[${unit%.service}]}" "$unit" >/dev/null 2>&1 || {
        printf '%s is more exposed than %s tenths\n' "$unit" "${most[${unit%.service}]}"
        bad=1
    }
done
exit "$bad"
