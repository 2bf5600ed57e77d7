#!/usr/bin/env bash
# Prepares the smallest guest that can prove it lives: Debian's cloud kernel, unpacked and never
# installed, and an initrd of busybox that prints "beat N" on the serial line five times a second.
#   guest.sh     -> prints the folder that holds vmlinuz and initrd.img, or "skipped: REASON"
# Kept below ${REDAN_CACHE:-build/cache}/guest; several may run at once.
set -euo pipefail

readonly CACHE=${REDAN_CACHE:-build/cache}
readonly VERSION=1 # of what is built below

skip() {
    printf 'skipped: %s\n' "$*"
    exit 77
}

kernel_package() {
    apt-cache depends linux-image-cloud-amd64 2>/dev/null |
        sed -n 's/^ *Depends: \(linux-image-[^ ]*\).*/\1/p' | head -n 1
}

fetch_kernel() { # FOLDER
    local package
    package=$(kernel_package)
    [ -n "$package" ] || skip "apt knows no linux-image-cloud-amd64 (run apt-get update)"
    (cd "$1" && apt-get download -q "$package" >download.txt 2>&1) ||
        skip "$package cannot be downloaded: $(tail -n 1 "$1/download.txt")"
    dpkg-deb -x "$1"/linux-image-*.deb "$1/kernel"
    cp "$1"/kernel/boot/vmlinuz-* "$1/vmlinuz"
    rm -rf "$1/kernel" "$1"/linux-image-*.deb "$1/download.txt"
}

make_initrd() { # FOLDER
    local applet root=$1/root
    mkdir -p "$root"/{bin,dev,proc}
    cp "$(command -v busybox)" "$root/bin/busybox"
    for applet in sh mount sleep; do
        ln -s busybox "$root/bin/$applet"
    done
    cat >"$root/init" <<'INIT'
#!/bin/sh
mount -t proc proc /proc
mount -t devtmpfs dev /dev
n=0
while :; do
    n=$((n + 1))
    echo "beat $n" >/dev/ttyS0
    sleep 0.2
done
INIT
    chmod +x "$root/init"
    (cd "$root" && find . | cpio -o -H newc --quiet | gzip -1) >"$1/initrd.img"
    rm -rf "$root"
}

main() {
    local fresh program
    for program in busybox cpio dpkg-deb apt-get; do
        command -v "$program" >/dev/null || skip "$program is not installed"
    done
    ! ldd "$(command -v busybox)" >/dev/null 2>&1 || skip "busybox is not static (package busybox-static)"
    mkdir -p "$CACHE"
    exec 9>"$CACHE/guest.lock"
    flock 9
    if [ "$(cat "$CACHE/guest/version" 2>/dev/null)" != "$VERSION" ]; then
        fresh=$(mktemp -d "$CACHE/guest.XXXXXX")
        # shellcheck disable=SC2064 # the value of now
        trap "rm -rf '$fresh'" EXIT
        fetch_kernel "$fresh"
        make_initrd "$fresh"
        printf '%s\n' "$VERSION" >"$fresh/version"
        rm -rf "$CACHE/guest"
        mv -T "$fresh" "$CACHE/guest"
    fi
    readlink -f "$CACHE/guest"
}

main
