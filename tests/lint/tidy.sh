#!/usr/bin/env bash
# clang-tidy over every translation unit of the clang preset, as many at once as there are processors. What was
# found clean is remembered under build/lint by a hash of the preprocessed text (comments kept: NOLINT lives in
# them), the flags' effect, the configuration and the tool, so that a second run takes seconds.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly DATABASE=build/clang CACHE=build/lint/tidy

said() { # FILE WHAT OUTPUT: never a failure without a word
    printf '%s: %s\n' "$1" "$2"
    cat "$3"
    rm -f "$3"
}

one() { # FILE
    local file=$1 command key out=$CACHE/out.$$
    command=$(sed -n "s|^  \"command\": \"\(.*\) -o .* -c $PWD/$file\",\$|\1|p" "$DATABASE/compile_commands.json" |
        sed -n '1{s/\\"/"/g;p}')
    key=$( (cat .clang-tidy tests/.clang-tidy && clang-tidy --version && printf '%s\n' "$command" &&
        cd "$DATABASE" && eval "$command -E -C -P $OLDPWD/$file") 2>"$out" | sha256sum | cut -d' ' -f1) || {
        said "$file" "cannot be preprocessed" "$out"
        return 1
    }
    if [ -e "$CACHE/$key" ]; then
        rm -f "$out"
    elif clang-tidy -p "$DATABASE" --quiet "$file" >"$out" 2>&1; then
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
