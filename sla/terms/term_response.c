#include "sla/code.h"
#include "sla/terms/domain.h"
#include "sla/terms/quantity.h"

enum { TECHNIQUE_LEN = 5, SUB_TECHNIQUE_LEN = 3 };

static bool is_technique(struct slice name)
{
    bool sub = name.len == TECHNIQUE_LEN + 1 + SUB_TECHNIQUE_LEN && name.ptr[TECHNIQUE_LEN] == '.';

    if ((name.len != TECHNIQUE_LEN && !sub) || name.ptr[0] != 'T') {
        return false;
    }
    for (size_t i = 1; i < name.len; i++) {
        if (i != TECHNIQUE_LEN && (name.ptr[i] < '0' || name.ptr[i] > '9')) {
            return false;
        }
    }
    return true;
}

static const char *const some_techniques[] = { "T1021", "T1078", "T1110", "T1110.003", "T1486" };
static const struct sla_naming techniques = {
    .what = "a technique of ATT&CK",
    .expected = "expected an id like `T1110` or `T1110.003`",
    .plural = "techniques",
    .diag_code = SLA_CODE_NAME,
    .is_well_formed = is_technique,
    .samples = some_techniques,
    .sample_count = COUNT_OF(some_techniques),
};

static const char *const service_names[] = { "backup",  "detector", "firewall", "keystore",
                                             "monitor", "proxy",    "scanner" };
static const struct sla_universe services = {
    .what = "a security service",
    .expected = "expected a service",
    .plural = "services",
    .diag_code = SLA_CODE_WORD,
    .count = COUNT_OF(service_names),
    .names = service_names,
};

/* Every act (sla/values/acts.h), and what happens around acts. */
static const char *const event_names[] = {
    "auth.failure",    "auth.login",       "compute.console", "compute.introspect",
    "compute.migrate", "compute.snapshot", "compute.suspend", "config.change",
    "data.delete",     "data.export",      "data.freeze",     "data.read",
    "data.scan",       "data.share",       "data.write",      "detection",
    "key.destroy",     "key.use",          "network.deny",    "network.isolate",
    "network.scan",
};
const struct sla_universe sla_audit_events = {
    .what = "an event that is audited",
    .expected = "expected an act or an event",
    .plural = "events",
    .diag_code = SLA_CODE_WORD,
    .count = COUNT_OF(event_names),
    .names = event_names,
};

static const char *const action_names[] = {
    "compute.snapshot", "compute.suspend", "data.freeze", "network.deny", "network.isolate",
};
static const struct sla_universe actions = {
    .what = "an action that Redan responds with",
    .expected = "expected the name of an action",
    .plural = "actions",
    .diag_code = SLA_CODE_WORD,
    .count = COUNT_OF(action_names),
    .names = action_names,
};

static const struct sla_term terms[] = {
    {
        .name = "detect.mttd",
        .domain = &sla_domain_amount,
        .of = &sla_quantity_duration,
        .ops = SLA_BIT(SLA_OP_AT_MOST),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_PLANES_ALL | SLA_PLANE_SERVICE,
        .chooser = SLA_BUILT,
        .when = SLA_WHEN_SEVERITY | SLA_WHEN_PHASE | SLA_WHEN_TIME | SLA_WHEN_CLASS,
        .becomes = SLA_BECOMES_CHECK,
        .doc = "Time from the first trace of an incident on the targets until it is detected.",
        .value_doc = "a duration",
        .example = "term: detect.mttd, op: \"<=\", value: 5 m, when: {severity: \">= high\"}",
        .called = { "detection", "time to detect" },
        .controls = { "nist:SI-4", "nist:IR-5(1)", "ccm:LOG-03" },
    },
    {
        .name = "detect.techniques",
        .domain = &sla_domain_mentions,
        .of = &techniques,
        .ops = SLA_BIT(SLA_OP_INCLUDES),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_PLANES_ALL,
        .chooser = SLA_THEIRS,
        .when = SLA_WHEN_PHASE,
        .becomes = SLA_BECOMES_DESIRED,
        .emit = SLA_EMIT_SIGMA,
        .doc = "Techniques of attackers that are detected on the targets.",
        .value_doc = "an id of ATT&CK or a list of them",
        .example = "term: detect.techniques, op: includes, value: [T1110, T1110.003]",
        .called = { "attack", "mitre", "threats" },
        .controls = { "nist:SI-4", "nist:RA-5", "ccm:LOG-03" },
    },
    {
        .name = "respond.mttr",
        .domain = &sla_domain_amount,
        .of = &sla_quantity_duration,
        .ops = SLA_BIT(SLA_OP_AT_MOST),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_PLANES_ALL | SLA_PLANE_SERVICE,
        .chooser = SLA_BUILT,
        .when = SLA_WHEN_SEVERITY | SLA_WHEN_PHASE | SLA_WHEN_TIME | SLA_WHEN_CLASS,
        .becomes = SLA_BECOMES_OBJECTIVE,
        .objective = OBJECTIVE_RESPOND_MTTR,
        .doc = "Time from the detection of an incident on the targets until the response is in "
               "force, measured for every incident.",
        .value_doc = "a duration",
        .example = "term: respond.mttr, op: \"<=\", value: 30 s, when: {severity: \">= high\"}",
        .called = { "reaction time", "response", "time to respond" },
        .controls = { "nist:IR-4", "nist:IR-4(1)", "ccm:SEF-05" },
    },
    {
        .name = "respond.contain",
        .domain = &sla_domain_amount,
        .of = &sla_quantity_duration,
        .ops = SLA_BIT(SLA_OP_AT_MOST),
        .stances = SLA_BIT(SLA_REQUIRES),
        .planes = SLA_PLANES_ALL | SLA_PLANE_SERVICE,
        .chooser = SLA_BUILT,
        .when = SLA_WHEN_SEVERITY | SLA_WHEN_PHASE | SLA_WHEN_TIME | SLA_WHEN_CLASS,
        .becomes = SLA_BECOMES_CHECK,
        .doc = "Time from the first trace of an incident on the targets until the response is in "
               "force: detection and response together.",
        .value_doc = "a duration",
        .example = "term: respond.contain, op: \"<=\", value: 5 m",
        .called = { "containment", "mttc", "time to contain" },
        .controls = { "nist:IR-4", "nist:IR-4(1)", "ccm:SEF-05" },
    },
    {
        .name = "respond.actions",
        .domain = &sla_domain_set,
        .of = &actions,
        .ops = SLA_BIT(SLA_OP_IN),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_RESERVES),
        .planes = SLA_PLANES_ALL,
        .chooser = SLA_RULE,
        .when = SLA_WHEN_SEVERITY | SLA_WHEN_PHASE | SLA_WHEN_TIME | SLA_WHEN_CLASS,
        .extras = SLA_EXTRA_TIER,
        .acts = (UINT64_C(1) << ACTION_KINDS) - 1,
        .becomes = SLA_BECOMES_POLICY,
        .doc = "Which actions may be used to respond on the targets: no plan uses another. A "
               "reserved right lets its own party use these.",
        .value_doc = "an action or a list of them, without arguments",
        .example = "term: respond.actions, op: in, value: [network.deny, compute.snapshot]",
        .called = { "countermeasures", "playbook", "response" },
        .controls = { "nist:IR-4(2)", "nist:SI-4(7)", "ccm:SEF-03" },
    },
    {
        .name = "security.services",
        .domain = &sla_domain_cover,
        .of = &services,
        .ops = SLA_BIT(SLA_OP_INCLUDES),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_PLANES_ALL,
        .chooser = SLA_BUILT,
        .becomes = SLA_BECOMES_DESIRED,
        .doc = "Security services that stand by the targets.",
        .value_doc = "a service or a list of them: `backup`, `detector`, `firewall`, `keystore`, "
                     "`monitor`, `proxy`, `scanner`",
        .example = "term: security.services, op: includes, value: [monitor, firewall]",
        .called = { "antivirus", "ids", "ips", "siem", "waf" },
        .controls = { "nist:SI-4", "nist:SI-3" },
    },
    {
        .name = "audit.events",
        .domain = &sla_domain_cover,
        .of = &sla_audit_events,
        .ops = SLA_BIT(SLA_OP_INCLUDES),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_PLANES_ALL,
        .chooser = SLA_BUILT,
        .when = SLA_WHEN_CLASS,
        .becomes = SLA_BECOMES_DESIRED,
        .emit = SLA_EMIT_SIGMA,
        .held = SLA_EMIT_SIGMA,
        .doc =
            "Events on the targets of which a record is kept: acts, and what happens around them.",
        .value_doc =
            "acts, `auth.login`, `auth.failure`, `config.change`, `detection`; one or a list",
        .example = "term: audit.events, op: includes, value: [auth.failure, data.delete]",
        .called = { "auditing", "logging", "logs" },
        .controls = { "nist:AU-2", "nist:AU-12", "ccm:LOG-07" },
    },
    {
        .name = "audit.retention",
        .domain = &sla_domain_amount,
        .of = &sla_quantity_duration,
        .ops = SLA_BIT(SLA_OP_AT_LEAST),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_PLANES_ALL,
        .chooser = SLA_BUILT,
        .when = SLA_WHEN_CLASS,
        .becomes = SLA_BECOMES_DESIRED,
        .emit = SLA_EMIT_STORE,
        .doc = "How long audit records are kept.",
        .value_doc = "a duration",
        .example = "term: audit.retention, op: \">=\", value: 365d",
        .called = { "log retention" },
        .controls = { "nist:AU-11", "nist:AU-4", "ccm:LOG-02" },
    },
    {
        .name = "audit.export",
        .domain = &sla_domain_mentions,
        .of = &sla_naming_parties,
        .ops = SLA_BIT(SLA_OP_INCLUDES),
        .stances = SLA_BIT(SLA_REQUIRES) | SLA_BIT(SLA_OFFERS),
        .planes = SLA_PLANES_ALL,
        .chooser = SLA_THEIRS,
        .when = SLA_WHEN_CLASS,
        .extras = SLA_EXTRA_WITHIN,
        .becomes = SLA_BECOMES_CHECK,
        .doc = "Who gets audit records.",
        .value_doc = "a party, a role or a list of them",
        .example = "term: audit.export, op: includes, value: [tenant]",
        .called = { "log export" },
        .controls = { "nist:AU-16(2)", "nist:AU-4(1)", "ccm:LOG-04" },
    },
};

const struct sla_term_group sla_terms_response = { "Detection, response, audit", terms,
                                                   COUNT_OF(terms) };
