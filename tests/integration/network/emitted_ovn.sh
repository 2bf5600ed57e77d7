#!/usr/bin/env bash
# emitted_ovn.sh: gives what `redan sla compile --emit ovn` prints to a real OVSDB server with OVN's own schema, twice, and
# reads the rows back; then lets ovn-northd make flows of them and asks ovn-trace which packets arrive.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../../.."

redan=${REDAN_BIN:-build/bin}/redan
command -v ovsdb-server >/dev/null || { printf 'skipped: no ovsdb-server\nemitted_ovn: 0 passed, 0 failed, 1 skipped\n'; exit 77; }
cache=$(examples/demo/fetch.sh) || { printf 'emitted_ovn: 0 passed, 0 failed, 1 skipped\n'; exit 77; }
schema=$cache/usr/share/ovn
PATH=$cache/usr/bin:$PATH
work=$(mktemp -d "${TMPDIR:-/tmp}/redan-ovn-XXXXXX")
passed=0 failed=0 pids=()

clean_up() {
    for started in "${pids[@]}"; do
        kill "$started" 2>/dev/null || true
        wait "$started" 2>/dev/null || true
    done
    rm -rf "$work"
}
trap clean_up EXIT

same() { # WHAT WANTED SEEN
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
    else
        printf '%s: wanted %s, saw %s\n' "$1" "$2" "$3"
        failed=$((failed + 1))
    fi
}

ask() { # OPERATION
    ovsdb-client -vconsole:off --timeout=20 transact "unix:$work/nb.sock" "[\"OVN_Northbound\",$1]"
}

names() { # TABLE
    ask "{\"op\":\"select\",\"table\":\"$1\",\"where\":[],\"columns\":[\"name\"]}" |
        grep -oE '"name":"[^"]*"' | cut -d '"' -f 4 | sort | tr '\n' ' '
}

rules() { # [CONDITION[,CONDITION]]: rows by their ids, since equal rows are told once
    ask "{\"op\":\"select\",\"table\":\"ACL\",\"where\":[$1],\"columns\":[\"_uuid\"]}" | { grep -o _uuid || true; } | wc -l
}

arrives() { # WANTED PACKET [FROM]: at lab/app-1, from lab/app-2, as the first of its connection
    local seen=no from=${3:-lab/app-2}
    ovn-trace -vconsole:off --db="unix:$work/sb.sock" --ct=new --ct=new --minimal lab \
        "inport == \"$from\" && eth.src == 02:00:00:00:00:01 && eth.dst == 02:00:00:00:00:02 && ip.ttl == 64 && $2" >"$work/trace"
    if grep -qF 'output("lab/app-1")' "$work/trace"; then
        seen=yes
    fi
    same "$2" "$1" "$seen"
}

for database in nb:OVN_Northbound sb:OVN_Southbound; do
    short=${database%%:*}
    ovsdb-tool create "$work/$short.db" "$schema/ovn-$short.ovsschema"
    ovsdb-server "$work/$short.db" --remote="punix:$work/$short.sock" --unixctl="$work/$short.ctl" -vconsole:off &
    pids+=($!)
    ovsdb-client -vconsole:off --timeout=20 wait "unix:$work/$short.sock" "${database#*:}" connected
done
ovn-northd --ovnnb-db="unix:$work/nb.sock" --ovnsb-db="unix:$work/sb.sock" --unixctl="$work/northd.ctl" -vconsole:off &
pids+=($!)
ovn-nbctl -vconsole:off --db="unix:$work/nb.sock" init

"$redan" sla compile tests/integration/network/flows.yaml --emit ovn >"$work/transaction"
for turn in first second; do
    ovsdb-client -vconsole:off --timeout=20 transact "unix:$work/nb.sock" "$(cat "$work/transaction")" >"$work/answer"
    same "$turn: errors" 0 "$(grep -c '"error"' "$work/answer" || true)"
    same "$turn: switches" 'lab ' "$(names Logical_Switch)"
    same "$turn: ports" 'lab/app-1 lab/app-2 lab/app-3 ' "$(names Logical_Switch_Port)"
    same "$turn: rules" "$(grep -c '"table": "ACL"' "$work/transaction")" "$(rules '')"
done
same 'what closes a host' 3 "$(rules '["priority","==",1],["action","==","drop"]')"
ovn-nbctl -vconsole:off --db="unix:$work/nb.sock" --timeout=20 --wait=sb sync
arrives yes 'ip4.src == 10.20.1.1 && ip4.dst == 10.30.0.11 && tcp.dst == 443'
arrives yes 'ip4.src == 10.20.1.1 && ip4.dst == 10.30.0.11 && udp.dst == 5005'
arrives yes 'ip6.src == 2001:db8:20::7 && ip6.dst == 2001:db8::11 && tcp.dst == 443'
arrives no 'ip4.src == 10.20.1.1 && ip4.dst == 10.30.0.11 && udp.dst == 443'
arrives no 'ip4.src == 10.20.1.1 && ip4.dst == 10.30.0.11 && tcp.dst == 25'
arrives no 'ip4.src == 10.21.1.1 && ip4.dst == 10.30.0.11 && tcp.dst == 443'
arrives no 'ip6.src == 2001:db8:21::7 && ip6.dst == 2001:db8::11 && tcp.dst == 443'
arrives yes 'ip4.src == 10.98.0.1 && ip4.dst == 10.30.0.11 && tcp.dst == 25'
arrives no 'ip4.src == 10.20.1.1 && ip4.dst == 10.30.0.11 && udp.dst == 5005' lab/app-3
arrives yes 'ip4.src == 10.20.1.1 && ip4.dst == 10.30.0.11 && tcp.dst == 443' lab/app-3
printf 'emitted_ovn: %d passed, %d failed, 0 skipped\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
