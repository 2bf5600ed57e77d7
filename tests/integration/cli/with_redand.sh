#!/usr/bin/env bash
# with_redand.sh [--rules FILE] COMMAND...: runs each command against a real redand with an empty knowledge, which it
# starts and stops; FILE is its `rules`.
set -euo pipefail

state=$(mktemp -d "${TMPDIR:-/tmp}/redan-daemon-XXXXXX")

clean_up() {
    if [ -n "${daemon:-}" ]; then
        kill "$daemon" 2>/dev/null || true
        wait "$daemon" 2>/dev/null || true
    fi
    rm -rf "$state"
}
trap clean_up EXIT

redan node add redand --role orchestrator --registry "$state/keys" -q >"$state/out"
cat >"$state/redand.yaml" <<YAML
state: $state/state
keys: $state/keys
listen: tcp://127.0.0.1:*
api: $state/api.sock
YAML
if [ "${1:-}" = --rules ]; then
    printf 'rules: [%s]\n' "$2" >>"$state/redand.yaml"
    shift 2
fi
mkfifo "$state/log"
redand --config "$state/redand.yaml" 2>"$state/log" &
daemon=$!
exec 3<"$state/log"
# It says so when the socket takes connections; end of file when it could not start.
while read -r -t 20 line <&3; do
    [[ $line == *"redand ready"* ]] && break
    printf '%s\n' "$line" >&2
done
cat <&3 >/dev/null &
export REDAN_ENDPOINT=unix:$state/api.sock
for command in "$@"; do
    printf '> %s\n' "$command"
    bash -c "$command" 2>&1 || printf -- '-> %d\n' $?
done
