#!/usr/bin/env bash
# What the privileged helpers load: nothing that parses foreign text and, beside GPL-2 libnftables, no OpenSSL.
set -euo pipefail
cd "$(dirname "$0")/../.."

bad=0
for program in redan-netd redan-datad; do
    if [ ! -x "build/bin/$program" ]; then
        printf 'build/bin/%s is not built\n' "$program"
        bad=1
        continue
    fi
    if ldd "build/bin/$program" | grep -E 'lib(crypto|ssl|zmq|czmq|yaml|curl|sqlite3|microhttpd|protobuf-c)[-.0-9]*\.so'; then
        printf '%s must not load these\n' "$program"
        bad=1
    fi
done
exit "$bad"
