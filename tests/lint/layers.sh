#!/usr/bin/env bash
# The arrows of docs/architecture.md: which folder may include which. main.c is a composition root, and exempt.
set -euo pipefail
cd "$(dirname "$0")/../.."

declare -A may=(
    [base]="base"
    [model]="base model"
    [wire]="base model wire"
    [detect]="base model detect"
    [sla]="base model sla"
    [planes]="base model planes"
    [planner]="base model sla planner"
    [sma]="base model wire detect planes sma"
    [aggregators]="base model wire detect planes aggregators"
    [orchestrator]="base model wire detect sla planner orchestrator"
    [sim]="base model wire detect sla planes planner sma aggregators orchestrator sim"
    [cli]="base model wire detect sla planes planner sma aggregators orchestrator sim cli"
)
# The order of the folders of sla/ (docs/design/sla-language.md, section 25): each may use those before it, and files of sla/
# itself. What `terms` and `read` know of each other is meant.
sla_order=(values words edit terms read policy resolve agree conflict compose certificate emit diff run tell)
declare -A sla_place=([terms.read]=known)
for place in "${!sla_order[@]}"; do
    sla_place[${sla_order[place]}]=$place
done
bad=0

complain() { # FILE TARGET WHY
    printf '%s includes %s: %s\n' "$1" "$2" "$3"
    bad=1
}

while IFS=: read -r file target; do
    from=${file%%/*} to=${target%%/*}
    case $target in
    ../* | */../*) complain "$file" "$target" "no .. in an include" ;;
    esac
    if [[ $file == */main.c || -z ${may[$from]:-} ]]; then
        continue
    fi
    if [[ " ${may[$from]} " != *" $to "* ]]; then
        complain "$file" "$target" "$from may use: ${may[$from]}"
    fi
    if [[ $file == sla/*/* && $target == sla/*/* ]]; then
        mine=${file#sla/} other=${target#sla/}
        mine=${mine%%/*} other=${other%%/*}
        if [[ -z ${sla_place[$mine]:-} || ${sla_place[$other]:-99} -gt ${sla_place[$mine]:-0} && -z ${sla_place[$mine.$other]:-} ]]; then
            complain "$file" "$target" "the folders of sla/ have an order: ${sla_order[*]}"
        fi
    fi
    # One library per plane: an adapter sees planes/*.h and its own folder.
    if [[ $from == planes && $target == planes/*/* && $file == planes/*/* ]]; then
        mine=${file#planes/} other=${target#planes/}
        if [[ ${mine%%/*} != "${other%%/*}" ]]; then
            complain "$file" "$target" "one plane knows nothing of another"
        fi
    fi
done < <(git ls-files -z '*.c' '*.h' | xargs -0 -r grep -oHE '^#include "[^"]+' | sed 's/:#include "/:/')
exit "$bad"
