#include "sla/read/gather.h"

#include <stdlib.h>

void sla_gather_start(struct draft *draft)
{
    draft->turn++;
    draft->gathered_count = 0;
}

void sla_gather(struct draft *draft, size_t resource)
{
    if (draft->marks[resource] != draft->turn) {
        draft->marks[resource] = draft->turn;
        draft->gathered[draft->gathered_count++] = resource;
    }
}

static int index_order(const void *left, const void *right)
{
    size_t a = *(const size_t *)left;
    size_t b = *(const size_t *)right;

    return (a > b) - (a < b);
}

/* What is still marked of the gathered, ascending. */
static void sort_gathered(struct draft *draft)
{
    size_t kept = 0;
    bool sorted = true;

    for (size_t i = 0; i < draft->gathered_count; i++) {
        size_t resource = draft->gathered[i];
        if (draft->marks[resource] == draft->turn) {
            sorted = sorted && (kept == 0 || draft->gathered[kept - 1] < resource);
            draft->gathered[kept++] = resource;
        }
    }
    draft->gathered_count = kept;
    if (!sorted) {
        qsort(draft->gathered, kept, sizeof(size_t), index_order);
    }
}

size_t sla_take_pairs(struct draft *draft, struct diag_span span, size_t count)
{
    bool within = draft->pairs <= SLA_PAIRS_MAX;

    draft->pairs += count;
    if (draft->pairs <= SLA_PAIRS_MAX) {
        return count;
    }
    if (within) {
        struct diag *diag =
            diag_add(draft->diags, DIAG_ERROR, SLA_CODE_LIMIT, span,
                     "clauses speak of more than %d resources in all", SLA_PAIRS_MAX);
        diag_help(draft->diags, diag, "compile fewer documents at a time");
    }
    return 0;
}

struct draft_list sla_gather_take(struct draft *draft, struct diag_span span)
{
    struct draft_list list = { .resources = NULL };

    sort_gathered(draft);
    list.count = sla_take_pairs(draft, span, draft->gathered_count);
    size_t *resources = ARENA_NEW(draft->arena, size_t, list.count + 1);
    for (size_t i = 0; i < list.count; i++) {
        resources[i] = draft->gathered[i];
        list.planes |= SLA_BIT(draft->resources[resources[i]]->resource.plane);
    }
    list.resources = resources;
    return list;
}

struct draft_list sla_gather_share(struct draft *draft, struct draft_list list,
                                   struct diag_span span)
{
    list.count = sla_take_pairs(draft, span, list.count);
    return list;
}
