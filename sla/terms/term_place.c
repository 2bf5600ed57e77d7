#include "sla/code.h"
#include "sla/read/field_types.h"
#include "sla/terms/domain.h"

static const char *const some_segments[] = { "back", "front", "lab", "ward" };
static const struct sla_naming segments = {
    .what = "the name of a segment",
    .expected = "expected a name",
    .plural = "segments",
    .diag_code = SLA_CODE_NAME,
    .is_well_formed = sla_is_name,
    .samples = some_segments,
    .sample_count = COUNT_OF(some_segments),
};

static const struct sla_term terms[] = {
    {
        .name = "location",
        .domain = &sla_domain_set,
        .of = &sla_countries,
        .ops = SLA_BIT(SLA_OP_IN) | SLA_BIT(SLA_OP_NOT_IN),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_PLANES_ALL,
        .chooser = SLA_OURS,
        .when = SLA_WHEN_PHASE | SLA_WHEN_CLASS,
        .becomes = SLA_BECOMES_CHECK,
        .emit = SLA_EMIT_STORE,
        .doc = "Countries in which the targets may be. An offer names the countries a party can "
               "place them in; the choice among these is the tenant's.",
        .value_doc = "country codes (ISO 3166-1 alpha-2) and sets of countries, one or a list",
        .example = "term: location, op: in, value: [PT, DE, FR]",
        .called = { "country", "countries", "region", "residency", "data residency", "geography",
                    "place" },
        .controls = { "nist:SA-9(5)", "nist:CM-12", "ccm:DSP-19" },
    },
    {
        .name = "jurisdiction",
        .domain = &sla_domain_set,
        .of = &sla_countries,
        .ops = SLA_BIT(SLA_OP_IN) | SLA_BIT(SLA_OP_NOT_IN),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_PLANES_ALL,
        .chooser = SLA_THEIRS,
        .when = SLA_WHEN_PHASE | SLA_WHEN_CLASS,
        .becomes = SLA_BECOMES_CHECK,
        .doc = "Countries whose authorities can reach the targets or who runs them. An offer names "
               "those that can reach its party, wherever the targets stand.",
        .value_doc = "country codes (ISO 3166-1 alpha-2) and sets of countries, one or a list",
        .example = "term: jurisdiction, op: in, value: [PT, DE, FR]",
        .called = { "sovereignty", "law" },
        .controls = { "nist:SA-9(5)", "nist:SA-4", "ccm:GRC-07" },
    },
    {
        .name = "segment",
        .domain = &sla_domain_names,
        .of = &segments,
        .ops = SLA_BIT(SLA_OP_IN),
        .stances = SLA_BIT(SLA_REQUIRES),
        .planes = SLA_BIT(PLANE_NETWORK),
        .chooser = SLA_BUILT,
        .becomes = SLA_BECOMES_DESIRED,
        .emit = SLA_EMIT_OVN,
        .held = SLA_EMIT_OVN,
        .doc = "Network segments that the targets may be in. Redan places them.",
        .value_doc = "the name of a segment or a list of them",
        .example = "term: segment, op: in, value: [front, back]",
        .called = { "subnet", "vlan", "network" },
        .controls = { "nist:SC-7(22)", "nist:SC-32", "ccm:IVS-06" },
    },
};

const struct sla_term_group sla_terms_place = { "Place and law", terms, COUNT_OF(terms) };
