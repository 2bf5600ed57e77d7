#!/usr/bin/env bash
# generated.sh [--update]: the files that redan's table of commands makes are those in the tree.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../../.."

redan=${REDAN_BIN:-build/bin}/redan
passed=0 failed=0

same() { # WORD FILE
    if [ "${update:-no}" = yes ]; then
        "$redan" "$1" >"$2"
    fi
    if diff -u "$2" <("$redan" "$1"); then
        passed=$((passed + 1))
    else
        printf '%s differs: tests/integration/cli/generated.sh --update\n' "$2"
        failed=$((failed + 1))
    fi
}

if [ "${1:-}" = --update ]; then
    update=yes
fi
same __man docs/man/redan.1
same __reference docs/reference/cli.md
# The formatter reads the page as mdoc without a complaint, where it is installed.
if command -v mandoc >/dev/null; then
    if mandoc -T lint -W error docs/man/redan.1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
fi
printf 'generated: %d passed, %d failed, 0 skipped\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
