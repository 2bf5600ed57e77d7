#!/usr/bin/env bash
# console.sh [--update] PAGE...: does what a page of the documentation tells its reader to do, and compares what the reader
# is promised to see. Fences of these kinds are looked at, in order, in one empty folder a page:
#
#   ```yaml FILE       the reader writes this text to FILE, or adds it at the end of one: ```yaml >>FILE
#   ```console         commands after "$ ", each followed by what it prints (both streams as a terminal shows them, and
#                      "-> N" where the exit code is not 0); a line "..." stands for any number of lines, and "..." in
#                      a line for what differs from reader to reader: a key, a digest of it, a day
#
# A page of examples/, or one with a command about them, finds a copy of them in its folder.
#
# What is printed cannot have a line that begins with "$ " or "```": choose another command, or `head`.
# --update writes what is seen into the page, except where a "..." stands; read the difference before you commit it.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../../..")
bin=${REDAN_BIN:-$root/build/bin}
work=$(mktemp -d "${TMPDIR:-/tmp}/redan-docs-XXXXXX")
trap 'rm -rf "$work"' EXIT
update=no passed=0 failed=0

# Nothing of the caller's settings; the folder is the reader's, so `cd` holds for the commands after it.
run() { # COMMAND: what a terminal would show
    local code=0 at
    at=$(cat "$work/at")
    (
        cd "$at"
        env -i PATH="$bin:/usr/bin:/bin" HOME="$work" TZ=UTC LANG=C.UTF-8 TERM=dumb REDAN_DATA="$root" \
            EDITOR=true GIT_CONFIG_GLOBAL=/dev/null bash -c "$1"$'\n'"code=\$?; pwd >'$work/at'; exit \$code"
    ) </dev/null 2>&1 || code=$?
    if [ "$code" -ne 0 ]; then
        printf -- '-> %d\n' "$code"
    fi
}

# Is the seen text what was promised? "..." fits any lines, or one word or more in a line; all else is compared as it is.
fits() { # PROMISED SEEN
    awk -v seen="$2" '
        function line_fits(want, have,    at, part) {
            at = index(want, "...")
            if (at == 0) return want == have
            part = substr(want, 1, at - 1)
            if (substr(have, 1, length(part)) != part) return 0
            want = substr(want, at + 3)
            have = substr(have, length(part) + 1)
            for (at = 2; at <= length(have) + 1; at++) {
                if (line_fits(want, substr(have, at))) return 1
            }
            return 0
        }
        BEGIN { n = m = 0; while ((getline line < seen) > 0) have[++n] = line }
        { want[++m] = $0 }
        END {
            for (j = 0; j <= n; j++) { ok[0, j] = (j == 0) }
            for (i = 1; i <= m; i++) {
                for (j = 0; j <= n; j++) {
                    if (want[i] == "...") ok[i, j] = ok[i - 1, j] || (j > 0 && ok[i, j - 1])
                    else ok[i, j] = j > 0 && ok[i - 1, j - 1] && line_fits(want[i], have[j])
                }
            }
            exit !ok[m, n]
        }' "$1"
}

compare() { # LINE COMMAND: runs it, compares with $work/promised, prints what the page should say
    run "$2" >"$work/seen"
    sed -i 's/[[:space:]]*$//' "$work/seen"
    if fits "$work/promised" "$work/seen"; then
        passed=$((passed + 1))
        cat "$work/promised"
        return
    fi
    failed=$((failed + 1))
    {
        printf '%s:%d: $ %s\n' "$page" "$1" "$2"
        diff -u --label 'the page promises' --label 'the reader sees' "$work/promised" "$work/seen" || true
    } >&2
    cat "$work/seen"
}

# Copies the page line by line and does what its fences say; what is promised is collected until the next command.
follow() {
    local line kind=text number=0 file='' command='' at=0
    : >"$work/promised"
    while IFS= read -r line || [ -n "$line" ]; do
        number=$((number + 1))
        case $kind:$line in
        'text:```console') kind=console ;;
        'text:```yaml '*)
            kind='file'
            file=${line#'```yaml '}
            case $file in
            '>>'*) file=$(cat "$work/at")/${file#'>>'} ;;
            *)
                file=$(cat "$work/at")/$file
                mkdir -p "$(dirname "$file")"
                : >"$file"
                ;;
            esac
            ;;
        'text:```'*) kind=other ;;
        'console:```' | 'console:$ '*)
            if [ -n "$command" ]; then
                compare "$at" "$command"
            fi
            command='' at=$number
            : >"$work/promised"
            case $line in
            '$ '*) command=${line#'$ '} ;;
            *) kind=text ;;
            esac
            ;;
        'console:'*)
            printf '%s\n' "$line" >>"$work/promised"
            continue
            ;;
        'file:```' | 'other:```') kind=text ;;
        'file:'*) printf '%s\n' "$line" >>"$file" ;;
        esac
        printf '%s\n' "$line"
    done <"$page"
}

if [ "${1:-}" = --update ]; then
    update=yes
    shift
fi
for page in "$@"; do
    rm -rf "$work/reader"
    mkdir "$work/reader"
    printf '%s\n' "$work/reader" >"$work/at"
    page=$(readlink -f "$page")
    if [[ $page == "$root"/examples/* ]] || grep -q '^\$ .* examples/' "$page"; then
        cp -r "$root/examples" "$work/reader/"
    fi
    follow >"$work/page"
    if [ "$update" = yes ]; then
        cp "$work/page" "$page"
    fi
done
printf 'docs: %d passed, %d failed, 0 skipped\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
