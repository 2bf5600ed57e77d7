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
failed=0

formats=(table json sarif github) update=no in_turn=no turn=0
case ${1:-} in
--update) update=yes && shift ;;
--in-turn) in_turn=yes && shift ;;
esac
cd sla
if [ $# -eq 0 ]; then
    set -- *.yaml */
fi

# Hundreds of answers: nothing but redan is started for one, with none of the caller's settings.
# shellcheck disable=SC2046 # names
unset $(compgen -e)
export PATH=/usr/bin:/bin TZ=UTC LANG=C TERM=dumb REDAN_DATA="$root"
mkdir "$work/seen"

answer() { # INPUT FORMAT: to its file in $work/seen, its exit code to $work/FORMAT
    local file=${1%.yaml}.${2/#table/txt} code=0
    "$bin/redan" sla check "$1" --as-of 2026-01-31 -o "$2" </dev/null >"$work/seen/$file" 2>&1 || code=$?
    printf '%d\n' "$code" >"$work/$2"
    if [ "$2" = table ]; then
        printf -- '-> %d\n' "$code" >>"$work/seen/$file"
    fi
}

answers() { # INPUT FORMAT...
    local input=$1 format code lines
    shift
    for format in "$@"; do
        answer "$input" "$format" &
    done
    wait
    if [ "$update" = yes ]; then
        cp "$work/seen/${input%.yaml}.txt" .
    fi
    mapfile -t lines <"${input%.yaml}.txt"
    for format in "$@"; do
        read -r code <"$work/$format"
        if [ "${lines[-1]}" != "-> $code" ]; then
            printf '%s: exit code %d as %s, %s as text\n' "$input" "$code" "$format" "${lines[-1]}"
            failed=$((failed + 1))
        fi
    done
}

for input in "$@"; do
    if [ "$in_turn" = yes ]; then
        answers "${input%/}" "${formats[turn % 4]}"
        turn=$((turn + 1))
    else
        answers "${input%/}" "${formats[@]}"
    fi
done

seen=("$work"/seen/*) differ=0
# What tells of the world's bytes and of the search's steps is not about the mistake.
sed -i -E 's/^( *"digest": ")[0-9a-f]+/\1.../; s/^( *"expansions": )[0-9]+/\10/' "${seen[@]}"
if [ "$update" = yes ]; then
    cp "${seen[@]}" .
fi
while IFS= read -r file; do
    diff -uN --label "$file" --label "what redan says now" "$file" "$work/seen/$file" || differ=$((differ + 1))
done < <({ diff -rq "$work/seen" . || true; } | sed -n "s|^Files $work/seen/\(.*\) and .* differ\$|\1|p; s|^Only in $work/seen: ||p")
printf 'golden: %d passed, %d failed, 0 skipped\n' $((${#seen[@]} - differ)) $((differ + failed))
[ $((differ + failed)) -eq 0 ]
