/* base/check.h - what a program's `--check` found: everything in one run, nothing changed.
 *
 * A check calls what the start calls (or the part of it that only reads) and hands the status in.
 * What is wrong becomes a finding of base/diag.h at the value of the setting it comes from; what is
 * good becomes one short line. Findings go to stderr, the lines and their count to stdout. */
#ifndef REDAN_BASE_CHECK_H
#define REDAN_BASE_CHECK_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/status.h"

enum { CHECK_CODE_UNUSABLE = 707, CHECK_CODE_DOUBTFUL = 708 };

/* The setting a thing is named by. */
struct check_place {
    const char *key;        /* "sensors", or an option "--root"; NULL: none */
    struct diag_span value; /* source NULL: not in the file, so a default or an option */
};

struct check {
    struct arena *arena;
    const char *config; /* file of the settings; NULL: options */
    struct diag_list diags;
    struct buf good;
    size_t good_count;
};

void check_init(struct check *check, struct arena *arena, const char *config);
void check_done(struct check *check);

/* A success adds the line "ok WHAT DETAIL"; a failure is an error: the start would fail, or be
 * pointless. Returns whether it is a success. `detail` may be empty, `help` NULL. */
bool check_that(struct check *check, struct status outcome, const char *what, struct slice detail,
                struct check_place place, const char *help);
/* A failure is a warning: it starts, but does not do all that is asked. */
bool check_hope(struct check *check, struct status outcome, const char *what, struct slice detail,
                struct check_place place, const char *help);

/* Prints what was found; 0, or 1 when there was an error. */
int check_finish(struct check *check);

#endif
