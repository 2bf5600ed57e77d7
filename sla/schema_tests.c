#include "sla/schema.h"

#include "sla/check.h"

static const struct sla_field test_fields[] = {
    [TEST_NAME] = { .key = "name",
                    .type = SLA_TYPE_TEXT,
                    .required = true,
                    .offset = offsetof(struct draft_test, test.name),
                    .what = "the name of a test",
                    .doc = "What is expected, in words.",
                    .example = "the scanner stays out" },
    [TEST_FLOW] = { .key = "flow",
                    .type = SLA_TYPE_RECORD,
                    .offset = offsetof(struct draft_test, test.flow),
                    .of.record = &sla_record_test_flow,
                    .doc = "Packets that somebody sends. Either this or `when`.",
                    .example = "{from: 10.9.0.5, to: imaging/app-1, port: 22/tcp}" },
    [TEST_WHEN] = { .key = "when",
                    .type = SLA_TYPE_RECORD,
                    .offset = offsetof(struct draft_test, test.when),
                    .of.record = &sla_record_test_when,
                    .doc = "A rule of detection that fires. Either this or `flow`.",
                    .example = "{rule: ssh-bruteforce, on: imaging/app-1}" },
    [TEST_EXPECT] = { .key = "expect",
                      .type = SLA_TYPE_EXPECT,
                      .required = true,
                      .offset = offsetof(struct draft_test, expect),
                      .of.record = &sla_record_test_expect,
                      .doc = "Of a flow `permit`, `deny`, `none` (no clause speaks of it) or "
                             "`conflict`; of a rule `none`, or what may be done.",
                      .example = "deny" },
};
const struct sla_record sla_record_test = SLA_RECORD(
    test_fields, struct draft_test, sla_check_test, "a test", "sla.spec.tests",
    "What must come out of these documents. Tests run whenever they are compiled; one that fails "
    "is an error, and keeps them from being put in force.");

static const struct sla_field flow_fields[] = {
    [TEST_FLOW_FROM] = { .key = "from",
                         .type = SLA_TYPE_ADDRESS,
                         .required = true,
                         .offset = offsetof(struct sla_test_flow, from),
                         .doc = "Who sends: a host or a network.",
                         .example = "10.9.0.5" },
    [TEST_FLOW_TO] = { .key = "to",
                       .type = SLA_TYPE_TEXT,
                       .required = true,
                       .offset = offsetof(struct sla_test_flow, to),
                       .doc = "A resource: `ucloud/resource`.",
                       .example = "imaging/app-1" },
    [TEST_FLOW_PORT] = { .key = "port",
                         .type = SLA_TYPE_PORTS,
                         .required = true,
                         .offset = offsetof(struct sla_test_flow, ports),
                         .count = offsetof(struct sla_test_flow, port_count),
                         .doc = "Of the receiving side: `22/tcp`.",
                         .example = "22/tcp" },
};
const struct sla_record sla_record_test_flow =
    SLA_RECORD(flow_fields, struct sla_test_flow, sla_check_test_flow, "the flow of a test",
               "sla.spec.tests.flow", "Packets from somewhere to one resource.");

static const struct sla_field when_fields[] = {
    [TEST_WHEN_RULE] = { .key = "rule",
                         .type = SLA_TYPE_NAME,
                         .required = true,
                         .offset = offsetof(struct sla_test_when, rule),
                         .what = "the name of a rule",
                         .doc = "Name of a detection rule.",
                         .example = "ssh-bruteforce" },
    [TEST_WHEN_ON] = { .key = "on",
                       .type = SLA_TYPE_TEXT,
                       .required = true,
                       .offset = offsetof(struct sla_test_when, on),
                       .doc = "The resource it is about: `ucloud/resource`.",
                       .example = "imaging/app-1" },
};
const struct sla_record sla_record_test_when =
    SLA_RECORD(when_fields, struct sla_test_when, sla_check_test_when, "the event of a test",
               "sla.spec.tests.when", "A rule fires on a resource.");

static const struct sla_field expect_fields[] = {
    [TEST_EXPECT_RESPOND] = { .key = "respond",
                              .type = SLA_TYPE_ACT,
                              .required = true,
                              .offset = offsetof(struct sla_test_response, respond),
                              .doc = "What some reaction must permit.",
                              .example = "network.deny" },
    [TEST_EXPECT_WITHIN] = { .key = "within",
                             .type = SLA_TYPE_DURATION,
                             .offset = offsetof(struct sla_test_response, within_ms),
                             .of.least_ms = 1,
                             .what = "the deadline",
                             .doc = "And how soon, at the latest.",
                             .example = "10 s" },
};
const struct sla_record sla_record_test_expect =
    SLA_RECORD(expect_fields, struct sla_test_response, NULL, "the response a test expects",
               "sla.spec.tests.expect", "What may be done when the rule fires.");
