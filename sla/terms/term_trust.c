#include "sla/terms/domain.h"
#include "sla/terms/quantity.h"

static const char *const isolation_level_names[] = { "process", "container", "vm", "host", "site" };
static const struct sla_words isolation_level = { isolation_level_names,
                                                  COUNT_OF(isolation_level_names) };
static const char *const trust_level_names[] = { "unknown", "claimed", "audited", "attested" };
static const struct sla_words trust_level = { trust_level_names, COUNT_OF(trust_level_names) };
static const char *const trust_attestation_names[] = { "none", "boot", "runtime" };
static const struct sla_words trust_attestation = { trust_attestation_names,
                                                    COUNT_OF(trust_attestation_names) };

static const struct sla_term terms[] = {
    {
        .name = "isolation.level",
        .domain = &sla_domain_level,
        .of = &isolation_level,
        .ops = SLA_BIT(SLA_OP_AT_LEAST),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_PLANES_ALL,
        .chooser = SLA_THEIRS,
        .when = SLA_WHEN_PHASE | SLA_WHEN_CLASS,
        .becomes = SLA_BECOMES_CHECK,
        .doc = "What stands between the targets and others: a process, a container, a virtual "
               "machine, a host or a site of their own.",
        .value_doc =
            "one of `process`, `container`, `vm`, `host`, `site`; each asks for more than the one"
            " before",
        .example = "term: isolation.level, op: \">=\", value: vm",
        .called = { "sandbox", "virtualization" },
        .controls = { "nist:SC-39", "nist:SC-7(21)", "ccm:IVS-06" },
    },
    {
        .name = "isolation.neighbours",
        .domain = &sla_domain_names,
        .of = &sla_naming_parties,
        .ops = SLA_BIT(SLA_OP_ONLY) | SLA_BIT(SLA_OP_DENY),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_BIT(PLANE_COMPUTE),
        .chooser = SLA_THEIRS,
        .when = SLA_WHEN_PHASE | SLA_WHEN_CLASS,
        .becomes = SLA_BECOMES_CHECK,
        .doc =
            "Whose workloads may share a host with the targets. `deny` names those that may not.",
        .value_doc = "a party, a role or a list of them",
        .example = "term: isolation.neighbours, op: only, value: [tenant]",
        .called = { "tenancy", "neighbors", "co-tenants" },
        .controls = { "nist:SC-4", "nist:SC-7(21)", "ccm:IVS-06" },
    },
    {
        .name = "isolation.dedicated",
        .domain = &sla_domain_level,
        .of = &sla_flag_words,
        .ops = SLA_BIT(SLA_OP_IS),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_BIT(PLANE_COMPUTE) | SLA_BIT(PLANE_DATA),
        .chooser = SLA_THEIRS,
        .when = SLA_WHEN_PHASE,
        .becomes = SLA_BECOMES_CHECK,
        .doc = "Hardware that serves nobody else.",
        .value_doc = "`yes` or `no`",
        .example = "term: isolation.dedicated, op: is, value: yes",
        .called = { "dedicated hardware", "single tenant" },
        .controls = { "nist:SC-39(1)", "nist:SC-49", "ccm:IVS-06" },
    },
    {
        .name = "trust.level",
        .domain = &sla_domain_level,
        .of = &trust_level,
        .ops = SLA_BIT(SLA_OP_AT_LEAST),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_PLANES_ALL,
        .chooser = SLA_THEIRS,
        .when = SLA_WHEN_PHASE | SLA_WHEN_CLASS,
        .becomes = SLA_BECOMES_CHECK,
        .doc = "How what the targets stand on is known to be what it should be: it is said so, an "
               "auditor looked, the hardware attests it.",
        .value_doc =
            "one of `unknown`, `claimed`, `audited`, `attested`; each asks for more than the one "
            "before",
        .example = "term: trust.level, op: \">=\", value: audited",
        .called = { "assurance", "certification" },
        .controls = { "nist:SA-9(3)", "nist:SR-6", "ccm:STA-08" },
    },
    {
        .name = "trust.attestation",
        .domain = &sla_domain_level,
        .of = &trust_attestation,
        .ops = SLA_BIT(SLA_OP_AT_LEAST),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_BIT(PLANE_COMPUTE),
        .chooser = SLA_THEIRS,
        .when = SLA_WHEN_PHASE,
        .becomes = SLA_BECOMES_CHECK,
        .doc = "What the hardware attests: nothing, what was started, or what is running.",
        .value_doc = "one of `none`, `boot`, `runtime`; each asks for more than the one before",
        .example = "term: trust.attestation, op: \">=\", value: boot",
        .called = { "secure boot", "tpm" },
        .controls = { "nist:SI-7(9)", "nist:IA-3(4)" },
    },
    {
        .name = "trust.freshness",
        .domain = &sla_domain_amount,
        .of = &sla_quantity_duration,
        .ops = SLA_BIT(SLA_OP_AT_MOST),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_BIT(PLANE_COMPUTE),
        .chooser = SLA_THEIRS,
        .when = SLA_WHEN_PHASE,
        .becomes = SLA_BECOMES_CHECK,
        .doc = "Time since the last attestation.",
        .value_doc = "a duration",
        .example = "term: trust.freshness, op: \"<=\", value: 24h",
        .controls = { "nist:SI-7(1)", "nist:CA-7" },
    },
};

const struct sla_term_group sla_terms_trust = { "Isolation and trust", terms, COUNT_OF(terms) };
