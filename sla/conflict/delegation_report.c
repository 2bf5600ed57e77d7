#include "sla/policy/delegation.h"

#include "sla/conflict/conflict.h"
#include "sla/policy/standing.h"
#include "sla/read/validity.h"
#include "sla/terms/party.h"
#include "sla/values/guard.h"

/* What one link of a chain must keep, and what is said when it does not. */

static const struct sla_clause *below(const struct sla_link *link)
{
    return &link->clause->clause;
}

static const struct sla_clause *above(const struct sla_link *link)
{
    return &link->clause->under->clause;
}

/* --- whom a clause permits -------------------------------------------------------------------- */

/* Towards each of the resources the role is that party's. */
static bool role_is(const struct sla_world *world, const struct sla_party_ref *role, uint32_t party,
                    const struct sla_clause *clause)
{
    const struct sla_parties one = { role, 1 };

    for (size_t i = 0; i < clause->resource_count; i++) {
        if (!sla_party_is_meant(world, &one, party, clause->resources[i])) {
            return false;
        }
    }
    return true;
}

/* Does one word of the clause above name the party of this one, on the resources of the clause
 * below? A party stands for its people and groups; none of them for it or for others of it. Who
 * writes is a party, and writes for its people. */
static bool names_party(const struct sla_link *link, const struct sla_party_ref *outer,
                        const struct sla_party_ref *inner, bool writes)
{
    if (slice_is(outer->name, SLA_ANYONE) || slice_eq(outer->name, inner->name)) {
        return true;
    }
    if (inner->by_role || slice_is(inner->name, SLA_ANYONE)) {
        return false;
    }
    struct slice party = sla_party_base_name(inner->name);
    if (outer->by_role) {
        return role_is(link->world, outer, sla_party_find(link->world, party), below(link));
    }
    return slice_eq(writes ? sla_party_base_name(outer->name) : outer->name, party);
}

static bool permits(const struct sla_link *link, const struct sla_party_ref *inner, bool writes)
{
    const struct sla_parties *parties = &above(link)->subjects;
    size_t at = 0;

    while (at < parties->count && !names_party(link, &parties->items[at], inner, writes)) {
        at++;
    }
    return at < parties->count;
}

/* --- conditions ------------------------------------------------------------------------------- */

/* Each says what fails, as a label; an empty one: nothing. */
typedef struct slice(fault_fn)(struct arena *arena, const struct sla_link *link);
static const struct slice nothing = { 0 };

static struct slice grants_nothing(struct arena *arena, const struct sla_link *link)
{
    const struct sla_clause *clause = above(link);
    bool grants = clause->reaction == NULL && clause->term != NULL &&
                  (clause->term->extras & SLA_EXTRA_DELEGATE) != 0 &&
                  clause->stance == SLA_REQUIRES &&
                  (clause->op == SLA_OP_PERMIT || clause->op == SLA_OP_ONLY);

    if (grants) {
        return nothing;
    }
    return arena_printf(arena, "`%.*s` permits nobody anything", SLICE_ARG(clause->ref.clause));
}

static struct slice is_too_deep(struct arena *arena, const struct sla_link *link)
{
    uint32_t links = 1;

    for (const struct sla_clause *at = above(link); at != NULL; at = at->under, links++) {
        if (at->delegate < links) {
            return at->delegate == 0
                       ? arena_printf(arena, "`%.*s` lets nobody grant it further",
                                      SLICE_ARG(at->ref.clause))
                       : arena_printf(arena, "`%.*s` lets %u links follow, this is one more",
                                      SLICE_ARG(at->ref.clause), at->delegate);
        }
    }
    return nothing;
}

static struct slice is_by_another(struct arena *arena, const struct sla_link *link)
{
    const struct sla_party_ref writer = { .name = below(link)->ref.party };

    if (slice_eq(writer.name, above(link)->ref.party) || permits(link, &writer, true)) {
        return nothing;
    }
    return arena_printf(arena, "`%.*s` is not among those that `%.*s` permits",
                        SLICE_ARG(writer.name), SLICE_ARG(above(link)->ref.clause));
}

static struct slice is_of_other_acts(struct arena *arena, const struct sla_link *link)
{
    if ((below(link)->acts & ~above(link)->acts) == 0) {
        return nothing;
    }
    return arena_printf(arena, "`%.*s` speaks of %s, not of %s", SLICE_ARG(above(link)->ref.clause),
                        sla_act_name(above(link)->action), sla_act_name(below(link)->action));
}

static struct slice is_of_more_resources(struct arena *arena, const struct sla_link *link)
{
    const struct sla_clause *clause = below(link);

    for (size_t i = 0; i < clause->resource_count; i++) {
        if (!sla_clause_covers(above(link), clause->resources[i])) {
            return arena_printf(
                arena, "`%.*s` does not speak of %.*s", SLICE_ARG(above(link)->ref.clause),
                SLICE_ARG(sla_resource_text(arena, link->world, clause->resources[i])));
        }
    }
    return nothing;
}

static struct slice is_for_others(struct arena *arena, const struct sla_link *link)
{
    const struct sla_parties *parties = &below(link)->subjects;

    for (size_t i = 0; i < parties->count; i++) {
        if (!permits(link, &parties->items[i], false)) {
            return arena_printf(arena, "`%.*s` permits nobody of `%.*s`",
                                SLICE_ARG(above(link)->ref.clause),
                                SLICE_ARG(parties->items[i].name));
        }
    }
    return nothing;
}

static struct slice is_at_other_times(struct arena *arena, const struct sla_link *link)
{
    if (sla_guards_covers(link->world->guards, above(link)->guard, below(link)->guard)) {
        return nothing;
    }
    return arena_printf(arena, "`%.*s` speaks only when {%.*s}", SLICE_ARG(above(link)->ref.clause),
                        SLICE_ARG(above(link)->conditions));
}

static struct slice is_on_other_days(struct arena *arena, const struct sla_link *link)
{
    CLEANUP(buf_done) struct buf period = { 0 };

    if (sla_period_covers(&above(link)->valid, &below(link)->valid)) {
        return nothing;
    }
    sla_period_format(&above(link)->valid, &period);
    return arena_printf(arena, "`%.*s` is in force only %.*s", SLICE_ARG(above(link)->ref.clause),
                        SLICE_ARG(buf_slice(&period)));
}

/* Asked where the chain ends; further down the resources are fewer. */
static struct slice is_without_standing(struct arena *arena, const struct sla_link *link)
{
    const struct sla_clause *root = above(link);
    const struct sla_clause *clause = below(link);

    for (size_t i = 0; i < clause->resource_count && root->granted_by.len == 0; i++) {
        const struct sla_standing standing = sla_standing_of(link->world, clause->resources[i]);
        if (sla_standing_place(link->world, &standing, root) == SLA_STANDING_MAX) {
            return arena_printf(
                arena, "`%.*s` of `%.*s`, who has no say over %.*s", SLICE_ARG(root->ref.clause),
                SLICE_ARG(root->ref.party),
                SLICE_ARG(sla_resource_text(arena, link->world, clause->resources[i])));
        }
    }
    return nothing;
}

static const struct condition {
    fault_fn *fault;
    const char *help;
} conditions[] = {
    { grants_nothing, "name a `permit` or `only` of `authority` or `authorization`" },
    { is_without_standing, "begin at a clause of the party of the U-Cloud or of the resource's "
                           "owner; at layer L0, of its provider" },
    { is_too_deep, "write there, in `delegate`, how many links may follow" },
    { is_by_another, "whoever a clause permits may grant under it, and who wrote it" },
    { is_of_other_acts, "grant the act that was granted" },
    { is_of_more_resources, "name fewer resources, or leave some out with `except`" },
    { is_for_others, "name only those, and people and groups of theirs" },
    { is_on_other_days, "give `valid` no more days" },
    { is_at_other_times, "repeat the conditions in `when`" },
};

uint8_t sla_link_fault(const struct sla_link *link)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    uint8_t fault = 0;

    for (uint8_t i = 0; i < COUNT_OF(conditions) && fault == 0; i++) {
        fault = conditions[i].fault(&scratch, link).len > 0 ? (uint8_t)(i + 1) : 0;
    }
    return fault;
}

void sla_link_report(struct draft *draft, const struct sla_link *link)
{
    const struct condition *condition = &conditions[link->clause->fault - 1];
    struct slice label = condition->fault(draft->arena, link);
    struct diag *diag =
        diag_add(draft->diags, DIAG_ERROR, SLA_CODE_NOT_REACHED,
                 yaml_span(yaml_get(below(link)->node, "under")),
                 "clause `%.*s` is granted by nobody who may", SLICE_ARG(below(link)->ref.clause));

    diag_label(draft->diags, diag, "%.*s", SLICE_ARG(label));
    diag_secondary(draft->diags, diag, above(link)->span, "what it rests on");
    diag_help(draft->diags, diag, "%s", condition->help);
}
