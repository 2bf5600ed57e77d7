# shellcheck shell=bash
# A real OpenSSH server on node-1, logging through a real rsyslogd, and the clients that try it. Server and logger are
# Debian's packages, unpacked below build/cache and never installed.

readonly SSH_SERVER=10.99.0.1 SSH_MANAGEMENT=10.98.0.11
readonly AUTH_LOG=$STATE/auth.log
readonly NURSE_PASSWORD='correct horse battery' WEAK_PASSWORD=summer

ssh_user() { # NAME PASSWORD: an account in the private /etc
    local hash
    hash=$(openssl passwd -6 -stdin <<<"$2")
    mkdir -p "$RUN/home/$1"
    printf '%s:x:%s:%s::%s:/bin/sh\n' "$1" "$LOGIN_UID" "$LOGIN_GID" "$RUN/home/$1" >>/etc/passwd
    printf '%s:%s:19000:0:99999:7:::\n' "$1" "$hash" >>/etc/shadow
}

ssh_accounts() {
    sed -i '/^sshd:/d' /etc/passwd
    printf 'sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin\n' >>/etc/passwd
    printf 'root:*:19000:0:99999:7:::\n' >/etc/shadow
    ssh_user nurse "$NURSE_PASSWORD"
    ssh_user backup "$WEAK_PASSWORD"
}

log_up() { # rsyslogd on the private /dev/log, RFC 3339 with microseconds
    cat >"$RUN/rsyslog.conf" <<TEXT
module(load="imuxsock" SysSock.Use="on" SysSock.Name="/dev/log" SysSock.RateLimit.Interval="0")
global(workDirectory="$RUN")
auth,authpriv.* action(type="omfile" file="$AUTH_LOG" template="RSYSLOG_FileFormat")
TEXT
    RSYSLOG_MODDIR=$CACHE/usr/lib/x86_64-linux-gnu/rsyslog \
        "$CACHE/usr/sbin/rsyslogd" -n -f "$RUN/rsyslog.conf" -i "$RUN/rsyslogd.pid" >"$STATE/rsyslogd.txt" 2>&1 &
    await 10 "rsyslogd to open /dev/log" test -S /dev/log
}

listening() { # NAME PORT
    [ -n "$(on "$1" ss -Hltn "sport = :$2")" ]
}

sshd_up() {
    on node-1 sysctl -qw net.ipv4.ip_unprivileged_port_start=0
    mkdir -m 0755 /run/sshd
    ssh-keygen -q -t ed25519 -N '' -f "$RUN/host_key"
    cat >"$RUN/sshd_config" <<TEXT
ListenAddress $SSH_SERVER
ListenAddress $SSH_MANAGEMENT
HostKey $RUN/host_key
PidFile none
UsePAM no
UseDNS no
StrictModes no
PermitRootLogin no
PasswordAuthentication yes
KbdInteractiveAuthentication no
MaxStartups 100
Subsystem sftp $CACHE/usr/lib/openssh/sftp-server
TEXT
    on node-1 "${AS_LOGIN[@]}" "$CACHE/usr/sbin/sshd" -D -f "$RUN/sshd_config" >"$STATE/sshd.txt" 2>&1 &
    await 10 "sshd to listen" listening node-1 22
}

ssh_as() { # MACHINE USER PASSWORDS-FILE [COMMAND...]: one connection; each prompt takes the next line of the file
    local machine=$1 user=$2 passwords=$3 prompts=1 server=$SSH_SERVER
    shift 3
    if [ -f "$passwords" ]; then
        prompts=$(wc -l <"$passwords")
    fi
    if [ "$machine" = mgmt ]; then
        server=$SSH_MANAGEMENT
    fi
    on "$machine" env -u DISPLAY HOME="$RUN" SSH_ASKPASS="$DEMO/lib/askpass" SSH_ASKPASS_REQUIRE=force \
        REDAN_DEMO_PASSWORDS="$passwords" ssh -F none -T -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
        -o GlobalKnownHostsFile=/dev/null -o PreferredAuthentications=password -o PubkeyAuthentication=no \
        -o LogLevel=INFO -o ConnectTimeout=3 -o NumberOfPasswordPrompts="$prompts" "$user@$server" "$@"
}
