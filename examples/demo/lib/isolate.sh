# shellcheck shell=bash
# Private mounts of one demo run. Runs as the first process of fresh mount, network and PID namespaces (and of a user
# namespace when the caller is not root): nothing here can be seen outside, and the kernel removes it all with us.

isolate_dev() { # a /dev with the few nodes a server needs, bound from the real one
    local node
    mkdir -m 0755 /run/dev
    mount -t tmpfs -o mode=0755 tmpfs /run/dev
    for node in null zero full random urandom tty; do
        : >"/run/dev/$node"
        mount --bind "/dev/$node" "/run/dev/$node"
    done
    mkdir -m 0755 /run/dev/pts
    mkdir -m 1777 /run/dev/shm
    mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts /run/dev/pts
    mount -t tmpfs -o mode=1777 tmpfs /run/dev/shm
    ln -s pts/ptmx /run/dev/ptmx
    ln -s /proc/self/fd /run/dev/fd
    mount --move /run/dev /dev
    rmdir /run/dev
}

isolate_etc() { # a copy of the whole /etc without its secrets; never single files bound over the host's
    mkdir -m 0755 /run/etc
    tar -C /etc --ignore-failed-read --warning=no-failed-read --no-same-owner \
        --exclude='./shadow*' --exclude='./gshadow*' --exclude='./ssl/private' --exclude='./sudoers*' -cf - . 2>/dev/null |
        tar -C /run/etc --no-same-owner -xf - || true
    [ -s /run/etc/passwd ]
    mount --bind /run/etc /etc
}

isolate() {
    mount -t tmpfs -o mode=0755 tmpfs /run
    isolate_dev
    isolate_etc
    mkdir -m 0755 /run/redan
}
