/* sla/fix.h - the safe fixes of findings, applied as far as they mend.
 *
 * One round: the first safe fix of every finding, from left to right, leaving out those that touch
 * an earlier one. All of them are kept when, compiled again, every mended finding is gone and none
 * of them did harm; else those whose finding was gone, when they mend without the others; else
 * either half is tried, on top of those kept before it, and so on down to each by itself. Rounds go
 * on until nothing is left to mend.
 *
 * A mistake hides others: what stands below a misspelt key is not read. So not every error that is
 * new counts against a fix, but one of an earlier hundred of codes (what could be read no longer
 * can), and one that points at what the fix wrote and is of no later hundred. Where there was no
 * error before, none was hidden: then every new one counts.
 *
 * An agreement in force and what it pins stay as they are: what would be mended there is listed.
 *
 * Pure, as sla/sla.h; equal sources give equal bytes. */
#ifndef REDAN_SLA_FIX_H
#define REDAN_SLA_FIX_H

#include "sla/sla.h"

enum {
    SLA_FIX_ROUNDS_MAX = 8,
    SLA_FIX_TRIES_MAX = 500, /* of parts of a round, in all rounds */
    /* findings of each level that a trial sees, and errors up to which it reads a text: which is
     * gone can be told of these alone, since others come up behind those that were mended */
    SLA_FIX_SEEN_MAX = 200 * 1000
};

struct sla_fix_applied {
    uint32_t code;
    const char *file;
    uint32_t line; /* in the text that the round began with */
    struct slice title;
};

/* A finding that stays, since an agreement pins what its fix would edit. */
struct sla_fix_pinned {
    uint32_t code;
    const char *file;
    uint32_t line;
    struct slice agreement;
};

struct sla_fix_result {
    const struct diag_source *sources; /* as many as were given, in their order */
    const struct sla_fix_applied *applied;
    size_t applied_count;
    const struct sla_fix_pinned *pinned;
    size_t pinned_count;
    size_t left_out;        /* other safe fixes, that did not mend */
    size_t untried;         /* those that a limit left for another run */
    struct diag_list diags; /* what is to be said about `sources` now */
};

/* Everything lives in `arena`; the texts given must outlive it where they stay as they were. */
void sla_fix(struct arena *arena, const struct diag_source *sources, size_t count,
             const struct sla_options *options, struct sla_fix_result *out);

#endif
