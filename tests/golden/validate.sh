#!/usr/bin/env bash
# validate.sh: every golden SARIF log against OASIS' schema, by a validator that is not ours; and against the text and the
# JSON answer it goes with. Exit code 77: skipped, where the validator or the schema is not there.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

data=${REDAN_TESTDATA:-}
if [ -z "$data" ]; then # as in tests/suite.c
    data=$(sed -n 's/.*set != NULL ? set : "\(.*\)");$/\1/p' ../suite.c)
    data=../../$data
fi
schema=$data/vectors/sarif/sarif-schema-2.1.0.json

skip() {
    printf 'skipped: %s\nvalidate: 0 passed, 0 failed, 1 skipped\n' "$*"
    exit 77
}

command -v python3 >/dev/null || skip "there is no python3"
python3 -c 'import jsonschema' 2>/dev/null || skip "there is no python3-jsonschema"
[ -r "$schema" ] || skip "there is no $schema"
exec python3 validate.py "$schema" sla/*.sarif
