# shellcheck shell=bash
# The demo's network: two bridges in a namespace of their own, and one namespace a machine.
#
#   public      10.99.0.0/24   node-1 .1  attacker .2  innocent .3  attacker-2 .4   node-2 .5
#   management  10.98.0.0/24   mgmt .1    node-1 .11   node-2 .12

readonly INNOCENT=10.99.0.3 ATTACKER=10.99.0.2 THIEF_ADDRESS=10.99.0.4

machine() { # NAME: a namespace with its loopback up
    ip netns add "$1"
    ip -n "$1" link set lo up
}

plug() { # NAME BRIDGE ADDRESS: one cable from NAME to the bridge in `core`
    local port=$2-$1
    ip -n core link add "${port:0:15}" type veth peer name "$2" netns "$1"
    ip -n core link set "${port:0:15}" master "$2" up
    ip -n "$1" addr add "$3/24" dev "$2"
    ip -n "$1" link set "$2" up
}

network_up() {
    local name
    for name in core mgmt node-1 node-2 attacker innocent attacker-2; do
        machine "$name"
    done
    for name in pub adm; do
        ip -n core link add "$name" type bridge
        ip -n core link set "$name" up
    done
    plug node-1 pub 10.99.0.1
    plug attacker pub "$ATTACKER"
    plug innocent pub "$INNOCENT"
    plug attacker-2 pub "$THIEF_ADDRESS"
    plug node-2 pub 10.99.0.5
    plug mgmt adm 10.98.0.1
    plug node-1 adm 10.98.0.11
    plug node-2 adm 10.98.0.12
}

on() { # NAME COMMAND...: runs a command in a machine's network
    local name=$1
    shift
    nsenter --net="/run/netns/$name" -- "$@"
}
