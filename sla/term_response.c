#include "sla/domain.h"
#include "sla/quantity.h"

static const struct sla_term terms[] = {
    {
        .name = "respond.mttr",
        .domain = &sla_domain_amount,
        .of = &sla_quantity_duration,
        .chooser = SLA_BUILT,
        .becomes = SLA_BECOMES_OBJECTIVE,
        .objective = OBJECTIVE_RESPOND_MTTR,
        .ops = SLA_BIT(SLA_OP_AT_MOST),
        .planes = SLA_PLANES_ALL | SLA_PLANE_SERVICE,
        .stances = SLA_BIT(SLA_REQUIRES),
        .when = SLA_WHEN_SEVERITY,
        .doc = "Time from the detection of an incident on the targets until the response is in "
               "force, measured for every incident.",
        .value_doc = "a duration",
        .example = "term: respond.mttr, op: \"<=\", value: 30 s, when: {severity: \">= high\"}",
        .controls = { "nist:IR-4", "iso27001:A.5.26" },
    },
};

const struct sla_term_group sla_terms_response = { "Detection, response, audit", terms,
                                                   COUNT_OF(terms) };
