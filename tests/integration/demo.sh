#!/usr/bin/env bash
# demo.sh MODE: the demonstration as a newcomer meets it. Needs root; exit code 77: skipped.
#   root       as root
#   user       as a user that exists for this run only, on a copy, since the tree may lie where others cannot read
#   forbidden  by a user whom the kernel gives no network namespaces: it replays a log instead, and says so
#   broken     with a node that does not start: it fails and names the step
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."

readonly NOBODY_YET=61234
readonly BIN=${REDAN_BIN:-$PWD/build/bin}

fail() {
    printf 'demo.sh: %s\n' "$*" >&2
    exit 1
}

make_copy() { # sets HOME_COPY: what a user needs of this tree
    local cache
    cache=$(examples/demo/fetch.sh)
    HOME_COPY=$(mktemp -d /tmp/redan-user.XXXXXX)
    trap 'rm -rf "$HOME_COPY"' EXIT
    mkdir -p "$HOME_COPY/build/cache" "$HOME_COPY/contrib"
    cp -r "$BIN" "$HOME_COPY/build/bin"
    cp -r "${cache%/root}"/. "$HOME_COPY/build/cache/"
    cp -r examples rules "$HOME_COPY/"
    cp contrib/packages.txt "$HOME_COPY/contrib/"
    chown -R "$NOBODY_YET:$NOBODY_YET" "$HOME_COPY"
}

as_user() { # COMMAND...
    (cd "$HOME_COPY" && setpriv --reuid "$NOBODY_YET" --regid "$NOBODY_YET" --clear-groups --bounding-set -all \
        --no-new-privs -- env -i PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME="$HOME_COPY" TERM=dumb "$@")
}

run_forbidden() {
    local output
    # shellcheck disable=SC2016 # for the inner shell
    output=$(as_user unshare --user --map-root-user bash -c \
        'echo 0 >/proc/sys/user/max_net_namespaces && exec build/bin/redan demo' 2>&1) || fail "exit code $?: $output"
    [[ $output == *REPLAY* && $output == *detections* ]] || fail "no labelled replay: $output"
}

run_broken() {
    local output code=0
    rm "$HOME_COPY/build/bin/redan-datad"
    ln -s /bin/false "$HOME_COPY/build/bin/redan-datad"
    output=$(as_user build/bin/redan demo 2>&1) || code=$?
    [ "$code" -eq 1 ] || fail "exit code $code: $output"
    [[ $output == *'FAILED in step "two nodes report'* ]] || fail "the step is not named: $output"
}

if [ "$(id -u)" -ne 0 ]; then
    printf 'skipped: needs root\n'
    exit 77
fi
case $1 in
root) exec "$BIN/redan" demo ;;
user) make_copy && as_user build/bin/redan demo ;;
forbidden) make_copy && run_forbidden ;;
broken) make_copy && run_broken ;;
*) fail "no mode '$1'" ;;
esac
