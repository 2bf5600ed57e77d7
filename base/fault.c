#include "base/fault.h"

#ifdef REDAN_FAULTS

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/parse.h"

static bool is_armed(void)
{
    const char *when = getenv("REDAN_CRASH_WHEN");

    return when == NULL || access(when, F_OK) == 0;
}

void fault_point(const char *name)
{
    static atomic_uint passes;
    struct slice rest = slice_from(getenv("REDAN_CRASH_AT"));
    struct slice wanted = slice_cut(&rest, ':');
    uint32_t nth = 1;

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
