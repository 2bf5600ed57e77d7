#!/usr/bin/env bash
# tidy.sh [FILE...]: clang-tidy over these translation units of the clang preset (default all), as many at once as there
# are processors and some a run, since half of a short run is the program's own start. What was found clean is remembered
# under build/lint by a hash of all it was made of (closure.awk), so that a second run takes seconds.
# The analyzer gives up on a function after so many states (its own default 225,000 takes four times as long):
#   TIDY_STATES=225000 tests/lint/tidy.sh, which is `./dev lint deep`.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly DATABASE=build/clang CACHE=build/lint/tidy FILES_A_RUN=6
readonly STATES=${TIDY_STATES:-30000}

checked() { # FILE KEY...: one run
    local files=() keys=() out=$CACHE/out.$$
    while [ $# -gt 0 ]; do
        files+=("$1") keys+=("$CACHE/$2")
        shift 2
    done
    if clang-tidy -p "$DATABASE" --quiet --extra-arg={-Xclang,-analyzer-config,-Xclang,max-nodes="$STATES"} \
        "${files[@]}" >"$out" 2>&1; then
        touch "${keys[@]}"
        rm -f "$out"
    else # never a failure without a word
        printf 'clang-tidy ended with %d; one of: %s\n' $? "${files[*]}"
        cat "$out"
        rm -f "$out"
        return 1
    fi
}

keys() { # FOLDER: one line a translation unit: its file and its key
    local work=$1 common
    common=$({
        cat .clang-tidy tests/.clang-tidy
        clang-tidy --version
        dpkg-query -W '*-dev' 2>/dev/null || true # the headers that are not ours
        printf '%s\n' "$STATES"
    } | sha256sum)
    {
        git ls-files -co --exclude-standard '*.c' '*.h'
        find "$DATABASE/generated" -type f
    } >"$work/files"
    xargs -d '\n' sha256sum <"$work/files" >"$work/sums" 2>/dev/null || true # some may be gone
    xargs -d '\n' grep -sHoE '^ *# *include "[^"]+"' <"$work/files" >"$work/includes" || true
    mkdir "$work/units"
    awk -v root="$PWD/" -v generated="$DATABASE/generated/" -v units="$work/units/" -v common="$common" \
        -f tests/lint/closure.awk "$work/sums" "$work/includes" "$DATABASE/compile_commands.json" >"$work/names"
    (cd "$work/units" && sha256sum -- *) |
        awk 'NR == FNR { file[$1] = $2; next } { print file[$2], $1 }' "$work/names" -
}

if [ "${1:-}" = --checked ]; then
    checked "${@:2}"
    exit
fi
mkdir -p "$CACHE"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '%s\n' "$@" >"$work/wanted"
keys "$work" >"$work/keys"
find "$CACHE" -maxdepth 1 -type f -printf '%f\n' >"$work/clean"
awk -v some=$# 'FILENAME ~ /clean$/ { clean[$1]; next } FILENAME ~ /wanted$/ { wanted[$1]; next }
    !($2 in clean) && (some == 0 || $1 in wanted)' "$work/clean" "$work/wanted" "$work/keys" |
    xargs -r -P "$(nproc)" -n $((2 * FILES_A_RUN)) "$0" --checked
