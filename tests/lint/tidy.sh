#!/usr/bin/env bash
# clang-tidy over every translation unit of the clang preset, as many at once as there are processors. What was
# found clean is remembered under build/lint by a hash of the preprocessed text (comments kept: NOLINT lives in
# them), the flags' effect, the configuration and the tool, so that a second run takes seconds.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly DATABASE=build/clang CACHE=build/lint/tidy

one() { # FILE
    local file=$1 command key
    command=$(sed -n "s|^  \"command\": \"\(.*\) -o .* -c $PWD/$file\",\$|\1|p" "$DATABASE/compile_commands.json" |
        head -n 1 | sed 's/\\"/"/g')
    key=$( (cat .clang-tidy tests/.clang-tidy && clang-tidy --version && printf '%s\n' "$command" &&
        cd "$DATABASE" && eval "$command -E -C -P $OLDPWD/$file") 2>/dev/null | sha256sum | cut -d' ' -f1)
    if [ -e "$CACHE/$key" ]; then
        return 0
    fi
    if clang-tidy -p "$DATABASE" --quiet "$file" 2>/dev/null >"$CACHE/out.$$"; then
        : >"$CACHE/$key"
        rm -f "$CACHE/out.$$"
    else
        cat "$CACHE/out.$$"
        rm -f "$CACHE/out.$$"
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
