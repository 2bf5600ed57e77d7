#include "sla/domain.h"

static const struct sla_term terms[] = {
    {
        .name = "location",
        .domain = &sla_domain_set,
        .of = &sla_countries,
        .chooser = SLA_OURS,
        .becomes = SLA_BECOMES_CHECK,
        .emit = SLA_EMIT_STORE,
        .ops = SLA_BIT(SLA_OP_IN) | SLA_BIT(SLA_OP_NOT_IN),
        .planes = SLA_PLANES_ALL,
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .doc = "Countries in which the targets may be. An offer names the countries a party can "
               "place them in; the choice among these is the tenant's.",
        .value_doc = "a country code (ISO 3166-1 alpha-2) or a list of them",
        .example = "term: location, op: in, value: [PT, DE, FR]",
        .controls = { "nist:SA-9(5)", "iso27001:A.5.23" },
    },
};

const struct sla_term_group sla_terms_place = { "Place and law", terms, COUNT_OF(terms) };
