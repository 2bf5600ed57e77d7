#!/usr/bin/env bash
# What systemd says of each service: it can be read without a complaint, users and folders too, and is confined: exposure (tenths) at
# most what stands here. Programs are stood in for by true(1), since they need not be installed.
set -euo pipefail
cd "$(dirname "$0")/../../packaging/systemd"

declare -A most=([redand]=15 [redan-agg]=15 [redan-netd]=30 [redan-datad]=45)

if ! command -v systemd-analyze >/dev/null; then
    printf 'systemd-analyze is not here\n'
    exit 77
fi
bad=0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for unit in *.service; do
    sed "s|/usr/sbin/[a-z-]*|$(command -v true)|g" "$unit" >"$folder/$unit"
done
if ! said=$(systemd-analyze verify --man=no "$folder"/*.service 2>&1) || [ -n "$said" ]; then
    printf '%s\n' "$said"
    bad=1
fi
for list in sysusers tmpfiles; do
    if [ "$list" = sysusers ]; then options=(--dry-run --root="$folder"); else options=(--create --root="$folder" --prefix=/nowhere); fi
    if ! said=$("systemd-$list" "${options[@]}" "$PWD/redan.$list" 2>&1); then
        printf '%s: %s\n' "redan.$list" "$said"
        bad=1
    fi
done
for unit in *.service; do
    systemd-analyze security --offline=true --threshold="${most[${unit%.service}]}" "$unit" >/dev/null 2>&1 || {
        printf '%s is more exposed than %s tenths\n' "$unit" "${most[${unit%.service}]}"
        bad=1
    }
done
exit "$bad"
