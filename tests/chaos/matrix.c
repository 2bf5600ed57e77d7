#include "tests/chaos/matrix.h"

#include <stdio.h>
#include <string.h>

#define Q(phase) (1U << PHASE_##phase)

/* clang-format off: a table. The census (census.h) of every test run proves each 0 in it. */
const struct chaos_row chaos_rows[] = {
    /*                                          start ban break-in rest undo lease return */
    { SITE_REDAND, "redand.after_migration", { 2, 0, 0, 0, 0, 0, 0 }, Q(START) },
    { SITE_REDAND, "redand.after_receive", { 2, 2, 4, 0, 4, 0, 2 }, 0 },
    { SITE_REDAND, "redand.after_analyse", { 0, 1, 1, 0, 0, 0, 0 }, Q(BAN) },
    { SITE_REDAND, "redand.after_plan", { 0, 1, 1, 0, 0, 0, 0 }, 0 },
    { SITE_REDAND, "redand.before_order", { 0, 1, 3, 0, 4, 0, 0 }, 0 },
    { SITE_REDAND, "redand.before_turn_end", { 1, 1, 2, 0, 2, 0, 1 }, 0 },
    { SITE_REDAND, "redand.before_commit", { 3, 2, 4, 0, 4, 0, 2 }, Q(BAN) },
    { SITE_REDAND, "redand.after_commit", { 3, 2, 4, 0, 4, 0, 2 }, Q(BAN) | Q(UNDO) },
    { SITE_REDAND, "redand.after_turn_end", { 1, 1, 2, 0, 2, 0, 1 }, 0 },
    { SITE_REDAND, "redand.after_send", { 1, 2, 2, 0, 2, 0, 1 }, Q(BAN) },
    { SITE_REDAND, "redand.after_contained", { 0, 1, 1, 0, 0, 0, 0 }, 0 },
    { SITE_REDAND, CHAOS_KILLED, { 0, 0, 0, 1, 0, 1, 0 }, Q(LEASE) },
    { SITE_AGG, "agg.before_forward", { 2, 2, 4, 0, 4, 0, 2 }, Q(BAN) },
    { SITE_AGG, "agg.after_forward", { 2, 2, 4, 0, 4, 0, 2 }, 0 },
    { SITE_AGG, "agg.before_command", { 2, 1, 4, 0, 4, 0, 2 }, 0 },
    { SITE_AGG, CHAOS_KILLED, { 0, 0, 0, 1, 0, 0, 0 }, 0 },
    { SITE_NODE, "helper.after_request", { 2, 2, 2, 0, 2, 2, 0 }, 0 },
    { SITE_NODE, "helper.before_answer", { 2, 2, 2, 0, 2, 2, 0 }, 0 },
    { SITE_NODE, "netd.before_apply", { 0, 1, 1, 0, 0, 1, 0 }, Q(BAN) },
    { SITE_NODE, "netd.after_apply", { 0, 1, 1, 0, 0, 1, 0 }, 0 },
    { SITE_NODE, "netd.before_undo", { 0, 0, 0, 0, 1, 1, 0 }, 0 },
    { SITE_NODE, "netd.after_undo", { 0, 0, 0, 0, 1, CHAOS_MAYBE, 0 }, Q(UNDO) },
    { SITE_NODE, CHAOS_KILLED, { 0, 0, 0, 1, 0, 1, 0 }, 0 },
    { SITE_NODE, "sma.after_read", { 0, 1, 1, 0, 0, 0, 0 }, Q(BAN) },
    { SITE_NODE, "sma.after_detect", { 0, 1, 1, 0, 0, 0, 0 }, Q(BAN) },
    { SITE_NODE, "spool.before_sync", { 0, 1, 1, 0, 0, 1, 0 }, 0 },
    { SITE_NODE, "spool.after_sync", { 0, 1, 1, 0, 0, 1, 0 }, 0 },
    { SITE_NODE, "sma.after_spool", { 0, 1, 1, 0, 0, 0, 0 }, Q(BAN) },
    { SITE_NODE, "sma.after_send", { 0, 1, 1, 0, 0, 0, 1 }, 0 },
    { SITE_NODE, "spool.before_ack", { 0, 1, 1, 0, 0, 0, 1 }, 0 },
    { SITE_NODE, "sma.after_command", { 0, 1, 1, 0, 1, 0, 0 }, 0 },
    { SITE_NODE, "sma.before_apply", { 0, 1, 1, 0, 1, 2, 0 }, Q(BAN) },
    { SITE_NODE, "sma.after_apply", { 0, 1, 1, 0, 1, 2, 0 }, Q(BAN) },
    { SITE_NODE, "sma.before_result", { 0, 1, 1, 0, 1, 0, 0 }, 0 },
    { SITE_LIBVIRTD, CHAOS_KILLED, { 0, 0, 1, 1, 1, 1, 0 }, Q(BREAK_IN) },
    { SITE_NODE_2, "helper.after_request", { 2, 0, 2, 0, 2, 2, 0 }, 0 },
    { SITE_NODE_2, "helper.before_answer", { 2, 0, 2, 0, 2, 2, 0 }, 0 },
    { SITE_NODE_2, "datad.before_apply", { 0, 0, 1, 0, 0, 0, 0 }, 0 },
    { SITE_NODE_2, "datad.after_record", { 0, 0, 1, 0, 0, 0, 0 }, Q(BREAK_IN) },
    { SITE_NODE_2, "datad.after_apply", { 0, 0, 1, 0, 0, 0, 0 }, 0 },
    { SITE_NODE_2, "datad.before_undo", { 0, 0, 0, 0, 1, 1, 0 }, 0 },
    { SITE_NODE_2, "datad.after_thaw", { 0, 0, 0, 0, 1, 1, 0 }, Q(UNDO) },
    { SITE_NODE_2, "datad.after_undo", { 0, 0, 0, 0, 1, 1, 0 }, 0 },
    { SITE_NODE_2, CHAOS_KILLED, { 0, 0, 0, 1, 0, 1, 0 }, Q(REST) },
    { SITE_NODE_2, "sma.after_command", { 0, 0, 3, 0, 3, 0, 0 }, 0 },
    { SITE_NODE_2, "sma.before_apply", { 0, 0, 3, 0, 3, 3, 0 }, 0 },
    { SITE_NODE_2, "compute.before_apply", { 0, 0, 2, 0, 0, 0, 0 }, 0 },
    { SITE_NODE_2, "compute.after_note", { 0, 0, 1, 0, 0, 0, 0 }, Q(BREAK_IN) },
    { SITE_NODE_2, "compute.after_apply", { 0, 0, 2, 0, 0, 0, 0 }, 0 },
    { SITE_NODE_2, "compute.before_undo", { 0, 0, 0, 0, 2, 2, 0 }, 0 },
    { SITE_NODE_2, "compute.after_resume", { 0, 0, 0, 0, 1, 1, 0 }, Q(UNDO) },
    { SITE_NODE_2, "compute.after_undo", { 0, 0, 0, 0, 2, 2, 0 }, 0 },
    { SITE_NODE_2, "sma.after_apply", { 0, 0, 3, 0, 3, 3, 0 }, Q(BREAK_IN) },
    { SITE_NODE_2, "sma.before_result", { 0, 0, 3, 0, 3, 0, 0 }, 0 },
    { SITE_NODE_2, "spool.before_sync", { 0, 0, 0, 0, 0, 1, 0 }, 0 },
    { SITE_NODE_2, "spool.after_sync", { 0, 0, 0, 0, 0, 1, 0 }, 0 },
    { SITE_NODE_2, "sma.after_send", { 0, 0, 0, 0, 0, 0, 1 }, 0 },
    { SITE_NODE_2, "spool.before_ack", { 0, 0, 0, 0, 0, 0, 1 }, 0 },
};
/* clang-format on */

const size_t chaos_row_count = COUNT_OF(chaos_rows);

const char *chaos_phase_name(enum chaos_phase phase)
{
    static const char *const names[PHASES] = { "start", "ban",   "break-in", "rest",
                                               "undo",  "lease", "return" };

    return names[phase];
}

unsigned chaos_case_count(const struct chaos_row *row, enum chaos_phase phase)
{
    return row->passes[phase] == CHAOS_MAYBE ? 0 : row->passes[phase];
}

bool chaos_is_killed_from_outside(const struct chaos_row *row)
{
    return strcmp(row->point, CHAOS_KILLED) == 0;
}

const char *chaos_process(const struct chaos_row *row)
{
    static const char *const helpers[] = { "netd.", "datad.", "helper." };
    bool is_helper = chaos_is_killed_from_outside(row);

    for (size_t i = 0; i < COUNT_OF(helpers); i++) {
        is_helper = is_helper || slice_starts(slice_from(row->point), slice_from(helpers[i]));
    }
    if (is_helper || (row->part != SITE_NODE && row->part != SITE_NODE_2)) {
        return site_part_name(row->part);
    }
    return row->part == SITE_NODE ? "redan-sma/1" : "redan-sma/2";
}

void chaos_each(chaos_visit_fn *visit, void *arg)
{
    for (size_t i = 0; i < chaos_row_count; i++) {
        for (size_t phase = 0; phase < PHASES; phase++) {
            unsigned count = chaos_case_count(&chaos_rows[i], (enum chaos_phase)phase);
            for (unsigned pass = 1; pass <= count; pass++) {
                visit(arg, &(struct chaos_case){ (enum chaos_phase)phase, &chaos_rows[i], pass });
            }
        }
    }
}

bool chaos_is_quick(const struct chaos_case *each)
{
    return each->row == NULL || (each->pass == 1 && (each->row->quick & (1U << each->phase)) != 0);
}

struct slice chaos_name(struct arena *arena, const struct chaos_case *each)
{
    const char *phase = chaos_phase_name(each->phase);

    if (each->row == NULL) {
        return arena_printf(arena, "census %s", phase);
    }
    return each->pass == 1
               ? arena_printf(arena, "%s %s %s", chaos_process(each->row), phase, each->row->point)
               : arena_printf(arena, "%s %s %s:%u", chaos_process(each->row), phase,
                              each->row->point, each->pass);
}

/* "." never passed; "~" by chance; "3" killed at three passes; "3q" the first in every test run. */
static void print_cell(const struct chaos_row *row, enum chaos_phase phase)
{
    bool is_quick = (row->quick & (1U << phase)) != 0;

    if (row->passes[phase] == CHAOS_MAYBE) {
        (void)printf(" %8s ", "~");
    } else if (row->passes[phase] == 0) {
        (void)printf(" %8s ", ".");
    } else {
        (void)printf(" %8u%s", row->passes[phase], is_quick ? "q" : " ");
    }
}

void chaos_print(void)
{
    unsigned cases = 0;

    (void)printf("%-12s %-24s", "process", "stage");
    for (size_t phase = 0; phase < PHASES; phase++) {
        (void)printf(" %8s ", chaos_phase_name((enum chaos_phase)phase));
    }
    (void)printf("\n");
    for (size_t i = 0; i < chaos_row_count; i++) {
        (void)printf("%-12s %-24s", chaos_process(&chaos_rows[i]), chaos_rows[i].point);
        for (size_t phase = 0; phase < PHASES; phase++) {
            print_cell(&chaos_rows[i], (enum chaos_phase)phase);
            cases += chaos_case_count(&chaos_rows[i], (enum chaos_phase)phase);
        }
        (void)printf("\n");
    }
    (void)printf("%u cases. A number: killed at that many passes, one a case; q: the first of them "
                 "is in every\ntest run. `.`: never passed there, as the census of every test run "
                 "proves; `~`: by chance.\n",
                 cases);
}
