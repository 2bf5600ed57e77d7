# shellcheck shell=bash
# The eight steps. Each ends with one line that says what was seen; anything unexpected ends the demo, naming the step.

readonly STEPS=8
readonly LEASE='9 s' WINDOW=6s # the hospital's SLA says an hour, the rules minutes: too long to watch
readonly PROOF_US=2000000
STEP_NUMBER=0

begin() { # TITLE
    STEP_NUMBER=$((STEP_NUMBER + 1))
    name_step "$1"
    STEP_BEGAN=${EPOCHREALTIME/[.,]/}
    say "[$STEP_NUMBER/$STEPS] $1"
}

note() {
    printf '        %s\n' "$*"
}

done_with() { # TEXT
    local took=$((${EPOCHREALTIME/[.,]/} - STEP_BEGAN))
    printf '      ok  %s  (%d.%01d s)\n' "$1" $((took / 1000000)) $((took / 100000 % 10))
}

# ---------------------------------------------------------------- 1, 2: what was agreed, and what was not

step_compile() {
    begin "the hospital's SLA and the data centre's offer are compiled"
    mkdir -p "$STATE/sla"
    local file
    for file in "$ROOT"/examples/hospital/*.yaml; do
        sed "s/lease: 1h/lease: $LEASE/" "$file" >"$STATE/sla/${file##*/}"
    done
    note "SLAs of examples/hospital, with leases of $LEASE instead of an hour (and detection windows of $WINDOW, not minutes)"
    (cd "$STATE" && redan sla check sla) >"$STATE/check.txt" 2>&1 && die "no conflict was found"
    redan sla compile "$STATE/sla" >"$STATE/compile.txt" 2>/dev/null || true # 1: it has the conflict of step 2
    sed -n '/^world /,/^$/ { /^$/d; s/^/        /; p }' "$STATE/compile.txt"
    done_with "see $STATE/sla"
}

step_resolve() {
    begin "a conflict between tenant and provider"
    local id open
    sed -n '/^error/,/^ *= note/p' "$STATE/check.txt" | sed 's/^/      | /'
    redan sla apply "$STATE"/sla/*.yaml --yes --reason "first documents" >"$STATE/apply.txt" 2>&1 || true
    id=$(ask '.items[0].id // empty' conflict list --open)
    [ -n "$id" ] || die "redand opened no conflict"
    redan conflict resolve "$id" --choose 1 --yes --reason "cheapest repair" >"$STATE/resolve.txt" 2>&1
    open=$(ask '.items | length' conflict list --open)
    [ "$open" -eq 0 ] || die "$open conflicts are open after the repair"
    done_with "redan conflict resolve $id --choose 1: compiled again, the conflict is gone"
}

# ---------------------------------------------------------------- 3: the site

step_site() {
    begin "two nodes report through an aggregator, over CURVE"
    aggregator_up
    nodes_up
    all_run
    redan node list | sed 's/^/        /'
    note "node-2's hypervisor is libvirt's test driver: a real daemon, no guest"
    done_with "10.98.0.0/24, the management link, is protected"
}

# ---------------------------------------------------------------- 4: the first attacker

prove_cut() { # MACHINE: no byte either way for 2 s by its own counters, and no new connection
    await 10 "2 s without a byte on $1's connection" flow_quiet_for "$1" "$PROOF_US"
    ! flow_try "$1" 500 || die "$1 can still connect"
}

filter_names() { # ADDRESS stands in node-1's packet filter, as the kernel has it
    local rules
    rules=$(on node-1 nft list ruleset)
    [[ $rules =~ (^|[^0-9.])${1//./\\.}([^0-9./]|$) ]]
}

prove_innocent() { # the bystander works as before: open connection, new one, and her login
    flow_moves innocent || die "the innocent's open connection stands still"
    flow_try innocent || die "the innocent cannot connect"
    nurse_works
    ! filter_names "$INNOCENT" || die "the packet filter names the innocent"
}

show_choice() { # PLAN: what was weighed, and why
    local count
    count=$(ask '.candidates | length' plan show "$1")
    [ "$count" -ge 3 ] || die "only $count responses were weighed"
    ask '.candidates[] | "        \(.verdict): \(.name): \(.reason)"' plan show "$1"
}

show_timeline() { # INCIDENT MACHINE
    local json first last proven
    json=$(redan incident show "$1" -o json)
    first=$(micros "$(jq -r .first_at <<<"$json")")
    last=$(flow_says "$2" changed_wall_us)
    proven=$((last + PROOF_US))
    {
        row "first failure" "$first" "$first" "sshd by rsyslogd, 1 us"
        row "detected" "$(micros "$(jq -r .detected_at <<<"$json")")" "$first" "redan-sma on node-1, 1 us"
        row "planned" "$(micros "$(jq -r .planned_at <<<"$json")")" "$first" "redand, 1 us"
        row "last byte" "$last" "$first" "attacker's kernel (TCP_INFO), 10 ms"
        row "enforced" "$(micros "$(jq -r .enforced_at <<<"$json")")" "$first" "read back from node-1's kernel, 1 us"
        row "proven" "$proven" "$first" "2 s without a byte either way, 10 ms"
    } | sort
    jq -r '"        objective respond.mttr <= \(.mttr_limit_ms) ms: \(.mttr), \(.mttr_ms) ms"' <<<"$json"
    [ "$(jq -r .mttr <<<"$json")" = met ] || die "the objective respond.mttr is not met"
}

step_attack() {
    begin "$ATTACKER guesses passwords on node-1's OpenSSH server; $INNOCENT works there"
    local held
    nurse_up
    flow_hold innocent
    flow_hold attacker
    attacker_waits_at_prompt
    attacker_frames
    attacker_guesses &
    await 15 "an incident about $ATTACKER" incident_known "$ATTACKER" ssh-bruteforce
    INCIDENT=$(incident_of "$ATTACKER" ssh-bruteforce)
    await 10 "incident $INCIDENT to be contained" incident_is "$INCIDENT" contained
    show_choice "$(plan_of "$INCIDENT")"
    filter_names "$ATTACKER" || die "the packet filter does not name the attacker"
    held=$(held_bytes)
    prove_cut attacker
    [ "$(held_bytes)" = "$held" ] || die "bytes passed on the ssh connection at its prompt"
    prove_innocent
    step_framed
    show_timeline "$INCIDENT" attacker
    done_with "cut and proven; the innocent is unharmed"
}

step_framed() { # the name that imitates a log line moved nobody
    grep -qF "invalid user x from $INNOCENT port 22 ssh2 from $ATTACKER port" "$AUTH_LOG" ||
        die "the framing user name is not in the log"
    ! incident_known "$INNOCENT" ssh-bruteforce || die "the innocent was taken for the attacker"
    note "user name \"x from $INNOCENT port 22 ssh2\" was tried: the address is read where sshd writes it"
}

# ---------------------------------------------------------------- 5: the second attacker

step_of() { # PLAN ACTION KEY: a value of the plan's step
    redan plan show "$1" -o json | jq -r --arg action "$2" "first(.steps[] | select(.action == \$action) | .$3) // empty"
}

has_snapshot() {
    [[ $(virt snapshot-list --name "$DOMAIN") == *redan-* ]]
}

has_no_snapshot() {
    ! has_snapshot
}

plan_is() { # PLAN STATE
    [ "$(ask .state plan show "$1")" = "$2" ]
}

step_thief() {
    begin "$THIEF_ADDRESS guesses a weak password: one plan over three planes, then undone"
    local incident plan
    flow_hold attacker-2
    thief_guesses
    await 15 "an incident about $THIEF_ADDRESS" incident_known "$THIEF_ADDRESS" ssh-guessed
    incident=$(incident_of "$THIEF_ADDRESS" ssh-guessed)
    await 15 "incident $incident to be contained" incident_is "$incident" contained
    plan=$(plan_of "$incident")
    ask '.steps[] | "        \(.action) on \(.node)\(if .resource then "/" + .resource else "" end): \(.state), \(.detail)"' \
        plan show "$plan"
    prove_cut attacker-2
    domain_is paused || die "virsh says $DOMAIN is $(domain_state)"
    has_snapshot || die "virsh knows no snapshot of ours"
    last_write_was refused || die "the workload still writes to $BUCKET"
    note "from outside: cut proven by the attacker's counters; virsh: $DOMAIN paused, snapshot kept; a write was refused"
    prove_innocent
    redan plan undo "$plan" --yes --reason "end of the exercise" >"$STATE/undo.txt" 2>&1
    await 15 "plan $plan to be undone" plan_is "$plan" undone
    prove_undone "$plan"
    done_with "cut, snapshot, pause, freeze; undone in reverse order, each read back"
}

prove_undone() { # PLAN: everything is as before, and came back in reverse order
    local order
    await 5 "$DOMAIN to run" domain_is running
    await 5 "our snapshot to go" has_no_snapshot
    await 5 "the workload to write" last_write_was written
    await 5 "$THIEF_ADDRESS to be let in" flow_try attacker-2
    order=$(ask '[.steps | sort_by(.undone_at)[].index] == ([range(.steps | length)] | reverse)' plan show "$1")
    [ "$order" = true ] || die "the steps were not undone in reverse order"
    note "after the undo: $DOMAIN runs, no snapshot, writes go through, $THIEF_ADDRESS connects"
}

# ---------------------------------------------------------------- 6: what no plan may cut

step_protected() {
    begin "failures come over the management link: cutting it is refused"
    local incident plan reasons
    colleague_mistypes
    await 15 "an incident about $MANAGEMENT" incident_known "$MANAGEMENT" ssh-bruteforce
    incident=$(incident_of "$MANAGEMENT" ssh-bruteforce)
    await 15 "incident $incident to be contained" incident_is "$incident" contained
    plan=$(plan_of "$incident")
    show_choice "$plan"
    reasons=$(ask '.candidates[] | select(.verdict == "refused") | .reason' plan show "$plan")
    [[ $reasons == *'management link'* ]] || die "no plan was refused for the management link"
    ! filter_names "$MANAGEMENT" || die "the packet filter names $MANAGEMENT"
    redan plan undo "$plan" --yes --reason "a colleague" >>"$STATE/undo.txt" 2>&1
    await 15 "plan $plan to be undone" plan_is "$plan" undone
    await 5 "$DOMAIN to run" domain_is running
    done_with "answered without the network, over that very link, and undone"
}

# ---------------------------------------------------------------- 7, 8: the end of the ban, and the books

step_expiry() {
    begin "the ban on $ATTACKER ends with its lease"
    await 30 "$ATTACKER to be let in again" flow_try attacker 300
    await 30 "the end of the old connection" flow_closed attacker
    held_answers
    await 30 "the end of the connection at its prompt" held_ended
    note "old connection: $(flow_says attacker error); at the prompt: $(tail -n 1 "$STATE/held.txt")"
    done_with "the lease ended on the node; a new connection works, the old ones stay dead"
}

step_audit() {
    begin "the journal's hash chain is verified"
    local rows
    all_run
    rows=$(ask .rows audit verify)
    redan audit verify >"$STATE/audit.txt" || die "the journal is broken: $(cat "$STATE/audit.txt")"
    done_with "$rows records"
}

run_steps() {
    orchestrator_up
    step_compile
    step_resolve
    step_site
    step_attack
    step_thief
    step_protected
    step_expiry
    step_audit
}
