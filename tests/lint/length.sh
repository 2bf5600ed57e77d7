#!/usr/bin/env bash
# A file fits one sitting: no C file or script has more than LIMIT lines. Test programs are lists of cases, and exempt.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly LIMIT=600
git ls-files -z '*.c' '*.h' '*.sh' dev ':!tests' | xargs -0 -r wc -l |
    awk -v limit="$LIMIT" '$2 != "total" && $1 > limit { print $2 ": " $1 " lines, over " limit; bad = 1 } END { exit bad }'
