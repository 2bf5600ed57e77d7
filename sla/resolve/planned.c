#include "sla/resolve/planned.h"

#include "base/parse.h"
#include "sla/read/validity.h"
#include "sla/terms/domain.h"
#include "sla/values/guard_week.h"

static const int64_t MINUTE_MS = INT64_C(60) * 1000;

/* Of each resource the narrowest windows that the offer names for it. */
struct rooms {
    const struct sla_clause **narrowest; /* NULL: none, at any time */
};

static int64_t open_ms(const struct sla_clause *clause)
{
    const struct sla_week week = { .items = clause->value.windows.items,
                                   .count = clause->value.windows.count };

    return sla_week_length(&week) * MINUTE_MS;
}

static bool is_offer_of(const struct draft_clause *clause, const struct sla_domain *domain)
{
    return !clause->broken && clause->clause.term != NULL &&
           clause->clause.term->domain == domain && clause->clause.stance == SLA_OFFERS;
}

static bool gather(struct draft *draft, const struct draft_document *document, struct rooms *rooms)
{
    const struct sla_period ever = sla_period_ever();
    bool any = false;

    for (size_t i = 0; i < document->clause_count; i++) {
        const struct draft_clause *from = &document->clauses[i];
        if (!is_offer_of(from, &sla_domain_week) ||
            !sla_period_covers(&from->clause.valid, &ever)) {
            continue; /* on some days it does not bind: nothing is wrong for certain */
        }
        if (!any) {
            rooms->narrowest =
                ARENA_NEW(draft->arena, const struct sla_clause *, draft->resource_count + 1);
            any = true;
        }
        for (size_t j = 0; j < from->clause.resource_count; j++) {
            const struct sla_clause **room = &rooms->narrowest[from->clause.resources[j]];
            if (*room == NULL || open_ms(&from->clause) < open_ms(*room)) {
                *room = &from->clause;
            }
        }
    }
    return any;
}

/* The most that windows which come back every week are open in an interval: all of each whole week,
 * and what is left of it at the best place. */
static int64_t most_ms(const struct sla_clause *room, int64_t interval_ms)
{
    const int64_t week_ms = SLA_WEEK_MINUTES * MINUTE_MS;
    int64_t each_ms = open_ms(room);
    int64_t rest_ms = interval_ms % week_ms;

    return interval_ms / week_ms * each_ms + (rest_ms < each_ms ? rest_ms : each_ms);
}

static void report(struct draft *draft, const struct sla_clause *clause,
                   const struct sla_clause *room)
{
    const struct yaml_node *planned = yaml_get(clause->node, "planned");
    char most[PARSE_TEXT_MAX];
    char window[PARSE_TEXT_MAX];

    format_duration_ms(most_ms(room, clause->value.window_ms), most);
    format_duration_ms(clause->value.window_ms, window);
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_MEMBERS,
                                 planned != NULL ? yaml_span(planned) : clause->span,
                                 "planned work finds no room in the windows of `%.*s`",
                                 SLICE_ARG(room->ref.clause));
    diag_label(draft->diags, diag, "these are open for %s in %s at most", most, window);
    diag_secondary(draft->diags, diag, room->value_span, "the windows for planned work");
    diag_help(draft->diags, diag, "plan less, or offer more windows");
}

void sla_check_planned(struct draft *draft, const struct draft_document *document)
{
    struct rooms rooms = { .narrowest = NULL };

    if (document->document.kind != SLA_PROVIDER_OFFER || !gather(draft, document, &rooms)) {
        return;
    }
    for (size_t i = 0; i < document->clause_count; i++) {
        const struct sla_clause *clause = &document->clauses[i].clause;
        if (!is_offer_of(&document->clauses[i], &sla_domain_downtime)) {
            continue;
        }
        for (size_t j = 0; j < clause->resource_count; j++) {
            const struct sla_clause *room = rooms.narrowest[clause->resources[j]];
            if (room != NULL && clause->value.planned_ms > most_ms(room, clause->value.window_ms)) {
                report(draft, clause, room);
                break;
            }
        }
    }
}
