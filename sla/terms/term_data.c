#include "sla/code.h"
#include "sla/read/field_types.h"
#include "sla/terms/domain.h"
#include "sla/terms/quantity.h"

static const char *const disposal_method_names[] = { "delete", "overwrite", "crypto-erase",
                                                     "destroy" };
static const struct sla_words disposal_method = { disposal_method_names,
                                                  COUNT_OF(disposal_method_names) };

static const char *const some_purposes[] = { "billing", "quality", "research", "treatment" };
static const struct sla_naming purposes = {
    .what = "the name of a purpose",
    .expected = "expected the name of a purpose",
    .plural = "purposes",
    .diag_code = SLA_CODE_NAME,
    .is_well_formed = sla_is_name,
    .samples = some_purposes,
    .sample_count = COUNT_OF(some_purposes),
};

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
        .acts = UINT64_C(1) << SLA_ACT_DATA_DELETE, /* by itself, with `<=` */
        .emit = SLA_EMIT_STORE,
        .held = SLA_EMIT_STORE,
        .doc = "How long data is kept: at least with `>=`, at most with `<=`.",
        .value_doc = "a duration",
        .example = "term: retention, op: \">=\", value: 3650d",
        .called = { "data retention", "storage period" },
        .controls = { "nist:SI-12", "nist:CP-9", "ccm:DSP-16" },
    },
    {
        .name = "tiering",
        .domain = &sla_domain_tiering,
        .ops = SLA_BIT(SLA_OP_IS),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_BIT(PLANE_DATA),
        .chooser = SLA_OURS,
        .when = SLA_WHEN_CLASS,
        .becomes = SLA_BECOMES_DESIRED,
        .emit = SLA_EMIT_STORE,
        .held = SLA_EMIT_STORE,
        .doc = "The storage classes in which data may lie, by its age. What comes of an age is "
               "moved within a day.",
        .value_doc = "a list of steps: from which age on, in which classes",
        .example = "term: tiering, op: is, value: [{from: 0 s, classes: [hot]}, {from: 180d, "
                   "classes: [cool, cold]}]",
        .called = { "archiving", "lifecycle", "storage class" },
        .controls = { "nist:SI-12", "nist:SC-36", "ccm:DSP-16" },
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
        .called = { "data destruction", "deletion", "erasure", "wipe" },
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
        .called = { "deletion", "erasure" },
        .controls = { "nist:MP-6(1)", "nist:SI-12(3)", "ccm:DSP-02" },
    },
    {
        .name = "hold",
        .domain = &sla_domain_level,
        .of = &sla_flag_words,
        .ops = SLA_BIT(SLA_OP_IS),
        .stances = SLA_BIT(SLA_REQUIRES),
        .planes = SLA_BIT(PLANE_DATA),
        .chooser = SLA_RULE,
        .when = SLA_WHEN_CLASS,
        .extras = SLA_EXTRA_TIER,
        .acts = UINT64_C(1) << SLA_ACT_DATA_DELETE,
        .becomes = SLA_BECOMES_POLICY,
        .emit = SLA_EMIT_STORE,
        .doc = "Nothing is deleted, by nobody, and disposal stops. In a tier it comes before a "
               "`retention` with `<=`, else the two disagree.",
        .value_doc = "`yes` or `no`",
        .example = "term: hold, op: is, value: yes",
        .called = { "legal hold", "object lock", "worm" },
        .controls = { "nist:SI-12", "nist:AU-11", "ccm:DSP-16" },
    },
    {
        .name = "consent",
        .domain = &sla_domain_mentions,
        .of = &purposes,
        .ops = SLA_BIT(SLA_OP_NEEDED),
        .stances = SLA_BIT(SLA_REQUIRES),
        .planes = SLA_BIT(PLANE_DATA),
        .chooser = SLA_RULE,
        .when = SLA_WHEN_CLASS | SLA_WHEN_PURPOSE,
        .extras = SLA_EXTRA_ACTION | SLA_EXTRA_WITHIN | SLA_EXTRA_TIER,
        .needed = SLA_EXTRA_ACTION,
        .becomes = SLA_BECOMES_POLICY,
        .doc = "Purposes for which nobody does the act without consent. A revoked consent counts "
               "no longer `within` that time.",
        .value_doc = "a purpose or a list of them",
        .example = "term: consent, action: data.share, op: needed, value: research, within: 24h",
        .controls = { "nist:PT-4", "nist:PT-4(3)", "ccm:DSP-12" },
    },
};

const struct sla_term_group sla_terms_data = { "The life of data", terms, COUNT_OF(terms) };
