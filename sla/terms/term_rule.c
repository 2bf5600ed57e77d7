#include "sla/code.h"
#include "sla/terms/domain.h"

static const char *const act_names[] = {
    "compute.console", "compute.introspect",
    "compute.migrate", "compute.snapshot",
    "compute.suspend", "data.delete",
    "data.export",     "data.freeze",
    "data.read",       "data.scan",
    "data.share",      "data.write",
    "key.destroy",     "key.use",
    "network.deny",    "network.isolate",
    "network.scan",
};
static const struct sla_universe acts = {
    .what = "an act",
    .expected = "expected the name of an act",
    .plural = "acts",
    .diag_code = SLA_CODE_WORD,
    .count = COUNT_OF(act_names),
    .names = act_names,
};

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
        .when = SLA_WHEN_ALL,
        .extras = SLA_EXTRA_ACTION | SLA_EXTRA_NOTICE | SLA_EXTRA_DELEGATE | SLA_EXTRA_UNDER |
                  SLA_EXTRA_TIER,
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
        .name = "introspection",
        .domain = &sla_domain_parties,
        .chooser = SLA_RULE,
        .becomes = SLA_BECOMES_POLICY,
        .acts = UINT64_C(1) << SLA_ACT_COMPUTE_INTROSPECT,
        .ops = SLA_BIT(SLA_OP_ONLY) | SLA_BIT(SLA_OP_PERMIT) | SLA_BIT(SLA_OP_DENY) |
               SLA_BIT(SLA_OP_PASS),
        .planes = SLA_BIT(PLANE_COMPUTE),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_RESERVES),
        .when = SLA_WHEN_ALL,
        .extras = SLA_EXTRA_NOTICE | SLA_EXTRA_TIER,
        .doc = "Who may look into machines from outside: `authority` over `compute.introspect`.",
        .value_doc = "a party, a role, `anyone` or a list of them",
        .example = "term: introspection, op: only, value: tenant",
        .called = { "vmi" },
        .controls = { "nist:AC-6(1)", "nist:SI-4", "ccm:IAM-11" },
    },
    {
        .name = "scanning",
        .domain = &sla_domain_parties,
        .chooser = SLA_RULE,
        .becomes = SLA_BECOMES_POLICY,
        .acts = UINT64_C(1) << SLA_ACT_DATA_SCAN | UINT64_C(1) << SLA_ACT_NETWORK_SCAN,
        .ops = SLA_BIT(SLA_OP_ONLY) | SLA_BIT(SLA_OP_PERMIT) | SLA_BIT(SLA_OP_DENY) |
               SLA_BIT(SLA_OP_PASS),
        .planes = SLA_BIT(PLANE_DATA) | SLA_BIT(PLANE_NETWORK),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_RESERVES),
        .when = SLA_WHEN_ALL,
        .extras = SLA_EXTRA_NOTICE | SLA_EXTRA_TIER,
        .doc = "Who may search data or probe hosts: `authority` over `data.scan` and "
               "`network.scan`.",
        .value_doc = "a party, a role, `anyone` or a list of them",
        .example = "term: scanning, op: deny, value: anyone",
        .called = { "dlp", "vulnerability scan" },
        .controls = { "nist:SI-3", "nist:AC-4(8)" },
    },
    {
        .name = "authorization",
        .domain = &sla_domain_parties,
        .of = &sla_with_members,
        .chooser = SLA_RULE,
        .becomes = SLA_BECOMES_POLICY,
        .ops = SLA_BIT(SLA_OP_ONLY) | SLA_BIT(SLA_OP_PERMIT) | SLA_BIT(SLA_OP_DENY) |
               SLA_BIT(SLA_OP_PASS),
        .planes = SLA_PLANES_ALL,
        .stances = SLA_BIT(SLA_REQUIRES),
        .when = SLA_WHEN_ALL,
        .extras = SLA_EXTRA_ACTION | SLA_EXTRA_DELEGATE | SLA_EXTRA_UNDER | SLA_EXTRA_TIER,
        .needed = SLA_EXTRA_ACTION,
        .doc = "Which people, groups and parties may do an act that Redan does not execute itself. "
               "Whoever asks is decided about by these rules in their order.",
        .value_doc = "`anyone`, a role, a party, `user/ana`, `group/lab`, of another party "
                     "`hospital-b/user/ana`, or a list of them",
        .example = "term: authorization, action: compute.console, op: permit, value: group/admins",
        .called = { "access", "access control", "acl", "permissions", "rbac" },
        .controls = { "nist:AC-3(7)", "nist:AC-3(13)", "nist:PT-3", "ccm:IAM-16" },
    },
    {
        .name = "duty",
        .domain = &sla_domain_cover,
        .of = &acts,
        .chooser = SLA_RULE,
        .becomes = SLA_BECOMES_POLICY,
        .ops = SLA_BIT(SLA_OP_APART),
        .planes = SLA_PLANES_ALL,
        .stances = SLA_BIT(SLA_REQUIRES),
        .when = SLA_WHEN_PHASE | SLA_WHEN_TIME | SLA_WHEN_CLASS,
        .extras = SLA_EXTRA_PER | SLA_EXTRA_TIER,
        .needed = SLA_EXTRA_PER,
        .pers = SLA_BIT(SLA_PER_RESOURCE) | SLA_BIT(SLA_PER_SUBJECT),
        .doc =
            "Acts that stay in different hands. `per: resource`: nobody who did one of them on a "
            "resource does another there; who asks must tell what was done, without it is "
            "forbidden. `per: subject`: nobody is permitted two of them on one resource, which "
            "is found when documents are compiled (RDN0505).",
        .value_doc = "two acts or more",
        .example = "term: duty, op: apart, value: [data.delete, data.export], per: resource",
        .called = { "four eyes", "segregation of duties", "separation of duties", "sod" },
        .controls = { "nist:AC-5", "nist:AC-3(2)", "ccm:IAM-04" },
    },
    {
        .name = "flow",
        .domain = &sla_domain_flow,
        .chooser = SLA_RULE,
        .becomes = SLA_BECOMES_DESIRED,
        .emit = SLA_EMIT_NFT | SLA_EMIT_OVN,
        .held = SLA_EMIT_NFT | SLA_EMIT_OVN,
        .ops = SLA_BIT(SLA_OP_PERMIT) | SLA_BIT(SLA_OP_DENY),
        .planes = SLA_BIT(PLANE_NETWORK),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS) | SLA_BIT(SLA_RESERVES),
        .when = SLA_WHEN_SEVERITY | SLA_WHEN_PHASE | SLA_WHEN_TIME,
        .doc = "Packets that may or may not reach the targets, or leave them.",
        .value_doc = "a mapping: `from` or `to` (networks, sets, `target/ID` or `any`) and `ports` "
                     "(`11112/tcp`, `5000-5010/udp`; all when left out)",
        .example = "term: flow, op: permit, value: {from: ward, ports: [11112/tcp]}",
        .called = { "connection", "firewall", "ports", "traffic" },
        .controls = { "nist:SC-7", "nist:SC-7(5)", "nist:AC-4", "ccm:IVS-03" },
    },
    {
        .name = "rate",
        .domain = &sla_domain_counted,
        .of = &sla_counting_events,
        .chooser = SLA_BUILT,
        .becomes = SLA_BECOMES_DESIRED,
        .emit = SLA_EMIT_NFT,
        .held = SLA_EMIT_NFT,
        .ops = SLA_BIT(SLA_OP_AT_MOST),
        .planes = SLA_PLANES_ALL,
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .when = SLA_WHEN_SEVERITY | SLA_WHEN_PHASE | SLA_WHEN_TIME,
        .extras = SLA_EXTRA_PER,
        .needed = SLA_EXTRA_PER,
        .pers = SLA_BIT(SLA_PER_RESOURCE) | SLA_BIT(SLA_PER_SOURCE) | SLA_BIT(SLA_PER_SUBJECT),
        .doc = "How many requests there may be in any time of that length. On the network they are "
               "connections that begin towards a host.",
        .value_doc = "so many in so long: `100/s`, `5000/10m`",
        .example = "term: rate, op: \"<=\", value: 100/s, per: source",
        .called = { "rate limit", "throttling" },
        .controls = { "nist:SC-5", "nist:SC-5(1)" },
    },
};

const struct sla_term_group sla_terms_rule = { "Rules", terms, COUNT_OF(terms) };
