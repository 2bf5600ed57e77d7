# shellcheck shell=bash
# Node-2's hypervisor and workload. libvirtd is private and runs libvirt's test driver: real daemon, real protocol, no
# guest. The driver keeps its domains in the process that opened them for as long as a connection is open, so a virsh
# of our own holds one from start to end.

readonly VIRT_SOCKET=$RUN/virt/run/libvirt-sock
readonly VIRT_URI="test+unix:///default?socket=$VIRT_SOCKET"
readonly DOMAIN=test BUCKET=studies
readonly STORE=$RUN/store
readonly WARD=$RUN/ward/$BUCKET # the workload's own view of the bucket
readonly WRITES=$RUN/writes.txt # what its writes came to, one word a line

virt() { # virsh, as someone who looks from outside Redan
    virsh -q -c "$VIRT_URI" "$@"
}

domain_state() { # prints "running", "paused" ...
    virt domstate "$DOMAIN" 2>/dev/null | head -n 1
}

domain_is() { # STATE
    [ "$(domain_state)" = "$1" ]
}

hypervisor_up() {
    mkdir -p "$RUN/virt/run" "$RUN/virt/no-drivers"
    cat >"$RUN/virt/libvirtd.conf" <<TEXT
unix_sock_dir = "$RUN/virt/run"
auth_unix_ro = "none"
auth_unix_rw = "none"
listen_tls = 0
host_uuid = "$(</proc/sys/kernel/random/uuid)"
log_outputs = "2:stderr"
TEXT
    LIBVIRT_DRIVER_DIR=$RUN/virt/no-drivers /usr/sbin/libvirtd -f "$RUN/virt/libvirtd.conf" -p "$RUN/virt/pid" \
        >"$STATE/libvirtd.txt" 2>&1 &
    await 10 "libvirtd's socket" test -S "$VIRT_SOCKET"
    mkfifo "$RUN/virt/commands"
    exec 8<>"$RUN/virt/commands"
    virsh -q -c "$VIRT_URI" <&8 >"$STATE/virsh.txt" 2>&1 &
    await 10 "domain $DOMAIN to run" domain_is running
}

workload() { # writes to its bucket for ever, in a mount namespace of its own
    mount --bind "$STORE/$BUCKET" "$WARD"
    mount -t tmpfs tmpfs "$STORE" # no other way to the bucket
    mount -t tmpfs none "$STORE" # no other way to the bucket: a freeze would be partial
    while :; do
        if printf '%s\n' "$EPOCHREALTIME" 2>/dev/null >"$WARD/latest"; then
            printf 'written\n'
        else
            printf 'refused\n'
        fi
        pause 0.1
    done >>"$WRITES"
}

workload_up() {
    mkdir -p "$STORE/$BUCKET" "$WARD"
    : >"$WRITES"
    export RUN STORE BUCKET WARD WRITES
    export -f workload pause
    unshare --mount -- bash -c 'set -u; workload' 2>/dev/null &
    export WORKLOAD=$!
    await 5 "the workload to write" last_write_was written
}

last_write_was() { # written|refused
    [ "$(tail -n 1 "$WRITES")" = "$1" ]
}
