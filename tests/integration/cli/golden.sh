#!/usr/bin/env bash
# golden.sh [--update] [NAME...]: runs each transcript of golden/ against the real `redan` and a fake API, and compares.
# A transcript is made of "$ COMMAND" lines, each followed by its output: standard output as it is, standard error behind
# "2> ", and "-> N" when the exit code is not 0. --update writes what it sees; read the difference before you commit it.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

here=$PWD
root=$(readlink -f ../../..)
bin=${REDAN_BIN:-$root/build/bin}
clients=${REDAN_CLIENTS:-$root/build/tests}
work=$(mktemp -d "${TMPDIR:-/tmp}/redan-golden-XXXXXX")
update=no

clean_up() {
    if [ -n "${api:-}" ]; then
        kill "$api" 2>/dev/null || true
        wait "$api" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap clean_up EXIT

start_api() {
    local line
    mkfifo "$work/ready"
    "$clients/fake_api" "$work/api.sock" "$PWD/api" >"$work/ready" 2>"$work/api.txt" &
    api=$!
    # The line comes when the socket takes connections; end of file when the program could not start.
    read -r -t 20 line <"$work/ready" || { cat "$work/api.txt"; exit 1; }
    [ "$line" = listening ]
}

# The commands see a private copy of files/, and nothing of the caller's settings. Hundreds of them: nothing else is
# started for one.
run_one() { # COMMAND
    local code=0
    (
        set +euo pipefail
        cd "$work/files" || exit
        eval "$1"
    ) </dev/null >"$work/out" 2>"$work/err" || code=$?
    printf '$ %s\n' "$1"
    if [ -s "$work/out" ]; then
        cat "$work/out"
    fi
    if [ -s "$work/err" ]; then
        sed 's/^/2> /' "$work/err"
    fi
    if [ "$code" -ne 0 ]; then
        printf -- '-> %d\n' "$code"
    fi
}

run_transcript() { # FILE
    local line
    rm -rf "$work/files"
    cp -r files "$work/files"
    while IFS= read -r line; do
        case $line in
        '$ '*) run_one "${line#\$ }" ;;
        '# '*) printf '%s\n' "$line" ;;
        '') printf '\n' ;;
        esac
    done < <(grep -E '^(\$ |# )' "$1") | sed "s|$work|WORK|g; s|$root|ROOT|g"
}

if [ "${1:-}" = --update ]; then
    update=yes
    shift
fi
if [ $# -eq 0 ]; then
    set -- golden/*.txt
else
    set -- "${@/#/golden/}"
    set -- "${@/%/.txt}"
fi
start_api
# shellcheck disable=SC2046 # names
unset $(compgen -e)
export PATH="$bin:$clients:$here:/usr/bin:/bin" HOME="$work" TZ=UTC LANG=C TERM=dumb REDAN_DATA="$root" \
    REDAN_ENDPOINT="unix:$work/api.sock"
passed=0 failed=0
for file in "$@"; do
    run_transcript "$file" >"$work/seen"
    if [ "$update" = yes ]; then
        cp "$work/seen" "$file"
    fi
    if diff -u --label "$file" --label "what redan says now" "$file" "$work/seen"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
done
printf 'golden: %d passed, %d failed, 0 skipped\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
