#!/usr/bin/env bash
# One private libvirtd: a host of its own, beside any other, in namespaces that die with it.
#   provider.sh FOLDER     (root; FOLDER is empty and private to the caller)
# Reads commands from stdin, answers each with one line on stdout; ends, with all its guests, at the
# end of stdin:
#   start   starts libvirtd                     -> "ready" | "skipped: REASON"
#   kill    kills it with SIGKILL, guests stay  -> "ok"
#   stop    SIGSTOP: it hangs                   -> "ok"
#   cont    SIGCONT                             -> "ok"
# Sockets are FOLDER/run/libvirt-sock; the daemon's words are in FOLDER/log/libvirtd.txt.
set -euo pipefail

readonly DAEMON=/usr/sbin/libvirtd
# Probing the emulators costs seconds once; the result is kept here for the next run.
readonly PROBED=${REDAN_CACHE:-build/cache}/libvirt-capabilities

skip() {
    printf 'skipped: %s\n' "$*"
    exit 77
}

outside() { # FOLDER
    [ "$(id -u)" -eq 0 ] || skip "a private libvirtd needs root"
    [ "$(awk '{ print $1, $3 }' /proc/self/uid_map)" = "0 4294967295" ] ||
        skip "a private libvirtd needs root outside of a user namespace"
    [ -x "$DAEMON" ] || skip "$DAEMON is not installed (package libvirt-daemon)"
    unshare --mount --pid --fork true 2>/dev/null || skip "no mount and pid namespaces here"
    mkdir -p "$PROBED"
    local cache
    cache=$(readlink -f "$PROBED")
    exec unshare --mount --pid --fork --kill-child --mount-proc -- \
        "$(readlink -f "$0")" --inside "$(readlink -f "$1")" "$cache"
}

# A copy of /etc: libvirtd's paths are compiled in, and its qemu driver wants a user that only
# another package would make.
make_etc() { # FOLDER
    mkdir -p "$1/etc"
    cp -a /etc/. "$1/etc/" 2>/dev/null || true
    rm -f "$1"/etc/shadow* "$1"/etc/gshadow*
    if ! grep -q '^libvirt-qemu:' "$1/etc/passwd"; then
        printf 'libvirt-qemu:x:64055:64055::/:/usr/sbin/nologin\n' >>"$1/etc/passwd"
        printf 'libvirt-qemu:x:64055:\n' >>"$1/etc/group"
    fi
    mkdir -p "$1/etc/libvirt"
    cat >"$1/etc/libvirt/libvirtd.conf" <<CONF
listen_tls = 0
unix_sock_dir = "/run/libvirt"
auth_unix_rw = "none"
auth_unix_ro = "none"
unix_sock_rw_perms = "0700"
host_uuid = "$(cat /proc/sys/kernel/random/uuid)"
log_outputs = "3:file:/var/log/libvirt/libvirtd.txt"
CONF
    cat >"$1/etc/libvirt/qemu.conf" <<'CONF'
user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
security_driver = "none"
cgroup_controllers = []
namespaces = []
stdio_handler = "file"
CONF
}

enter() { # FOLDER CACHE
    local pair
    make_etc "$1"
    mkdir -p "$1/cache/qemu"
    cp -a "$2/." "$1/cache/qemu/" 2>/dev/null || true
    mount --make-rprivate /
    mount --bind "$1/etc" /etc
    for pair in run:/run/libvirt lib:/var/lib/libvirt log:/var/log/libvirt cache:/var/cache/libvirt; do
        mkdir -p "$1/${pair%%:*}" "${pair#*:}"
        mount --bind "$1/${pair%%:*}" "${pair#*:}"
    done
}

daemon_pid() {
    cat /run/libvirt/libvirtd.pid
}

start() {
    # -d returns when the sockets listen
    if "$DAEMON" -d --pid-file /run/libvirt/libvirtd.pid >>/var/log/libvirt/start.txt 2>&1; then
        printf 'ready\n'
    else
        printf 'skipped: libvirtd does not start: %s\n' "$(tail -n 1 /var/log/libvirt/start.txt)"
    fi
}

kill_daemon() {
    local pid
    pid=$(daemon_pid)
    kill -KILL "$pid"
    tail --pid="$pid" -s 0.02 -f /dev/null
    printf 'ok\n'
}

send() { # SIGNAL
    kill "-$1" "$(daemon_pid)"
    printf 'ok\n'
}

keep_probed() { # CACHE: for the next run, whole or not at all
    local fresh
    if [ -d /var/cache/libvirt/qemu/capabilities ] && [ ! -d "$1/capabilities" ]; then
        fresh=$(mktemp -d "$1/fresh.XXXXXX")
        cp -a /var/cache/libvirt/qemu/capabilities "$fresh/"
        mv -T "$fresh/capabilities" "$1/capabilities" 2>/dev/null || true
        rm -rf "$fresh"
    fi
}

inside() { # FOLDER CACHE; the first process of its namespace, so it reaps what libvirtd leaves
    local command
    enter "$1" "$2"
    while read -r command; do
        case $command in
        start) start ;;
        kill) kill_daemon ;;
        stop) send STOP ;;
        cont) send CONT ;;
        *) printf 'unknown: %s\n' "$command" ;;
        esac
    done
    keep_probed "$2"
}

if [ "$1" = --inside ]; then
    shift
    inside "$@"
else
    outside "$@"
fi
