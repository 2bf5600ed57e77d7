#!/usr/bin/env bash
# fetch.sh: downloads the Debian packages of group `fetch` in contrib/packages.txt and unpacks them, as any user; prints
# the folder. Nothing is installed and no maintainer script runs: these packages would start services. What is there
# already is not fetched again.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

mapfile -t packages < <(sed -n 's/^fetch: *\([^ ]*\).*/\1/p' contrib/packages.txt)

complete() { # FOLDER: every package is unpacked there
    local package
    for package in "${packages[@]}"; do
        [ -e "$1/$package.unpacked" ] || return 1
    done
}

unpack() { # FOLDER PACKAGE
    local work=$1/fetch.$$
    if [ -e "$1/$2.unpacked" ]; then
        return
    fi
    rm -rf "$work"
    mkdir "$work"
    (cd "$work" && apt-get download -q "$2") >"$1/log.txt" 2>&1 || {
        cat "$1/log.txt" >&2
        printf 'demo: cannot download %s; is the package list there (apt-get update)?\n' "$2" >&2
        exit 1
    }
    dpkg-deb -x "$work"/*.deb "$1/root"
    rm -rf "$work"
    : >"$1/$2.unpacked"
}

folder=$PWD/build/cache
if ! complete "$folder"; then
    if ! mkdir -p "$folder" 2>/dev/null || [ ! -w "$folder" ]; then
        folder=${TMPDIR:-/tmp}/redan-cache-$(id -u)
        (umask 077 && mkdir -p "$folder")
        [ -O "$folder" ]
    fi
    mkdir -p "$folder/root"
    exec 9>"$folder/lock"
    flock 9
    for package in "${packages[@]}"; do
        unpack "$folder" "$package"
    done
fi
printf '%s/root\n' "$folder"
