#!/usr/bin/env bash
# clang-tidy over every translation unit of the clang preset, as many at once as there are processors. What was
# found clean is remembered under build/lint by a hash of the preprocessed text (comments kept: NOLINT lives in
# them), the flags' effect, the configuration and the tool, so that a second run takes seconds.
# The analyzer gives up on a function after so many states (its own default 225,000 takes four times as long):
#   TIDY_STATES=225000 tests/lint/tidy.sh, which is `./dev lint deep`.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly DATABASE=build/clang CACHE=build/lint/tidy
readonly STATES=${TIDY_STATES:-30000}
export VERSION=${VERSION:-$(clang-tidy --version)} # once, not once a file

said() { # FILE WHAT OUTPUT: never a failure without a word
    printf '%s: %s\n' "$1" "$2"
    cat "$3"
    rm -f "$3"
}

one() { # FILE
    local file=$1 command key out=$CACHE/out.$$
    command=$(sed -n "s|^  \"command\": \"\(.*\) -o .* -c $PWD/$file\",\$|\1|p" "$DATABASE/compile_commands.json" |
        sed -n '1{s/\\"/"/g;p}')
    key=$( (cat .clang-tidy tests/.clang-tidy && printf '%s\n' "$VERSION" "$STATES" "$command" &&
        cd "$DATABASE" && eval "$command -E -C -P $OLDPWD/$file") 2>"$out" | sha256sum | cut -d' ' -f1) || {
        said "$file" "cannot be preprocessed" "$out"
        return 1
    }
    if [ -e "$CACHE/$key" ]; then
        rm -f "$out"
    elif clang-tidy -p "$DATABASE" --quiet --extra-arg={-Xclang,-analyzer-config,-Xclang,max-nodes="$STATES"} \
        "$file" >"$out" 2>&1; then
        mv "$out" "$CACHE/$key"
    else
        said "$file" "clang-tidy ended with $?" "$out"
        return 1
    fi
}

if [ "${1:-}" = --one ]; then
    one "$2"
    exit
fi
mkdir -p "$CACHE"
sed -n "s|^  \"file\": \"$PWD/\(.*\)\",\?\$|\1|p" "$DATABASE/compile_commands.json" | grep -v '^build/' | sort -u |
    xargs -r -P "$(nproc)" -n 1 "$0" --one
