#include "sla/domain.h"

static const struct sla_term terms[] = {
    {
        .name = "availability",
        .domain = &sla_domain_downtime,
        .chooser = SLA_BUDGET,
        .becomes = SLA_BECOMES_OBJECTIVE,
        .objective = OBJECTIVE_AVAILABILITY,
        .ops = SLA_BIT(SLA_OP_AT_LEAST),
        .planes = SLA_PLANES_ALL | SLA_PLANE_SERVICE,
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .extras = SLA_EXTRA_WINDOW | SLA_EXTRA_PLANNED,
        .needed = SLA_EXTRA_WINDOW,
        .doc =
            "Share of every window in which the targets serve. Down time is counted in "
            "milliseconds: a requirement allows the part of the window it leaves over, an offer "
            "may spend its part and its planned work. Nothing measures down time yet: offers are "
            "held against requirements, no more.",
        .value_doc = "a percentage with at most seven decimals",
        .example = "term: availability, op: \">=\", value: 99.99 %, window: 30d",
        .controls = { "nist:CP-10", "iso27001:A.8.14" },
    },
};

const struct sla_term_group sla_terms_amount = { "Availability, recovery, amounts", terms,
                                                 COUNT_OF(terms) };
