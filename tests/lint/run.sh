#!/usr/bin/env bash
# run.sh [CHECK...]: every check that reads the code and does not run it. Findings first, then one line a check:
# "ok lint CHECK", "failed lint CHECK" or, where the tool is no part of the machine, "skipped lint CHECK". Needs the packages of group lint; builds the clang preset.
set -euo pipefail
cd "$(dirname "$0")/../.."

check() { # NAME
    case $1 in
    versions) # Debian 12's tools: another version finds other things
        [[ $(clang-tidy --version) == *'version 14.'* && $(clang-format --version) == *'version 14.'* &&
            $(cppcheck --version) == 'Cppcheck 2.10' && $(shellcheck --version) == *'version: 0.9.'* ]]
        ;;
    format) git ls-files -z '*.c' '*.h' | xargs -0 -r clang-format --dry-run -Werror ;;
    layers | words | length | scripts | links | tidy | units) "tests/lint/$1.sh" ;;
    deep) TIDY_STATES=225000 tests/lint/tidy.sh ;; # by name only
    clang) ./dev build clang wire_proto ;; # what is generated, which tidy reads; clang's warnings tidy tells
    release) ./dev build release {aggregators,bench,cli,orchestrator,planes,sma}/all ;; # -O2 finds what -Og does not
    cppcheck)
        mkdir -p build/lint/cppcheck
        cppcheck --project=build/clang/compile_commands.json --enable=warning,style,performance,portability \
            --inline-suppr --error-exitcode=1 --quiet -j "$(nproc)" --cppcheck-build-dir=build/lint/cppcheck \
            -i build --suppressions-list=tests/lint/cppcheck.supp
        ;;
    *)
        printf 'no check of this name\n'
        return 1
        ;;
    esac
}

if [ "${1:-}" = --one ]; then
    check "$2"
    exit
fi
if [ $# -eq 0 ]; then
    set -- versions format words length layers scripts clang release tidy cppcheck links units
fi
status=0
for name in "$@"; do
    begin=$SECONDS code=0
    "$0" --one "$name" || code=$?
    case $code in
    0) outcome=ok ;;
    77) outcome=skipped ;;
    *) outcome=failed status=1 ;;
    esac
    printf '%s lint %s (%d s)\n' "$outcome" "$name" $((SECONDS - begin))
done
exit "$status"
