#include "sla/read/schema.h"

#include "sla/read/check.h"

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
                    .doc =
                        "Packets that somebody sends. A test has one of `flow`, `request`, `when` "
                        "and `gets`.",
                    .example = "{from: 10.9.0.5, to: imaging/app-1, port: 22/tcp}" },
    [TEST_REQUEST] = { .key = "request",
                       .type = SLA_TYPE_RECORD,
                       .offset = offsetof(struct draft_test, test.request),
                       .of.record = &sla_record_test_request,
                       .doc = "Somebody who asks to do something.",
                       .example = "{by: user/ana, action: data.read, on: imaging/studies}" },
    [TEST_WHEN] = { .key = "when",
                    .type = SLA_TYPE_RECORD,
                    .offset = offsetof(struct draft_test, test.when),
                    .of.record = &sla_record_test_when,
                    .doc = "A rule of detection that fires.",
                    .example = "{rule: ssh-bruteforce, on: imaging/app-1}" },
    [TEST_GETS] = { .key = "gets",
                    .type = SLA_TYPE_RECORD,
                    .offset = offsetof(struct draft_test, test.gets),
                    .of.record = &sla_record_test_gets,
                    .doc = "What a service gets from its parts.",
                    .example = "{service: lis, term: availability, window: 30d}" },
    [TEST_EXPECT] = { .key = "expect",
                      .type = SLA_TYPE_EXPECT,
                      .required = true,
                      .offset = offsetof(struct draft_test, expect),
                      .of.record = &sla_record_test_expect,
                      .doc = "Of a flow or request `permit`, `deny`, `none` (no clause speaks of "
                             "it), of a request also `conflict`; of a rule `none`, or what may be "
                             "done; of what a service gets a comparison: `\">= 99.9 %\"`.",
                      .example = "deny" },
};
const struct sla_record sla_record_test = SLA_RECORD(
    test_fields, struct draft_test, sla_check_test, "a test", "sla.spec.tests",
    "What must come out of these documents. Tests run whenever they are compiled; one that fails "
    "is an error, and keeps them from being put in force.");

static const struct sla_field flow_fields[] = {
    [TEST_FLOW_FROM] = { .key = "from",
                         .type = SLA_TYPE_SENDER,
                         .required = true,
                         .offset = offsetof(struct sla_test_flow, from),
                         .doc =
                             "Who sends: a host or a network; for somebody outside the address of "
                             "one.",
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
    SLA_RECORD(flow_fields, struct sla_test_flow, NULL, "the flow of a test", "sla.spec.tests.flow",
               "Packets from somewhere to one resource.");

static const struct sla_field request_fields[] = {
    [TEST_REQUEST_BY] = { .key = "by",
                          .type = SLA_TYPE_SUBJECTS,
                          .required = true,
                          .offset = offsetof(struct sla_test_request, by),
                          .doc =
                              "Who asks: a party, `user/ana`, `group/lab`, `anyone` for somebody "
                              "unknown; and the groups that one is in.",
                          .example = "[user/ana, group/radiology]" },
    [TEST_REQUEST_ACTION] = { .key = "action",
                              .type = SLA_TYPE_ACT,
                              .required = true,
                              .offset = offsetof(struct sla_test_request, action),
                              .doc = "What is to be done.",
                              .example = "data.read" },
    [TEST_REQUEST_ON] = { .key = "on",
                          .type = SLA_TYPE_TEXT,
                          .required = true,
                          .offset = offsetof(struct sla_test_request, on),
                          .doc = "To which resource: `ucloud/resource`.",
                          .example = "imaging/studies" },
    [TEST_REQUEST_PURPOSE] = { .key = "purpose",
                               .type = SLA_TYPE_NAME,
                               .offset = offsetof(struct sla_test_request, purpose),
                               .what = "a purpose",
                               .doc = "What for.",
                               .example = "treatment" },
    [TEST_REQUEST_AT] = { .key = "at",
                          .type = SLA_TYPE_MOMENT,
                          .offset = offsetof(struct sla_test_request, at),
                          .what = "the time",
                          .doc = "When: a day of the week and a time by the clock of a zone, on "
                                 "`date`; else on the first such day from that of the world on.",
                          .example = "mon 10:00 Europe/Lisbon" },
    [TEST_REQUEST_DATE] = { .key = "date",
                            .type = SLA_TYPE_DATE,
                            .offset = offsetof(struct sla_test_request, day),
                            .what = "the day",
                            .doc =
                                "On which day. What is in force is asked of the day of the world "
                                "all the same.",
                            .example = "2026-07-06" },
    [TEST_REQUEST_FROM] = { .key = "from",
                            .type = SLA_TYPE_COUNTRIES,
                            .offset = offsetof(struct sla_test_request, from),
                            .doc = "The country that the request comes from.",
                            .example = "PT" },
    [TEST_REQUEST_SEVERITY] = { .key = "severity",
                                .type = SLA_TYPE_WORD,
                                .offset = offsetof(struct sla_test_request, severity),
                                .of.words = &sla_severity_words,
                                .what = "a severity",
                                .doc = "Of the incident that goes on.",
                                .example = "high" },
    [TEST_REQUEST_PHASE] = { .key = "phase",
                             .type = SLA_TYPE_WORD,
                             .offset = offsetof(struct sla_test_request, phase),
                             .of.words = &sla_phase_words,
                             .what = "a phase",
                             .doc = "What goes on.",
                             .example = "incident" },
    [TEST_REQUEST_CLASS] = { .key = "class",
                             .type = SLA_TYPE_NAMES,
                             .offset = offsetof(struct sla_test_request, classes),
                             .count = offsetof(struct sla_test_request, class_count),
                             .what = "a class of data",
                             .doc = "Of the data that is asked for; when left out, all that the "
                                    "resource holds.",
                             .example = "patient" },
    [TEST_REQUEST_CONSENTS] = { .key = "consents",
                                .type = SLA_TYPE_NAMES,
                                .offset = offsetof(struct sla_test_request, consents),
                                .count = offsetof(struct sla_test_request, consent_count),
                                .what = "a purpose",
                                .doc =
                                    "Purposes for which there is consent; for none when left out.",
                                .example = "[research]" },
    [TEST_REQUEST_DONE] = { .key = "done",
                            .type = SLA_TYPE_ACTS,
                            .offset = offsetof(struct sla_test_request, done),
                            .doc = "What the same one has done to the resource; `[]`: nothing.",
                            .example = "[data.delete]" },
};
const struct sla_record sla_record_test_request =
    SLA_RECORD(request_fields, struct sla_test_request, sla_check_request, "the request of a test",
               "sla.spec.tests.request",
               "Decided as enforcement would decide it. What is left out is not known, which "
               "narrows access: a "
               "permit under a condition on it does not hold, a prohibition does.");

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
    SLA_RECORD(when_fields, struct sla_test_when, NULL, "the event of a test",
               "sla.spec.tests.when", "A rule fires on a resource.");

static const struct sla_field gets_fields[] = {
    [TEST_GETS_SERVICE] = { .key = "service",
                            .type = SLA_TYPE_NAME,
                            .required = true,
                            .offset = offsetof(struct sla_test_gets, service),
                            .what = "the id of a service",
                            .doc = "A service of the U-Cloud.",
                            .example = "lis" },
    [TEST_GETS_TERM] = { .key = "term",
                         .type = SLA_TYPE_TERM,
                         .required = true,
                         .offset = offsetof(struct sla_test_gets, term),
                         .doc = "`availability`, `recovery.point` or `recovery.time`.",
                         .example = "availability" },
    [TEST_GETS_WINDOW] = { .key = "window",
                           .type = SLA_TYPE_DURATION,
                           .offset = offsetof(struct sla_test_gets, window_ms),
                           .of.least_ms = 1,
                           .what = "the window",
                           .doc = "Of availability: over which it is counted.",
                           .example = "30d" },
};
const struct sla_record sla_record_test_gets = SLA_RECORD(
    gets_fields, struct sla_test_gets, sla_check_gets, "what a test asks of a service",
    "sla.spec.tests.gets",
    "Computed from what the parts are promised, as for a requirement. What holds only as assumed "
    "passes, and is noted (RDN0403).");

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
