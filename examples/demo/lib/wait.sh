# shellcheck shell=bash
# Waiting for events with a deadline. Times are seconds with fractions, from the kernel's monotonic clock.

now() { # seconds since boot, as text with two decimals
    local up
    read -r up _ </proc/uptime
    printf '%s' "$up"
}

wall() { # seconds since the epoch, with microseconds
    printf '%s' "$EPOCHREALTIME"
}

pause() { # SECONDS: without a child process
    read -r -t "$1" _ <>"$RUN/never" || true
}

await() { # SECONDS WHAT COMMAND...: polls until the command succeeds; fails naming WHAT when time is up
    local deadline=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000)) what=$2
    shift 2
    until "$@"; do
        if [ "${EPOCHREALTIME/[.,]/}" -gt "$deadline" ]; then
            die "waited in vain for $what"
        fi
        pause 0.02
    done
}
