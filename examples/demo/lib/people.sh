# shellcheck shell=bash
# What the people of the demo do: a nurse who works, an attacker who guesses, another who finds a weak password.

passwords() { # FILE WORD...: what the next prompts get
    printf '%s\n' "${@:2}" >"$1"
}

session() { # ssh_as, as a background job that may end as it likes
    ssh_as "$@" || true
}

nurse_up() { # mistypes once, logs in, and keeps the session open
    passwords "$RUN/nurse.words" 'correct hrose battery' "$NURSE_PASSWORD"
    mkfifo "$RUN/nurse.in"
    exec {NURSE}<>"$RUN/nurse.in"
    : >"$RUN/nurse.out"
    session innocent nurse "$RUN/nurse.words" 'exec cat' <"$RUN/nurse.in" >"$RUN/nurse.out" 2>"$STATE/nurse.txt" &
    nurse_works
}

nurse_heard() { # TEXT came back through her session
    grep -qxF -- "$1" "$RUN/nurse.out"
}

nurse_works() { # her open session carries text both ways
    local word=$EPOCHREALTIME
    printf '%s\n' "$word" >&"$NURSE"
    await 5 "the nurse's session to answer" nurse_heard "$word"
}

attacker_waits_at_prompt() { # a connection that is open, with the password still to come
    mkfifo "$RUN/held.words"
    session attacker root "$RUN/held.words" true >"$STATE/held.txt" 2>&1 &
    HELD=$!
    await 5 "the attacker's waiting connection" held_bytes_at_least 1000
}

held_bytes() { # bytes the attacker's kernel saw acknowledged and received on that connection
    on attacker ss -tinH state established dst "$SSH_SERVER" dport = :22 |
        sed -n 's/.*bytes_acked:\([0-9]*\).*bytes_received:\([0-9]*\).*/\1+\2/p' | head -n 1
}

held_bytes_at_least() { # COUNT
    local sum
    sum=$(held_bytes)
    [ -n "$sum" ] && [ $((sum)) -ge "$1" ]
}

held_answers() { # the prompt gets its password at last
    printf 'too late\n' >"$RUN/held.words"
}

held_ended() {
    ! kill -0 "$HELD" 2>/dev/null
}

attacker_frames() { # a user name that reads like the end of a log line about the innocent
    passwords "$RUN/frame.words" one two
    ssh_as attacker "x from $INNOCENT port 22 ssh2" "$RUN/frame.words" true >"$STATE/frame.txt" 2>&1 || true
}

attacker_guesses() { # tries passwords until nothing answers any more
    local round
    for round in 1 2 3 4 5 6; do
        passwords "$RUN/guess.words" "root$round" "toor$round" "admin$round"
        ssh_as attacker root "$RUN/guess.words" true >>"$STATE/guesses.txt" 2>&1 || true
        if grep -qE 'timed out|Connection reset|Connection closed' "$STATE/guesses.txt"; then
            return
        fi
    done
}

thief_guesses() { # three wrong, then the weak one; stays logged in
    passwords "$RUN/thief.words" winter spring autumn "$WEAK_PASSWORD"
    mkfifo "$RUN/thief.in"
    exec 7<>"$RUN/thief.in"
    session attacker-2 backup "$RUN/thief.words" 'exec cat' <&7 >"$STATE/thief.txt" 2>&1 &
    await 10 "the second attacker to get in" grep -q "Accepted password for backup from $THIEF_ADDRESS port" "$AUTH_LOG"
}

colleague_mistypes() { # somebody of the operator's own, over the management link
    local round
    for round in 1 2; do
        passwords "$RUN/colleague.words" "wrong$round" "still wrong$round" "wrong again$round"
        ssh_as mgmt operator "$RUN/colleague.words" true >>"$STATE/colleague.txt" 2>&1 || true
    done
}
