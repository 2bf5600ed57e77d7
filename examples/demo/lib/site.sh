# shellcheck shell=bash
# Redan itself: identities, configurations, processes; and what it says over its API.

readonly SITE=$STATE/site
readonly MANAGEMENT=10.98.0.1 ORCHESTRATOR_PORT=7700 AGGREGATOR_PORT=7701
declare -A RUNNING=() # name -> process id

redan() {
    "$BIN/redan" --endpoint "unix:$RUN/api.sock" --no-input --color never "$@"
}

ask() { # FILTER COMMAND...: what jq makes of a command's JSON
    local filter=$1
    shift
    redan "$@" -o json | jq -r "$filter"
}

start() { # NAME MACHINE COMMAND...: in the background, logging to the state folder
    local name=$1 machine=$2
    shift 2
    on "$machine" "$@" >"$STATE/$name.log" 2>&1 &
    RUNNING[$name]=$!
}

all_run() { # fails when a process that we started has ended
    local name
    for name in "${!RUNNING[@]}"; do
        kill -0 "${RUNNING[$name]}" 2>/dev/null || die "$name has ended: $(tail -n 3 "$STATE/$name.log")"
    done
}

answers() { # the API is there
    redan status >/dev/null 2>&1
}

orchestrator_up() {
    mkdir -p "$SITE"
    redan node add redand --role orchestrator --registry "$SITE/keys" -q >/dev/null
    redan node add agg-1 --role aggregator --registry "$SITE/keys" --out "$SITE/keys-agg-1" -q >/dev/null
    redan node add node-1 --aggregator agg-1 --services L2.network.monitor,L2.network.enforce \
        --registry "$SITE/keys" --out "$SITE/keys-node-1" -q >/dev/null
    redan node add node-2 --aggregator agg-1 --services L2.compute.monitor,L2.compute.enforce,L2.data.monitor,L2.data.enforce \
        --registry "$SITE/keys" --out "$SITE/keys-node-2" -q >/dev/null
    cat >"$SITE/redand.yaml" <<TEXT
state: $SITE/redand
keys: $SITE/keys
listen: tcp://$MANAGEMENT:$ORCHESTRATOR_PORT
api: $RUN/api.sock
log_format: text
TEXT
    on mgmt "$BIN/redand" --config "$SITE/redand.yaml" --check >"$STATE/redand-check.log" 2>&1
    start redand mgmt "$BIN/redand" --config "$SITE/redand.yaml"
    await 10 "redand to answer" answers
}

aggregator_up() {
    cat >"$SITE/agg.yaml" <<TEXT
keys: $SITE/keys-agg-1
registry: $SITE/keys/registry.yaml
listen: tcp://$MANAGEMENT:$AGGREGATOR_PORT
orchestrator: tcp://$MANAGEMENT:$ORCHESTRATOR_PORT
log_format: text
TEXT
    start redan-agg mgmt "$BIN/redan-agg" --config "$SITE/agg.yaml"
    await 10 "redan-agg to listen" listening mgmt "$AGGREGATOR_PORT"
}

nodes_up() {
    # A ban outlives its lease while the detector's window still holds evidence: a short one, to see it end.
    sed "s/timespan: .*/timespan: $WINDOW/" "$ROOT/rules/linux/ssh.yaml" >"$SITE/ssh.yaml"
    cat >"$SITE/node-1.yaml" <<TEXT
state: $SITE/node-1
keys: $SITE/keys-node-1
aggregators: ["tcp://$MANAGEMENT:$AGGREGATOR_PORT"]
rules: [$SITE/ssh.yaml]
sensors:
  - {kind: file, path: $AUTH_LOG}
protect: [10.98.0.0/24]
log_format: text
TEXT
    cat >"$SITE/node-2.yaml" <<TEXT
state: $SITE/node-2
keys: $SITE/keys-node-2
aggregators: ["tcp://$MANAGEMENT:$AGGREGATOR_PORT"]
protect: [10.98.0.0/24]
compute: "$VIRT_URI"
log_format: text
TEXT
    start node-1 node-1 "$BIN/redan-netd" --protect 10.98.0.0/24 -- "$BIN/redan-sma" --config "$SITE/node-1.yaml"
    start node-2 node-2 "$BIN/redan-datad" --root "$STORE" --writer "$BUCKET:$WORKLOAD:$WARD" -- \
        "$BIN/redan-sma" --config "$SITE/node-2.yaml"
    await 15 "both nodes to report" nodes_seen 2
}

nodes_seen() { # COUNT of SMAs that were heard
    all_run
    [ "$(ask '[.items[] | select(.role == "sma" and .last_seen_at != null)] | length' node list)" -eq "$1" ]
}

incident_of() { # SOURCE RULE: the id, empty when there is none
    redan incident list -o json |
        jq -r --arg source "$1" --arg rule "$2" \
            'first(.items[] | select(.source == $source and .rule == $rule) | .id) // empty'
}

incident_known() { # SOURCE RULE
    [ -n "$(incident_of "$1" "$2")" ]
}

incident_is() { # ID STATE
    [ "$(ask .state incident show "$1")" = "$2" ]
}

plan_of() { # INCIDENT: its newest plan
    ask '.plans[0].id // empty' incident show "$1"
}

micros() { # RFC3339: microseconds since the epoch
    date -u -d "$1" +%s%6N
}

row() { # NAME MICROSECONDS FIRST SOURCE: one line of a timeline; lines sort by time
    local after=$(($2 - $3))
    printf '        %s.%06d  %+9.3f s  %-14s %s\n' "$(date -u -d "@$(($2 / 1000000))" +%H:%M:%S)" $(($2 % 1000000)) \
        "$((after / 1000000)).$(printf '%06d' $((after % 1000000)))" "$1" "$4"
}
