#include "sla/sla.h"

#include "sla/agree/promise.h"
#include "sla/compile.h"
#include "sla/compose/compose.h"
#include "sla/compose/recovery.h"
#include "sla/conflict/conflict.h"
#include "sla/conflict/flow.h"
#include "sla/conflict/repair.h"
#include "sla/conflict/satisfy.h"
#include "sla/conflict/segment.h"
#include "sla/read/expand.h"
#include "sla/read/validity.h"
#include "sla/resolve/degrade.h"
#include "sla/resolve/open_hosts.h"
#include "sla/run/tests.h"

static void report_incomplete(const struct sla_world *world, struct diag_list *diags)
{
    struct diag_span nowhere = { .source = NULL };

    if (!world->conflicts_incomplete) {
        return;
    }
    struct diag *diag = diag_add(diags, DIAG_WARNING, SLA_CODE_INCOMPLETE, nowhere,
                                 "enumeration incomplete: there may be more conflicts");
    diag_help(diags, diag, "the search stopped after %llu steps; compile fewer documents at a time",
              (unsigned long long)world->expansions);
}

static bool count_is_good(size_t count, struct diag_list *diags)
{
    struct diag_span nowhere = { .source = NULL };

    if (count <= SLA_SOURCES_MAX) {
        return true;
    }
    struct diag *diag =
        diag_add(diags, DIAG_ERROR, SLA_CODE_LIMIT, nowhere, "more than %d files", SLA_SOURCES_MAX);
    diag_help(diags, diag, "compile fewer at a time");
    return false;
}

static uint64_t bytes_allowed(const struct sla_options *options, const struct diag_source *sources,
                              size_t count)
{
    if (options->max_bytes != 0) {
        return options->max_bytes;
    }
    return count == 1 ? SLA_BYTES_OF_FILE + (uint64_t)sources[0].text.len * SLA_BYTES_A_BYTE
                      : SLA_BYTES_OF_WORLD;
}

const struct sla_world *sla_compile(struct arena *arena, const struct diag_source *sources,
                                    size_t count, const struct sla_options *options,
                                    struct diag_list *diags)
{
    struct draft *draft = ARENA_NEW(arena, struct draft, 1);
    size_t errors_before = diags->errors;
    struct sla_world *world = NULL;

    draft->arena = arena;
    draft->diags = diags;
    draft->options = options != NULL ? *options : (struct sla_options){ 0 };
    draft->tail = &draft->first;
    draft->bytes_limit = arena->used_bytes + bytes_allowed(&draft->options, sources, count);
    if (!count_is_good(count, diags)) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        sla_read_source(draft, &sources[i]);
    }
    if (!draft->is_incomplete) { /* what was not read would be missed everywhere */
        sla_expand(draft);
    }
    if (!draft->is_incomplete) {
        (void)sla_resolve(draft);
    }
    if (diags->errors == errors_before) {
        uint64_t budget = draft->options.max_expansions != 0 ? draft->options.max_expansions
                                                             : SLA_EXPANSIONS_DEFAULT;
        world = sla_compile_world(draft, sources, count);
        sla_find_conflicts(arena, world, budget);
        world->conflicts_incomplete |= !sla_compose_world(arena, world, budget);
        world->conflicts_incomplete |= !sla_compose_recovery(arena, world, budget);
        sla_report_figures(world, diags);
        sla_report_recoveries(world, diags);
        sla_report_segments(world, diags);
        if (!draft->options.without_repairs) {
            sla_find_repairs(arena, draft, world, budget);
        }
        sla_report_proofs(world, diags);
        sla_report_flows(arena, world, diags);
        sla_report_flow_planes(world, diags);
        sla_report_open_hosts(draft, world);
        sla_report_promises(world, draft->options.keys != NULL, diags);
        for (size_t i = 0; i < world->conflict_count; i++) {
            sla_conflict_report(world, &world->conflicts[i], diags);
        }
        sla_report_order(world, diags);
        sla_report_dormant(draft, world);
        report_incomplete(world, diags);
        sla_give_way(draft, world);
        sla_run_tests(arena, world, &draft->options, diags, &world->tests);
    }
    diag_sort(diags);
    return world;
}

const struct policy_set *sla_world_policy_set(const struct sla_world *world)
{
    return &world->policies;
}
