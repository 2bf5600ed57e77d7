#include "sla/certificate/value.h"

#include "sla/terms/domain.h"

/* Shares nothing with the search but the data: values are read here from their meaning. */

/* --- sets ------------------------------------------------------------------------------------ */

static bool bit_of(const struct sla_set *set, uint32_t element)
{
    return element < SLA_SET_MAX &&
           ((set->bits[element >> 6] & (UINT64_C(1) << (element & 63U))) != 0);
}

/* Do all clauses but one (or none) allow the element? */
static bool all_allow(const struct sla_conflict *conflict, uint32_t element, size_t left_out)
{
    for (size_t i = 0; i < conflict->clause_count; i++) {
        if (i != left_out && !bit_of(&conflict->clauses[i]->value.set, element)) {
            return false;
        }
    }
    return true;
}

static bool is_one_term(const struct sla_conflict *conflict)
{
    const struct sla_term *term = conflict->clauses[0]->term;

    for (size_t i = 0; i < conflict->clause_count; i++) {
        if (conflict->clauses[i]->term != term) {
            return false;
        }
    }
    return term != NULL && term->domain == &sla_domain_set;
}

/* Every element lacks a clause's consent; and leaving a clause out, its element has them all. */
struct status sla_certificate_set(const struct sla_conflict *conflict)
{
    if (!is_one_term(conflict)) {
        return status_error(STATUS_INVALID, "the clauses are of different terms");
    }
    const struct sla_universe *universe = conflict->clauses[0]->term->of;
    for (uint32_t element = 0; element < universe->count; element++) {
        if (all_allow(conflict, element, SIZE_MAX)) {
            return status_error(STATUS_INVALID, "all clauses allow %s", universe->names[element]);
        }
    }
    for (size_t i = 0; i < conflict->clause_count; i++) {
        if (!all_allow(conflict, conflict->certificate.relaxed[i], i)) {
            return status_error(STATUS_INVALID, "clause `%.*s` can be left out",
                                SLICE_ARG(conflict->clauses[i]->ref.clause));
        }
    }
    return STATUS_SUCCESS;
}

/* --- what an offer leaves open --------------------------------------------------------------- */

static bool lists_name(const struct sla_name_set *set, struct slice name)
{
    for (size_t i = 0; i < set->count; i++) {
        if (slice_eq(set->names[i], name)) {
            return true;
        }
    }
    return false;
}

static bool lets_name(const struct sla_name_set *set, struct slice name)
{
    return lists_name(set, name) != set->all_but;
}

/* A name that one lets pass and the other does not: one of those written, or any other. */
static bool has_more_names(const struct sla_name_set *offer, const struct sla_name_set *wanted)
{
    for (size_t i = 0; i < offer->count; i++) {
        if (lets_name(offer, offer->names[i]) && !lets_name(wanted, offer->names[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < wanted->count; i++) {
        if (lets_name(offer, wanted->names[i]) && !lets_name(wanted, wanted->names[i])) {
            return true;
        }
    }
    return offer->all_but && !wanted->all_but;
}

static bool lacks_names(const struct sla_name_set *offer, const struct sla_name_set *wanted)
{
    for (size_t i = 0; i < wanted->count; i++) {
        if (!lists_name(offer, wanted->names[i])) {
            return true;
        }
    }
    return false;
}

/* Is there an element of the one set that the other has not? */
static bool has_more(const struct sla_set *set, const struct sla_set *other)
{
    for (uint32_t i = 0; i < SLA_SET_MAX; i++) {
        if (bit_of(set, i) && !bit_of(other, i)) {
            return true;
        }
    }
    return false;
}

/* Something that the offer lets happen breaks the requirement. */
static bool leaves_open(const struct sla_clause *offer, const struct sla_clause *wanted)
{
    const struct sla_domain *domain = wanted->term->domain;
    const struct sla_value *given = &offer->value;
    const struct sla_value *asked = &wanted->value;

    if (domain == &sla_domain_set) {
        return has_more(&given->set, &asked->set);
    }
    if (domain == &sla_domain_cover) {
        return has_more(&asked->set, &given->set);
    }
    if (domain == &sla_domain_names) {
        return has_more_names(&given->names, &asked->names);
    }
    if (domain == &sla_domain_mentions) {
        return lacks_names(&given->names, &asked->names) ||
               (asked->within_ms > 0 &&
                (given->within_ms == 0 || given->within_ms > asked->within_ms));
    }
    return given->range.least < asked->range.least || given->range.most > asked->range.most ||
           given->unit != asked->unit || given->window_ms != asked->window_ms ||
           given->share_ppb < asked->share_ppb;
}

struct status sla_certificate_shortfall(const struct sla_conflict *conflict)
{
    const struct sla_clause *requirement = conflict->clauses[0];
    const struct sla_clause *offer = conflict->clauses[1];

    if (conflict->clause_count != 2 || requirement->stance != SLA_REQUIRES ||
        offer->stance != SLA_OFFERS || offer->term != requirement->term) {
        return status_error(STATUS_INVALID, "not a requirement and an offer of one term");
    }
    if (!leaves_open(offer, requirement)) {
        return status_error(STATUS_INVALID, "what is offered is all that is required");
    }
    return STATUS_SUCCESS;
}

/* --- clashes of other domains than closed sets ----------------------------------------------- */

static bool all_let(const struct sla_conflict *conflict, struct slice name, size_t left_out)
{
    for (size_t i = 0; i < conflict->clause_count; i++) {
        if (i != left_out && !lets_name(&conflict->clauses[i]->value.names, name)) {
            return false;
        }
    }
    return true;
}

/* A name that is written in one of the clauses, or one that is in none (the empty one is not). */
static bool some_name_is_left(const struct sla_conflict *conflict, size_t left_out)
{
    for (size_t i = 0; i < conflict->clause_count; i++) {
        const struct sla_name_set *names = &conflict->clauses[i]->value.names;
        for (size_t j = 0; j < names->count; j++) {
            if (all_let(conflict, names->names[j], left_out)) {
                return true;
            }
        }
    }
    return all_let(conflict, (struct slice){ 0 }, left_out);
}

static bool some_amount_is_left(const struct sla_conflict *conflict, size_t left_out)
{
    struct sla_range left = { INT64_MIN, INT64_MAX };

    for (size_t i = 0; i < conflict->clause_count; i++) {
        const struct sla_range *range = &conflict->clauses[i]->value.range;
        if (i != left_out) {
            left.least = range->least > left.least ? range->least : left.least;
            left.most = range->most < left.most ? range->most : left.most;
        }
    }
    return left.least <= left.most;
}

/* What one clause says of data of an age: its last step that has begun, if any has. */
static bool lets_lie(const struct sla_clause *clause, unsigned class, int64_t age_ms)
{
    const struct sla_tiering *tiering = &clause->value.tiering;

    for (size_t i = tiering->count; i-- > 0;) {
        if (tiering->steps[i].from_ms <= age_ms) {
            return (tiering->steps[i].classes >> class & 1U) != 0;
        }
    }
    return true;
}

static bool all_let_lie(const struct sla_conflict *conflict, unsigned class, int64_t age_ms,
                        size_t left_out)
{
    for (size_t i = 0; i < conflict->clause_count; i++) {
        if (i != left_out && !lets_lie(conflict->clauses[i], class, age_ms)) {
            return false;
        }
    }
    return true;
}

/* At every age at which some step begins. */
static bool some_class_is_left(const struct sla_conflict *conflict, size_t left_out)
{
    for (size_t i = 0; i < conflict->clause_count; i++) {
        const struct sla_tiering *tiering = &conflict->clauses[i]->value.tiering;
        for (size_t j = 0; j < tiering->count; j++) {
            bool any = false;
            for (unsigned class = 0; class < sla_storage_words.count; class ++) {
                any |= all_let_lie(conflict, class, tiering->steps[j].from_ms, left_out);
            }
            if (!any) {
                return false;
            }
        }
    }
    return true;
}

typedef bool(is_left_fn)(const struct sla_conflict *conflict, size_t left_out);

static is_left_fn *is_left_in(const struct sla_domain *domain)
{
    if (domain == &sla_domain_names) {
        return some_name_is_left;
    }
    return domain == &sla_domain_tiering ? some_class_is_left : some_amount_is_left;
}

struct status sla_certificate_clash(const struct sla_conflict *conflict)
{
    is_left_fn *is_left = is_left_in(conflict->clauses[0]->term->domain);

    for (size_t i = 0; i < conflict->clause_count; i++) {
        if (conflict->clauses[i]->term != conflict->clauses[0]->term) {
            return status_error(STATUS_INVALID, "the clauses are of different terms");
        }
        if (!is_left(conflict, i)) {
            return status_error(STATUS_INVALID, "clause `%.*s` can be left out",
                                SLICE_ARG(conflict->clauses[i]->ref.clause));
        }
    }
    return is_left(conflict, SIZE_MAX) ? status_error(STATUS_INVALID, "something is left")
                                       : STATUS_SUCCESS;
}
