#include "sla/terms/measure.h"

#include "base/parse.h"
#include "sla/draft.h"
#include "sla/terms/domain.h"
#include "sla/terms/quantity.h"
#include "sla/values/downtime.h"

const char *sla_measuring_name(enum sla_measuring how)
{
    static const char *const names[] = {
        [SLA_MEASURED_BY_SELF] = "self",
        [SLA_MEASURED_FROM_VANTAGE] = "vantage",
        [SLA_MEASURED_BY_PROVIDER] = "provider",
        [SLA_MEASURED_ATTESTED] = "attested",
    };

    return names[how];
}

const char *sla_knowledge_name(enum sla_knowledge knowledge)
{
    static const char *const names[] = { "claimed", "measured", "attested" };

    return names[knowledge];
}

enum sla_knowledge sla_measure_known(const struct sla_measurement *measure)
{
    static const enum sla_knowledge known[] = {
        [SLA_MEASURED_BY_SELF] = SLA_KNOWN_MEASURED,
        [SLA_MEASURED_FROM_VANTAGE] = SLA_KNOWN_MEASURED,
        [SLA_MEASURED_BY_PROVIDER] = SLA_KNOWN_CLAIMED,
        [SLA_MEASURED_ATTESTED] = SLA_KNOWN_ATTESTED,
    };

    return measure == NULL || measure->party.len == 0 ? SLA_KNOWN_CLAIMED : known[measure->how];
}

static unsigned strength_of(const struct sla_measurement *measure)
{
    static const unsigned strengths[] = {
        [SLA_MEASURED_BY_PROVIDER] = 1,
        [SLA_MEASURED_BY_SELF] = 2,
        [SLA_MEASURED_FROM_VANTAGE] = 3,
        [SLA_MEASURED_ATTESTED] = 4,
    };

    return measure == NULL || measure->party.len == 0 ? 0 : strengths[measure->how];
}

bool sla_measure_is_as_strong(const struct sla_measurement *own, const struct sla_measurement *base)
{
    return strength_of(own) >= strength_of(base);
}

bool sla_measure_is_as_often(const struct sla_measurement *own, const struct sla_measurement *base)
{
    int64_t own_ms = own != NULL ? own->every_ms : 0;

    return base == NULL || base->every_ms == 0 || (own_ms > 0 && own_ms <= base->every_ms);
}

/* How long a breach may last that is none yet; false: the term bounds no time. */
static bool bounded_ms(const struct sla_clause *clause, int64_t *out)
{
    const struct sla_term *term = clause->term;

    if (term->domain == &sla_domain_downtime) {
        *out = sla_downtime_allowed_ms(clause->value.range.least, clause->value.window_ms);
        return true;
    }
    *out = clause->value.range.most;
    return term->domain == &sla_domain_amount && term->of == &sla_quantity_duration &&
           clause->op == SLA_OP_AT_MOST;
}

static void warn_too_seldom(struct sla_reading *reading, const struct sla_clause *clause,
                            int64_t bound_ms)
{
    struct diag_list *diags = reading->draft->diags;
    const struct yaml_node *node = reading->nodes[CLAUSE_MEASURED_BY];
    char every[PARSE_TEXT_MAX];
    char half[PARSE_TEXT_MAX];
    char bound[PARSE_TEXT_MAX];

    format_duration_ms(clause->measured_by->every_ms, every);
    format_duration_ms(bound_ms / 2, half);
    format_duration_ms(bound_ms, bound);
    struct diag *diag =
        diag_add(diags, DIAG_WARNING, SLA_CODE_SELDOM, yaml_span(yaml_get(node, "every")),
                 "clause `%.*s` is measured too seldom to be seen", SLICE_ARG(clause->ref.clause));
    diag_label(diags, diag, "once in %s", every);
    diag_secondary(diags, diag, clause->value_span, "this is %s: more can end unseen", bound);
    if (bound_ms > 1) {
        diag_help(diags, diag, "measure every %s at least, or ask for less", half);
    } else {
        diag_help(diags, diag, "nothing can be measured so closely: ask for less");
    }
}

bool sla_check_measure(struct sla_reading *reading, const struct sla_clause *clause)
{
    const struct yaml_node *node = reading->nodes[CLAUSE_MEASURED_BY];
    int64_t bound_ms = 0;

    if (node == NULL) {
        return true;
    }
    if (clause->term->chooser == SLA_RULE) {
        struct diag *diag = diag_add(reading->draft->diags, DIAG_ERROR, SLA_CODE_MEMBER_OF_TERM,
                                     yaml_key_span(node), "`measuredBy` means nothing here");
        diag_label(reading->draft->diags, diag, "term `%s` is a rule", clause->term->name);
        diag_help(reading->draft->diags, diag, "rules are decided, not measured: take it out");
        return false;
    }
    if (reading->good && clause->measured_by != NULL && bounded_ms(clause, &bound_ms) &&
        clause->measured_by->every_ms > bound_ms / 2) {
        warn_too_seldom(reading, clause, bound_ms);
    }
    return true;
}
