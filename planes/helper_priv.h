/* planes/helper_priv.h - what the parts of a helper's main share. For helper*.c. */
#ifndef REDAN_PLANES_HELPER_PRIV_H
#define REDAN_PLANES_HELPER_PRIV_H

#include "planes/helper.h"
#include "planes/privilege.h"

enum {
    HELPER_GOOD = 0,
    HELPER_FAILED = 1,
    HELPER_USAGE = 2,
    HELPER_UNREACHABLE = 6,
    HELPER_CANNOT_RUN = 127
};

struct helper_arguments {
    struct privilege_user user;
    char **command; /* the SMA's, NULL-terminated */
    size_t command_count;
    bool check_only;
};

enum helper_reading { HELPER_GO_ON, HELPER_DONE, HELPER_WRONG };

/* Reads the command line; HELPER_DONE: help or the version was printed; HELPER_WRONG: a complaint.
 */
enum helper_reading helper_read_arguments(const struct helper_spec *spec, int argc, char **argv,
                                          struct helper_arguments *out);

/* `--check`: looks at everything a start needs and has the SMA's own `--check` run as its user.
 * Prints what was found; the exit code. */
int helper_check(const struct helper_spec *spec, const struct helper_arguments *arguments);

#endif
