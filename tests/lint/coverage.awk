# From gcovr's CSV (filename,line_total,line_covered,...): covered lines by folder; fails below `floor` percent
# in a folder of `covered`.
BEGIN { FS = "," }
NR > 1 && $1 !~ /^(tests|bench|build|examples)\// {
    folder = $1; sub(/\/.*/, "", folder)
    total[folder] += $2; hit[folder] += $3
}
END {
    count = split(covered, wanted, " ")
    for (i = 1; i <= count; i++) {
        enforced[wanted[i]] = 1
        if (!(wanted[i] in total)) {
            total[wanted[i]] = 0
        }
    }
    for (folder in total) {
        percent = total[folder] > 0 ? 100 * hit[folder] / total[folder] : 0
        low = enforced[folder] && percent < floor
        printf "%-14s %6.1f %%  %6d of %6d lines%s\n", folder, percent, hit[folder], total[folder],
            low ? "  below " floor " %" : "" | "sort"
        bad += low
    }
    close("sort")
    exit bad > 0
}
