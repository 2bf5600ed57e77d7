#include "sla/conflict/conflict.h"
#include "sla/conflict/repair.h"
#include "sla/terms/domain.h"

/* "[tenant, private-dc]": who is named, with one more or one less. */
static struct slice party_list(struct arena *arena, const struct sla_parties *parties,
                               struct slice more, struct slice less)
{
    CLEANUP(buf_done) struct buf list = { 0 };
    size_t count = 0;

    buf_add_char(&list, '[');
    for (size_t i = 0; i < parties->count; i++) {
        if (!slice_eq(parties->items[i].name, less)) {
            buf_printf(&list, "%s%.*s", count++ > 0 ? ", " : "", SLICE_ARG(parties->items[i].name));
        }
    }
    if (more.len > 0) {
        buf_printf(&list, "%s%.*s", count++ > 0 ? ", " : "", SLICE_ARG(more));
    }
    buf_add_char(&list, ']');
    return arena_copy(arena, buf_slice(&list));
}

/* A choice of actions takes in one more, or one less where others remain. */
static void choose(struct sla_repairs *repairs, const struct sla_clause *clause, enum sla_act act,
                   const char *into)
{
    const struct sla_universe *universe = clause->term->of;
    struct slice action = slice_from(sla_act_name(act));
    CLEANUP(buf_done) struct buf list = { 0 };
    uint32_t element = 0;

    if (!sla_universe_find(universe, action, &element)) {
        return;
    }
    for (uint32_t i = 0; i < universe->count; i++) {
        if (sla_set_has(&clause->value.set, i) != (i == element)) {
            buf_printf(&list, "%s%s", list.len == 0 ? "[" : ", ", universe->names[i]);
        }
    }
    struct sla_repair *repair =
        list.len > 0 ? sla_repair_clause(repairs, clause, 1, universe->plural) : NULL;
    if (repair == NULL) {
        return;
    }
    buf_add_char(&list, ']');
    sla_repair_set(repairs, repair, clause, "value", arena_copy(repairs->arena, buf_slice(&list)));
    repair->title = arena_printf(repairs->arena, "take %.*s %s `%.*s` of %.*s", SLICE_ARG(action),
                                 into, SLICE_ARG(clause->ref.clause), SLICE_ARG(clause->ref.party));
}

/* `only` names one more; `deny` one less, when others remain. Exempting the resource instead would
 * give up more of the same clause, so that is left for a `deny` of one party. */
static void weaken_forbid(struct sla_repairs *repairs, const struct sla_clause *forbid)
{
    struct slice subject = repairs->conflict->certificate.subject;
    const struct sla_parties *parties = &forbid->subjects;
    bool only = forbid->op == SLA_OP_ONLY;
    struct slice none = { 0 };

    if (forbid->term->domain == &sla_domain_set) {
        choose(repairs, forbid, repairs->conflict->certificate.action, "into");
        return;
    }
    if (!only && parties->count < 2) {
        sla_repair_except(repairs, forbid);
        return;
    }
    struct sla_repair *repair = sla_repair_clause(repairs, forbid, 1, "parties");
    if (repair == NULL) {
        return;
    }
    sla_repair_set(repairs, repair, forbid, "value",
                   only ? party_list(repairs->arena, parties, subject, none)
                        : party_list(repairs->arena, parties, none, subject));
    repair->title =
        arena_printf(repairs->arena, "let `%.*s` do %s in `%.*s` of %.*s", SLICE_ARG(subject),
                     sla_act_name(repairs->conflict->certificate.action),
                     SLICE_ARG(forbid->ref.clause), SLICE_ARG(forbid->ref.party));
}

/* Without the subject, where others remain and it is named itself. */
static void leave_out(struct sla_repairs *repairs, const struct sla_clause *permit)
{
    struct slice subject = repairs->conflict->certificate.subject;
    struct slice none = { 0 };
    bool is_named = false;

    for (size_t i = 0; i < permit->subjects.count; i++) {
        is_named |= slice_eq(permit->subjects.items[i].name, subject);
    }
    struct sla_repair *repair = is_named && permit->subjects.count > 1
                                    ? sla_repair_clause(repairs, permit, 1, "parties")
                                    : NULL;
    if (repair == NULL) {
        return;
    }
    sla_repair_set(repairs, repair, permit, "value",
                   party_list(repairs->arena, &permit->subjects, none, subject));
    repair->title =
        arena_printf(repairs->arena, "take `%.*s` out of `%.*s` of %.*s", SLICE_ARG(subject),
                     SLICE_ARG(permit->ref.clause), SLICE_ARG(permit->ref.party));
}

/* A right to some actions without one of those that are to be apart. */
static void choose_less(struct sla_repairs *repairs, const struct sla_clause *right)
{
    const struct sla_certificate *certificate = &repairs->conflict->certificate;
    const enum sla_act apart[] = { certificate->action, certificate->other };

    for (size_t i = 0; i < COUNT_OF(apart); i++) {
        if ((right->acts >> apart[i] & 1U) != 0) {
            choose(repairs, right, apart[i], "out of");
        }
    }
}

/* One of the permits without the subject, the act or the resources, or the duty without these. */
void sla_repairs_of_duty(struct sla_repairs *repairs)
{
    for (size_t i = 0; i < repairs->conflict->clause_count; i++) {
        const struct sla_clause *clause = repairs->conflict->clauses[i];
        if (clause->term->domain == &sla_domain_set) {
            choose_less(repairs, clause);
        } else if (clause->op != SLA_OP_APART) {
            leave_out(repairs, clause);
        }
        sla_repair_except(repairs, clause);
    }
}

void sla_repairs_of_modality(struct sla_repairs *repairs)
{
    size_t forbid = sla_conflict_forbid(repairs->world, repairs->conflict);

    sla_repair_except(repairs, repairs->conflict->clauses[1 - forbid]);
    weaken_forbid(repairs, repairs->conflict->clauses[forbid]);
}
