/* planes/helper.h - the main of a privileged helper: it opens one plane, starts its SMA without any
 * privilege, and serves the plane to it.
 *
 * The two live and die together: when one ends, however, the other ends; what is in force on the
 * plane stays, a supervisor starts the pair again, and the SMA adopts what it observes. The helper
 * itself keeps only the capabilities it names and gains no new ones. Single-threaded. */
#ifndef REDAN_PLANES_HELPER_H
#define REDAN_PLANES_HELPER_H

#include <sys/capability.h>

#include "base/check.h"
#include "base/slice.h"
#include "planes/plane.h"

enum { HELPER_STOP_MS = 5000 }; /* how long an SMA that is told to stop may take */

/* An option of the helper's own: "--protect CIDR", may come several times. */
struct helper_option {
    const char *name;     /* "--protect" */
    const char *argument; /* "CIDR": what the help calls its value */
    const char *help;
    struct status (*take)(void *self, struct slice value);
};

struct helper_spec {
    const char *program; /* "redan-netd" */
    const char *version;
    const char *summary; /* one line for --help */
    enum plane_kind kind;
    const struct helper_option *options;
    size_t option_count;
    const cap_value_t *capabilities; /* kept while serving */
    size_t capability_count;
    struct status (*open)(void *self, struct plane **out); /* with all privileges of the start */
    /* What `open` would find, as far as it can be seen without a change; `privileged`: with all the
     * capabilities above. */
    void (*check)(void *self, bool privileged, struct check *check);
    void *self;
};

/* Runs `PROGRAM [options] -- SMA [arguments]`. Returns the exit code: 0 the SMA ended well, or was
 * told to stop, 1 it failed or broke the protocol, 2 wrong usage, 6 the plane cannot be opened; an
 * exit code of the SMA's own is passed on. */
int helper_main(const struct helper_spec *spec, int argc, char **argv);

#endif
