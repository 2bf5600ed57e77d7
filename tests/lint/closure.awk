# All that a translation unit is made of: reads SUMS (sha256sum of our files), INCLUDES (FILE:#include "PATH") and a
# compile_commands.json; writes a file units/N for each unit with what all have in common, its command and the sums of
# all files it includes, at any depth, and prints "N FILE". Paths in includes are from the root or from the folder of what was generated.
FILENAME ~ /sums$/ { sum[$2] = $1; next }
FILENAME ~ /includes$/ {
    at = index($0, ":")
    from = substr($0, 1, at - 1)
    split(substr($0, at), quoted, "\"")
    includes[from] = includes[from] " " quoted[2]
    next
}
/^  "command": / { command = $0 }
/^  "file": / {
    split($0, quoted, "\"")
    file = quoted[4]
    if (index(file, root) == 1) {
        file = substr(file, length(root) + 1)
    }
    if (file in sum && file !~ /^build\// && !(file in done)) {
        done[file]
        unit(units sprintf("%05d", ++count))
        printf "%05d %s\n", count, file
    }
}
function unit(out,    queue, seen, first, last, i, n, names, path) {
    print common command >out
    queue[last = 1] = file
    seen[file]
    for (first = 1; first <= last; first++) {
        print queue[first], sum[queue[first]] >out
        n = split(includes[queue[first]], names, " ")
        for (i = 1; i <= n; i++) {
            path = names[i] in sum ? names[i] : generated names[i]
            if (path in sum && !(path in seen)) {
                seen[path]
                queue[++last] = path
            }
        }
    }
    close(out)
}
