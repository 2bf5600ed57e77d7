#include "sla/term.h"

enum {
    ALL_PLANES = SLA_BIT(PLANE_COMPUTE) | SLA_BIT(PLANE_DATA) | SLA_BIT(PLANE_NETWORK),
    REQUIRES = SLA_BIT(SLA_REQUIRES),
    OFFERS = SLA_BIT(SLA_OFFERS),
    RESERVES = SLA_BIT(SLA_RESERVES)
};

static const struct sla_term terms[] = {
    {
        .name = "location",
        .domain = SLA_DOMAIN_SET,
        .universe = &sla_countries,
        .decision = SLA_DECIDE_MEET,
        .effect = SLA_EFFECT_CHECK,
        .ops = SLA_BIT(SLA_OP_IN) | SLA_BIT(SLA_OP_NOT_IN),
        .planes = ALL_PLANES,
        .stances = REQUIRES | OFFERS,
        .doc = "Countries in which the targets may be. An offer names the countries a party can "
               "place them in; the choice among these is the tenant's.",
        .value_doc = "a country code (ISO 3166-1 alpha-2) or a list of them",
        .example = "term: location, op: in, value: [PT, DE, FR]",
        .controls = { "nist:SA-9(5)", "iso27001:A.5.23" },
    },
    {
        .name = "availability",
        .domain = SLA_DOMAIN_SHARE,
        .decision = SLA_DECIDE_BUDGET,
        .effect = SLA_EFFECT_OBJECTIVE,
        .objective = OBJECTIVE_AVAILABILITY,
        .ops = SLA_BIT(SLA_OP_AT_LEAST),
        .planes = ALL_PLANES,
        .stances = REQUIRES | OFFERS,
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
    {
        .name = "flow",
        .domain = SLA_DOMAIN_FLOW,
        .decision = SLA_DECIDE_NOTHING,
        .effect = SLA_EFFECT_RECORD,
        .ops = SLA_BIT(SLA_OP_PERMIT) | SLA_BIT(SLA_OP_DENY),
        .planes = SLA_BIT(PLANE_NETWORK),
        .stances = REQUIRES | OFFERS | RESERVES,
        .doc = "Packets that may or may not reach the targets.",
        .value_doc = "a mapping: `from` (networks, groups or `any`) and `ports` (`11112/tcp`, "
                     "`5000-5010/udp`; all when left out)",
        .example = "term: flow, op: permit, value: {from: ward, ports: [11112/tcp]}",
        .controls = { "nist:SC-7", "iso27001:A.8.22" },
    },
    {
        .name = "respond.mttr",
        .domain = SLA_DOMAIN_DURATION,
        .decision = SLA_DECIDE_NOTHING,
        .effect = SLA_EFFECT_OBJECTIVE,
        .objective = OBJECTIVE_RESPOND_MTTR,
        .ops = SLA_BIT(SLA_OP_AT_MOST),
        .planes = ALL_PLANES,
        .stances = REQUIRES,
        .extras = SLA_EXTRA_SEVERITY,
        .doc = "Time from the detection of an incident on the targets until the response is in "
               "force, measured for every incident.",
        .value_doc = "a duration",
        .example = "term: respond.mttr, op: \"<=\", value: 30 s, when: {severity: \">= high\"}",
        .controls = { "nist:IR-4", "iso27001:A.5.26" },
    },
    {
        .name = "authority",
        .domain = SLA_DOMAIN_PARTIES,
        .decision = SLA_DECIDE_MODALITY,
        .effect = SLA_EFFECT_POLICY,
        .ops = SLA_BIT(SLA_OP_ONLY) | SLA_BIT(SLA_OP_PERMIT) | SLA_BIT(SLA_OP_DENY) |
               SLA_BIT(SLA_OP_OBLIGE),
        .planes = ALL_PLANES,
        .stances = REQUIRES | RESERVES,
        .extras = SLA_EXTRA_ACTION,
        .needed = SLA_EXTRA_ACTION,
        .doc = "Who may, may not or must do an action on the targets. `only` forbids it to all "
               "others; a reserved right is a `permit`. A role (`tenant`, `user`, `provider`, "
               "`operator`) means whoever has it towards the resource; a reserved right may leave "
               "the value out and then speaks of its own party.",
        .value_doc = "a party, a role or a list of them",
        .example = "term: authority, action: compute.suspend, op: only, value: tenant",
        .controls = { "nist:AC-3", "iso27001:A.5.15" },
    },
};

const struct sla_term *sla_terms(size_t *out_count)
{
    *out_count = COUNT_OF(terms);
    return terms;
}

const struct sla_term *sla_term_find(struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(terms); i++) {
        if (slice_is(name, terms[i].name)) {
            return &terms[i];
        }
    }
    return NULL;
}

static const char *const op_names[SLA_OPS] = {
    [SLA_OP_IN] = "in",      [SLA_OP_NOT_IN] = "not in", [SLA_OP_AT_LEAST] = ">=",
    [SLA_OP_AT_MOST] = "<=", [SLA_OP_PERMIT] = "permit", [SLA_OP_DENY] = "deny",
    [SLA_OP_ONLY] = "only",  [SLA_OP_OBLIGE] = "oblige",
};
static const char *const stance_names[SLA_STANCES] = { "requires", "offers", "reserves" };
static const char *const strength_names[SLA_STRENGTHS] = { "must", "should" };

static bool find_name(const char *const *names, size_t count, struct slice text, size_t *out)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_is(text, names[i])) {
            *out = i;
            return true;
        }
    }
    return false;
}

const char *sla_op_name(enum sla_op op)
{
    return op_names[op];
}

bool sla_op_parse(struct slice text, enum sla_op *out)
{
    size_t found = 0;

    if (!find_name(op_names, SLA_OPS, text, &found)) {
        return false;
    }
    *out = (enum sla_op)found;
    return true;
}

const char *sla_stance_name(enum sla_stance stance)
{
    return stance_names[stance];
}

bool sla_stance_parse(struct slice text, enum sla_stance *out)
{
    size_t found = 0;

    if (!find_name(stance_names, SLA_STANCES, text, &found)) {
        return false;
    }
    *out = (enum sla_stance)found;
    return true;
}

const char *sla_strength_name(enum sla_strength strength)
{
    return strength_names[strength];
}

bool sla_strength_parse(struct slice text, enum sla_strength *out)
{
    size_t found = 0;

    if (!find_name(strength_names, SLA_STRENGTHS, text, &found)) {
        return false;
    }
    *out = (enum sla_strength)found;
    return true;
}
