#!/usr/bin/env bash
# golden.sh [--update|--in-turn] [NAME...]: what `redan sla check` says about typical mistakes, in each of its formats.
# sla/NAME is a document or a folder of them; beside it stand NAME.txt, NAME.json, NAME.sarif and NAME.github with the
# answer, and as the last line of NAME.txt the exit code, which is the same for all. --in-turn asks for one format of each
# document, another one each time: for sanitizers, since so too every document is compiled and every format printed.
# --update writes what it sees; read the difference before you commit it.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

root=$(readlink -f ../..)
bin=${REDAN_BIN:-$root/build/bin}
work=$(mktemp -d "${TMPDIR:-/tmp}/redan-golden-XXXXXX")
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 update=no

# What tells of the world's bytes and of the search's steps is not about the mistake.
check() { # FORMAT INPUT: the answer in $work/FORMAT, its exit code in $work/FORMAT.code
    local code=0
    env -i PATH=/usr/bin:/bin TZ=UTC LANG=C TERM=dumb REDAN_DATA="$root" \
        "$bin/redan" sla check "$2" --as-of 2026-01-31 -o "$1" </dev/null >"$work/$1.raw" 2>&1 || code=$?
    sed -E 's/^( *"digest": ")[0-9a-f]+/\1.../; s/^( *"expansions": )[0-9]+/\10/' "$work/$1.raw" >"$work/$1"
    printf '%d\n' "$code" >"$work/$1.code"
}

same() { # FILE SEEN
    if [ "$update" = yes ]; then
        cp "$2" "$1"
    fi
    if diff -u --label "$1" --label "what redan says now" "$1" "$2"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
}

compare() { # INPUT FORMAT...
    local input=$1 name=${1%.yaml} code first format
    shift
    for format in "$@"; do
        check "$format" "$input" &
    done
    wait
    for format in "$@"; do
        code=$(<"$work/$format.code")
        if [ "$format" = table ]; then
            printf -- '-> %d\n' "$code" >>"$work/table"
            same "$name.txt" "$work/table"
        else
            same "$name.$format" "$work/$format"
        fi
        first=$(sed -n '$s/^-> //p' "$name.txt")
        if [ "$code" -ne "$first" ]; then
            printf '%s: exit code %d as %s, %d as text\n' "$input" "$code" "$format" "$first"
            failed=$((failed + 1))
        fi
    done
}

formats=(table json sarif github) in_turn=no turn=0
case ${1:-} in
--update) update=yes && shift ;;
--in-turn) in_turn=yes && shift ;;
esac
cd sla
if [ $# -eq 0 ]; then
    set -- *.yaml */
fi
for input in "$@"; do
    if [ "$in_turn" = yes ]; then
        compare "${input%/}" "${formats[turn % 4]}"
        turn=$((turn + 1))
    else
        compare "${input%/}" "${formats[@]}"
    fi
done
printf 'golden: %d passed, %d failed, 0 skipped\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
