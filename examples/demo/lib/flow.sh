# shellcheck shell=bash
# Connections that count their own bytes (redan-flow), and what their counters say.

readonly FLOW_PORT=11112

flow_server_up() {
    on node-1 "$BIN/redan-flow" serve "$SSH_SERVER" "$FLOW_PORT" 2>"$STATE/flow-server.txt" &
    await 5 "the study service to listen" listening node-1 "$FLOW_PORT"
}

flow_hold() { # MACHINE: opens a connection and keeps it; its counters go to a file of the machine's name
    : >"$STATE/flow-$1.jsonl"
    on "$1" "$BIN/redan-flow" hold "$SSH_SERVER" "$FLOW_PORT" >"$STATE/flow-$1.jsonl" 2>"$STATE/flow-$1.txt" &
    await 5 "$1's connection to carry bytes" flow_moves "$1"
}

flow_says() { # MACHINE KEY: the newest value; empty when there is none yet
    tail -n 1 "$STATE/flow-$1.jsonl" | sed -n "s/.*\"$2\":\"\?\([^,\"}]*\).*/\1/p"
}

flow_moves() { # MACHINE: bytes passed within the last 100 ms
    local quiet
    quiet=$(flow_says "$1" quiet_us)
    [ -n "$quiet" ] && [ "$quiet" -lt 100000 ] && [ "$(flow_says "$1" state)" = open ] &&
        [ "$(flow_says "$1" received)" -gt 0 ]
}

flow_quiet_for() { # MACHINE MICROSECONDS: open, and no byte either way for so long
    local quiet
    quiet=$(flow_says "$1" quiet_us)
    [ -n "$quiet" ] && [ "$quiet" -ge "$2" ]
}

flow_closed() { # MACHINE
    [ "$(flow_says "$1" state)" = closed ]
}

flow_try() { # MACHINE [MILLISECONDS]: a new connection echoes in time
    on "$1" "$BIN/redan-flow" try "$SSH_SERVER" "$FLOW_PORT" "${2:-1000}" 2>/dev/null
}
