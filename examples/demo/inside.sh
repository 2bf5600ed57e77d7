#!/usr/bin/env bash
# First process of the demo's namespaces (started by `run`): builds the environment, then runs the steps.
set -euo pipefail

readonly RUN=/run/redan
STEP="environment"
: "${WHAT:?}" "${KEEP:?}" "${STATE:?}" "${CACHE:?}" "${BIN:?}"

say() {
    printf '%s\n' "$*"
}

name_step() {
    STEP=$1
}

die() { # names the step that failed
    printf 'demo: FAILED in step "%s": %s\n' "$STEP" "$*" >&2
    printf 'demo: logs are in %s\n' "$STATE" >&2
    exit 1
}

trap 'die "line $LINENO of ${BASH_SOURCE[0]##*/}: $BASH_COMMAND"' ERR
set -E

# shellcheck source=examples/demo/lib/isolate.sh
. "$DEMO/lib/isolate.sh"
isolate
mkfifo "$RUN/never"
# shellcheck source=examples/demo/lib/wait.sh
. "$DEMO/lib/wait.sh"
# shellcheck source=examples/demo/lib/network.sh
. "$DEMO/lib/network.sh"
# shellcheck source=examples/demo/lib/ssh.sh
. "$DEMO/lib/ssh.sh"
# shellcheck source=examples/demo/lib/flow.sh
. "$DEMO/lib/flow.sh"
# shellcheck source=examples/demo/lib/domain.sh
. "$DEMO/lib/domain.sh"
# shellcheck source=examples/demo/lib/site.sh
. "$DEMO/lib/site.sh"
# shellcheck source=examples/demo/lib/people.sh
. "$DEMO/lib/people.sh"
# shellcheck source=examples/demo/lib/steps.sh
. "$DEMO/lib/steps.sh"

# In a user namespace that knows one user, sshd cannot become its clients: it runs as an ordinary user instead, in a
# namespace nested in ours, and every account has that one number.
LOGIN_UID=2001 LOGIN_GID=2001 AS_LOGIN=()
read -r _ _ mapped </proc/self/uid_map
if [ "$mapped" -eq 1 ]; then
    AS_LOGIN=(unshare --user --map-user="$LOGIN_UID" --map-group="$LOGIN_GID" --)
fi

environment_up() {
    network_up
    ssh_accounts
    log_up
    sshd_up
    flow_server_up
    hypervisor_up
    workload_up
}

say "redan demo  (state in $STATE, nothing outside it is changed)"
environment_up
if [ "$WHAT" = demo ]; then
    run_steps
fi
say "next  docs/explanation/demo-isolation.md"
if [ "$KEEP" = yes ]; then
    : >"$STATE/kept"
    wait
fi
