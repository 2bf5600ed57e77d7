#include "base/fault.h"

#ifdef REDAN_FAULTS

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"

void fault_point(const char *name)
{
    static atomic_uint passes;
    struct slice rest = slice_from(getenv("REDAN_CRASH_AT"));
    struct slice wanted = slice_cut(&rest, ':');
    uint32_t nth = 1;

    if (!slice_is(wanted, name)) {
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
