#include "sla/domain.h"

static const struct sla_term terms[] = {
    {
        .name = "authority",
        .domain = &sla_domain_parties,
        .chooser = SLA_RULE,
        .becomes = SLA_BECOMES_POLICY,
        .ops = SLA_BIT(SLA_OP_ONLY) | SLA_BIT(SLA_OP_PERMIT) | SLA_BIT(SLA_OP_DENY) |
               SLA_BIT(SLA_OP_OBLIGE) | SLA_BIT(SLA_OP_PASS),
        .planes = SLA_PLANES_ALL,
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_RESERVES),
        .when = SLA_WHEN_SEVERITY | SLA_WHEN_PHASE | SLA_WHEN_CLASS | SLA_WHEN_PURPOSE,
        .extras = SLA_EXTRA_ACTION | SLA_EXTRA_TIER,
        .needed = SLA_EXTRA_ACTION,
        .doc = "Who may, may not or must do an action on the targets. `only` forbids it to all "
               "others, `pass` leaves it to the next tier; a reserved right is a `permit`. A role "
               "(`tenant`, `user`, `provider`, "
               "`operator`) means whoever has it towards the resource; a reserved right may leave "
               "the value out and then speaks of its own party.",
        .value_doc = "a party, a role or a list of them",
        .example = "term: authority, action: compute.suspend, op: only, value: tenant",
        .controls = { "nist:AC-3", "nist:AC-6(1)", "ccm:IAM-16" },
    },
    {
        .name = "flow",
        .domain = &sla_domain_flow,
        .chooser = SLA_RULE,
        .becomes = SLA_BECOMES_DESIRED,
        .emit = SLA_EMIT_NFT | SLA_EMIT_OVN,
        .ops = SLA_BIT(SLA_OP_PERMIT) | SLA_BIT(SLA_OP_DENY),
        .planes = SLA_BIT(PLANE_NETWORK),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS) | SLA_BIT(SLA_RESERVES),
        .when = SLA_WHEN_SEVERITY | SLA_WHEN_PHASE | SLA_WHEN_TIME,
        .doc = "Packets that may or may not reach the targets.",
        .value_doc = "a mapping: `from` (networks, groups or `any`) and `ports` (`11112/tcp`, "
                     "`5000-5010/udp`; all when left out)",
        .example = "term: flow, op: permit, value: {from: ward, ports: [11112/tcp]}",
        .controls = { "nist:SC-7", "nist:SC-7(5)", "nist:AC-4", "ccm:IVS-03" },
    },
};

const struct sla_term_group sla_terms_rule = { "Rules", terms, COUNT_OF(terms) };
