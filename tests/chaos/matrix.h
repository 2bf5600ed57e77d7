/* tests/chaos/matrix.h - which process is killed where: every process x every stage it passes. */
#ifndef REDAN_TESTS_CHAOS_MATRIX_H
#define REDAN_TESTS_CHAOS_MATRIX_H

#include "tests/site/site.h"

/* The chapters of the story. Each begins when the one before has been checked. */
enum chaos_phase {
    PHASE_START,    /* the site comes up for the first time */
    PHASE_BAN,      /* failures: the source is cut; node-1 alone */
    PHASE_BREAK_IN, /* failures and a success: one plan over three planes */
    PHASE_REST,     /* all is in force and quiet */
    PHASE_UNDO,     /* `redan plan undo` takes it back */
    PHASE_LEASE,    /* redand and redan-agg are dead, and the leases end on the nodes */
    PHASE_RETURN    /* they come back and hear what has happened */
};
enum { PHASES = 7, CHAOS_MAYBE = 255 };

/* In the place of a point: killed from outside as the phase begins. */
#define CHAOS_KILLED "(killed)"

struct chaos_row {
    enum site_part part;
    const char *point;
    /* Killed at the first so many passes, one a case; 0: never passed there; CHAOS_MAYBE: by
     * chance, so that nobody can be killed there for sure. */
    uint8_t passes[PHASES];
    unsigned quick; /* bit of a phase: its first case is part of every test run */
};

/* One cell of the matrix, and which of its passes. */
struct chaos_case {
    enum chaos_phase phase;
    const struct chaos_row *row; /* NULL: nobody is killed */
    unsigned pass;
};

extern const struct chaos_row chaos_rows[];
extern const size_t chaos_row_count;

const char *chaos_phase_name(enum chaos_phase phase);
/* The program that dies: a part is a helper with its SMA. "redan-sma/2" is node-2's. */
const char *chaos_process(const struct chaos_row *row);
unsigned chaos_case_count(const struct chaos_row *row, enum chaos_phase phase);
bool chaos_is_killed_from_outside(const struct chaos_row *row);

typedef void(chaos_visit_fn)(void *arg, const struct chaos_case *each);
/* All cases, row by row. */
void chaos_each(chaos_visit_fn *visit, void *arg);
bool chaos_is_quick(const struct chaos_case *each);
/* "redan-sma/2 undo sma.after_apply:2"; also how --case names it. */
struct slice chaos_name(struct arena *arena, const struct chaos_case *each);
/* The matrix: a line a process and point, a column a phase. */
void chaos_print(void);

#endif
