#include "tests/chaos/census.h"

#include <stdio.h>
#include <unistd.h>

#include "base/file.h"

enum { TRACE_MAX_BYTES = 4 * 1024 * 1024 };

static const char *trace_of(struct site *site, struct arena *arena, enum site_part part,
                            enum chaos_phase phase)
{
    return arena_printf(arena, "%s.%s", site_trace(site, part), chaos_phase_name(phase)).ptr;
}

/* A hard link, so that the file a process has open right now keeps its phase. */
struct status census_enter(struct site *site, enum chaos_phase phase)
{
    CLEANUP(arena_done) struct arena arena = { 0 };

    for (size_t i = 0; i < SITE_PARTS; i++) {
        const char *now = site_trace(site, (enum site_part)i);
        const char *kept = trace_of(site, &arena, (enum site_part)i, phase);
        (void)unlink(now);
        TRY(file_store(kept, (struct slice){ 0 }, 0600));
        if (link(kept, now) != 0) {
            return status_error(STATUS_UNAVAILABLE, "%s", now);
        }
    }
    return STATUS_SUCCESS;
}

static unsigned count_lines(struct slice text, const char *wanted)
{
    unsigned count = 0;

    while (text.len > 0) {
        count += slice_is(slice_cut(&text, '\n'), wanted) ? 1 : 0;
    }
    return count;
}

static const struct chaos_row *row_of(enum site_part part, struct slice point)
{
    for (size_t i = 0; i < chaos_row_count; i++) {
        if (chaos_rows[i].part == part && slice_is(point, chaos_rows[i].point)) {
            return &chaos_rows[i];
        }
    }
    return NULL;
}

/* Each point once, where it is passed last. */
static unsigned check_passed(enum site_part part, enum chaos_phase phase, struct slice text)
{
    unsigned wrong = 0;
    char name[64];

    while (text.len > 0) {
        struct slice point = slice_cut(&text, '\n');
        const struct chaos_row *row = row_of(part, point);
        slice_to_cstr(point, name, sizeof(name));
        if ((row == NULL || row->passes[phase] == 0) && count_lines(text, name) == 0) {
            (void)printf("    %s passes %.*s in %s: no case\n", site_part_name(part),
                         SLICE_ARG(point), chaos_phase_name(phase));
            wrong++;
        }
    }
    return wrong;
}

static unsigned check_cases(enum site_part part, enum chaos_phase phase, struct slice text)
{
    unsigned wrong = 0;

    for (size_t i = 0; i < chaos_row_count; i++) {
        const struct chaos_row *row = &chaos_rows[i];
        if (row->part != part || chaos_is_killed_from_outside(row)) {
            continue;
        }
        unsigned passes = count_lines(text, row->point);
        unsigned cases = chaos_case_count(row, phase);
        if (passes < cases) {
            (void)printf("    %s passes %s %u times in %s: cases for %u\n", site_part_name(part),
                         row->point, passes, chaos_phase_name(phase), cases);
            wrong++;
        }
    }
    return wrong;
}

struct look {
    struct site *site;
    struct arena arena;
    enum chaos_phase phase;
    struct slice passed[SITE_PARTS];
};

static void look_done(struct look *look)
{
    arena_done(&look->arena);
}

static struct status load(struct look *look)
{
    arena_reset(&look->arena);
    for (size_t i = 0; i < SITE_PARTS; i++) {
        const char *trace = trace_of(look->site, &look->arena, (enum site_part)i, look->phase);
        TRY(file_load(&look->arena, trace, TRACE_MAX_BYTES, &look->passed[i]));
    }
    return STATUS_SUCCESS;
}

static bool is_all_passed(void *arg)
{
    struct look *look = arg;
    struct status loaded = load(look);

    for (size_t i = 0; status_ok(&loaded) && i < chaos_row_count; i++) {
        const struct chaos_row *row = &chaos_rows[i];
        bool counts = !chaos_is_killed_from_outside(row);
        if (counts &&
            count_lines(look->passed[row->part], row->point) < chaos_case_count(row, look->phase)) {
            return false;
        }
    }
    return status_ok(&loaded);
}

/* What the story waits for is in the books a moment before the last of its stages is over. */
struct status census_check(struct site *site, enum chaos_phase phase)
{
    enum { LAST_STAGES_MS = 3000 };
    CLEANUP(look_done) struct look look = { .site = site, .phase = phase };
    unsigned wrong = 0;

    bool all_passed = site_wait(is_all_passed, &look, LAST_STAGES_MS);
    TRY(load(&look));
    for (size_t i = 0; i < SITE_PARTS; i++) {
        enum site_part part = (enum site_part)i;
        wrong += check_passed(part, phase, look.passed[i]);
        wrong += all_passed ? 0 : check_cases(part, phase, look.passed[i]);
    }
    return wrong == 0 ? STATUS_SUCCESS
                      : status_error(STATUS_CONFLICT, "the matrix is wrong in %u places", wrong);
}
