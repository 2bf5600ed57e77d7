#!/usr/bin/env bash
# validate.sh: the JSON Schema that `redan schema sla` prints is one, accepts what redan accepts (examples, passing files of
# the pages, an example of each term) and refuses the mistakes that a schema can see (tests/golden/schema.txt). Exit code 77:
# skipped, where the validator or the YAML reader is not there.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../../.."

bin=${REDAN_BIN:-build/bin}
work=$(mktemp -d "${TMPDIR:-/tmp}/redan-schema-XXXXXX")
trap 'rm -rf "$work"' EXIT

skip() {
    printf 'skipped: %s\nvalidate: 0 passed, 0 failed, 1 skipped\n' "$*"
    exit 77
}

command -v python3 >/dev/null || skip "there is no python3"
python3 -c 'import jsonschema' 2>/dev/null || skip "there is no python3-jsonschema"
python3 -c 'import yaml' 2>/dev/null || skip "there is no python3-yaml"
"$bin/redan" schema sla >"$work/schema.json"
python3 tests/integration/schema/validate.py "$work/schema.json"
