#include "base/fault.h"

#ifdef REDAN_FAULTS

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/parse.h"

static bool is_armed(void)
{
    const char *when = getenv("REDAN_CRASH_WHEN");

    return when == NULL || access(when, F_OK) == 0;
}

/* One write(2) a line: several processes may share the file. */
static void trace(const char *name)
{
    enum { LINE_MAX_BYTES = 96 };
    const char *path = getenv("REDAN_CRASH_TRACE");
    CLEANUP(cleanup_close)
    int fd = path != NULL ? open(path, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;

    if (fd >= 0) {
        char line[LINE_MAX_BYTES];
        int len = snprintf(line, sizeof(line), "%s\n", name);
        ssize_t written = write(fd, line, (size_t)len);
        (void)written; /* a test's own affair */
    }
}

void fault_point(const char *name)
{
    static atomic_uint passes;
    struct slice rest = slice_from(getenv("REDAN_CRASH_AT"));
    struct slice wanted = slice_cut(&rest, ':');
    uint32_t nth = 1;

    trace(name);
    if (!slice_is(wanted, name) || !is_armed()) {
        return;
    }
    if (rest.len > 0) {
        struct status parsed = parse_u32(rest, 1, 1000000, &nth);
        (void)parsed; /* a bad count means the first pass */
    }
    if (atomic_fetch_add(&passes, 1) + 1 == nth) {
        (void)raise(SIGKILL);
    }
}

#else

/* An empty translation unit is not C. */
extern int fault_points_are_not_compiled_in;

#endif
