#include "sla/domain.h"
#include "sla/quantity.h"

static const char *const disposal_method_names[] = { "delete", "overwrite", "crypto-erase",
                                                     "destroy" };
static const struct sla_words disposal_method = { disposal_method_names,
                                                  COUNT_OF(disposal_method_names) };

static const struct sla_term terms[] = {
    {
        .name = "retention",
        .domain = &sla_domain_amount,
        .of = &sla_quantity_duration,
        .ops = SLA_BIT(SLA_OP_AT_LEAST) | SLA_BIT(SLA_OP_AT_MOST),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_BIT(PLANE_DATA),
        .chooser = SLA_BUILT,
        .when = SLA_WHEN_CLASS,
        .becomes = SLA_BECOMES_DESIRED,
        .emit = SLA_EMIT_STORE,
        .doc = "How long data is kept: at least with `>=`, at most with `<=`.",
        .value_doc = "a duration",
        .example = "term: retention, op: \">=\", value: 3650d",
        .controls = { "nist:SI-12", "nist:CP-9", "ccm:DSP-16" },
    },
    {
        .name = "disposal.method",
        .domain = &sla_domain_level,
        .of = &disposal_method,
        .ops = SLA_BIT(SLA_OP_AT_LEAST),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_BIT(PLANE_COMPUTE) | SLA_BIT(PLANE_DATA),
        .chooser = SLA_BUILT,
        .when = SLA_WHEN_CLASS,
        .becomes = SLA_BECOMES_DESIRED,
        .emit = SLA_EMIT_STORE,
        .doc = "How data ends: it is deleted, written over, its keys are destroyed, or its media "
               "are.",
        .value_doc =
            "one of `delete`, `overwrite`, `crypto-erase`, `destroy`; each asks for more than the"
            " one before",
        .example = "term: disposal.method, op: \">=\", value: crypto-erase",
        .controls = { "nist:MP-6", "nist:SI-12(3)", "ccm:DSP-02" },
    },
    {
        .name = "disposal.within",
        .domain = &sla_domain_amount,
        .of = &sla_quantity_duration,
        .ops = SLA_BIT(SLA_OP_AT_MOST),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_BIT(PLANE_COMPUTE) | SLA_BIT(PLANE_DATA),
        .chooser = SLA_BUILT,
        .when = SLA_WHEN_CLASS,
        .becomes = SLA_BECOMES_DESIRED,
        .emit = SLA_EMIT_STORE,
        .doc = "How soon after the end of its use data is gone.",
        .value_doc = "a duration",
        .example = "term: disposal.within, op: \"<=\", value: 30d",
        .controls = { "nist:MP-6(1)", "nist:SI-12(3)", "ccm:DSP-02" },
    },
};

const struct sla_term_group sla_terms_data = { "The life of data", terms, COUNT_OF(terms) };
