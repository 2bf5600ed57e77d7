#!/usr/bin/env bash
# fetch.sh PACKAGE...: downloads these Debian packages and unpacks them below build/cache/root, as any user. Nothing
# is installed and no maintainer script runs: their packages would start services. A second run finds them there.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

readonly CACHE=build/cache

fetch() { # PACKAGE
    local package=$1 work
    if [ -e "$CACHE/$package.unpacked" ]; then
        return
    fi
    work=$(mktemp -d "$CACHE/fetch.XXXXXX")
    # `_apt` cannot enter a private folder; apt then reads as the caller and warns about it.
    (cd "$work" && apt-get download -q "$package" >log.txt 2>&1) ||
        { cat "$work/log.txt" >&2; rm -rf "$work"; return 1; }
    dpkg-deb -x "$work"/*.deb "$CACHE/root"
    rm -rf "$work"
    : >"$CACHE/$package.unpacked"
}

mkdir -p "$CACHE/root"
exec 9>"$CACHE/lock"
flock 9
for package in "$@"; do
    fetch "$package"
done
