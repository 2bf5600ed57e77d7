# Adds up `ctest -V`: the "NAME: N passed, N failed, N skipped" lines of the programs, and one count for a
# test that printed none. Prints a line a test, the whole output of each failed one, and last the three sums.
/^[0-9]+: / {
    number = $1 + 0
    text = substr($0, index($0, ":") + 2)
    output[number] = output[number] "    " text "\n"
    if (match(text, /^[^ ]+: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/)) {
        split(substr(text, index(text, ": ") + 2), field, /[ ,]+/)
        p[number] += field[1]; f[number] += field[3]; s[number] += field[5]
        counted[number] = 1
    }
    next
}
/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / {
    match($0, /#[0-9]+: /)
    number = substr($0, RSTART + 1, RLENGTH - 3) + 0
    rest = substr($0, RSTART + RLENGTH)
    name = rest; sub(/ .*/, "", name)
    seconds = rest; sub(/ sec *$/, "", seconds); sub(/.* /, "", seconds)
    good = rest ~ / Passed +[0-9.]+ sec/
    skip = rest ~ /\*\*\*Skipped/
    if (!counted[number]) {
        p[number] = good; s[number] = skip
    }
    if (!good && !skip && !f[number]) {
        f[number] = 1
    }
    word = good ? "ok" : skip ? "skipped" : "FAILED"
    printf "%-8s %-36s %7.2f s  %d passed, %d failed, %d skipped\n", word, name, seconds, p[number], f[number], s[number]
    if (word == "FAILED") {
        printf "%s", output[number]
    }
    passed += p[number]; failed += f[number]; skipped += s[number]
    tests++
    next
}
END {
    if (tests == 0) {
        print "FAILED   no test was found"
        failed = 1
    }
    print passed + 0, failed + 0, skipped + 0
}
