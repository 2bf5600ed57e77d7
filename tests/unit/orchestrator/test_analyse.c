#include <inttypes.h>

#include "detect/engine.h"
#include "orchestrator/analyse.h"
#include "tests/suite.h"

static struct arena arena;
static struct event_field fields[8];
static struct event event;
static const struct ulid some_id = { "01ARZ3NDEKTSV4RRFFQ69G5FAV" };

static void add_field(const char *name, const char *value)
{
    fields[event.field_count++] =
        (struct event_field){ slice_from(name), slice_from(value), PROVENANCE_KERNEL };
}

static void begin(void)
{
    arena_reset(&arena);
    event = (struct event){ .node = SLICE("node-1"),
                            .epoch = 3,
                            .seq = 9,
                            .time_us = 5000000,
                            .seen_us = 5000400,
                            .kind = SLICE(EVENT_DETECTION),
                            .severity = SEVERITY_HIGH,
                            .fields = fields };
    add_field(DETECT_FIELD_RULE, "ssh-bruteforce");
    add_field(DETECT_FIELD_KEY, "00ff");
    add_field("src_ip", "10.99.0.2");
    add_field(DETECT_FIELD_COUNT, "5");
    add_field(DETECT_FIELD_FIRST_US, "1000000");
    add_field(DETECT_FIELD_LAST_US, "5000000");
    add_field(DETECT_FIELD_CORROBORATED, "true");
}

static int tear_down(void)
{
    arena_done(&arena);
    return 0;
}

static struct alert_record alert(void)
{
    struct alert_record out = { 0 };

    ASSERT_OK(analyse_alert(&arena, &event, &some_id, 6000000, &out));
    return out;
}

static void a_detection_becomes_an_alert(void)
{
    begin();
    struct alert_record got = alert();

    ASSERT_TEXT(got.key, "node-1/00ff");
    ASSERT_TEXT(got.rule, "ssh-bruteforce");
    ASSERT_TEXT(got.source, "10.99.0.2");
    CU_ASSERT_EQUAL(got.count, 5);
    CU_ASSERT_EQUAL(got.first_us, 1000000);
    CU_ASSERT_EQUAL(got.detected_us, 5000400);
    CU_ASSERT_EQUAL(got.received_us, 6000000);
    CU_ASSERT_TRUE(got.corroborated);
    CU_ASSERT(slice_find_text(got.json, SLICE("\"provenance\":\"kernel\"")) < got.json.len);
    ASSERT_TEXT(analyse_incident_key(&arena, &got), "10.99.0.2@node-1");
    got.source = (struct slice){ 0 };
    ASSERT_TEXT(analyse_incident_key(&arena, &got), "ssh-bruteforce@node-1");
}

/* A node may say anything; the detection must not be lost for it. */
static void times_that_cannot_be_are_not_believed(void)
{
    static const int64_t wrong[] = { -1, INT64_MIN, INT64_MAX };

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        begin();
        event.seen_us = wrong[i];
        event.fields[4].value = arena_printf(&arena, "%" PRId64, wrong[i]);
        struct alert_record got = alert();
        CU_ASSERT_EQUAL(got.first_us, 0);
        CU_ASSERT_EQUAL(got.detected_us, 6000000);
    }
}

static void a_detection_without_rule_or_key_is_refused(void)
{
    struct alert_record out;

    begin();
    event.field_count = 1;
    ASSERT_CODE(analyse_alert(&arena, &event, &some_id, 0, &out), STATUS_INVALID);
    event.field_count = 0;
    ASSERT_CODE(analyse_alert(&arena, &event, &some_id, 0, &out), STATUS_INVALID);
}

static const size_t host_target[] = { 0 };
static const size_t other_target[] = { 1 };
static const struct resource resources[] = {
    { .name = { "app-1", 5 },
      .plane = PLANE_NETWORK,
      .node = { "node-1", 6 },
      .unit = { "pacs", 4 } },
    { .name = { "lab", 3 }, .plane = PLANE_DATA, .node = { "node-2", 6 }, .unit = { "lab", 3 } },
};
/* Severities an objective is about. */
enum {
    AT_CRITICAL = 1 << SEVERITY_CRITICAL,
    FROM_LOW = 1 << SEVERITY_LOW | 1 << SEVERITY_MEDIUM | 1 << SEVERITY_HIGH | AT_CRITICAL
};
static const struct objective objectives[] = {
    { OBJECTIVE_RESPOND_MTTR, FROM_LOW, 60000, 0, host_target, 1, { .line = 0 }, false, 0 },
    { OBJECTIVE_RESPOND_MTTR, AT_CRITICAL, 10000, 0, host_target, 1, { .line = 0 }, false, 0 },
    { OBJECTIVE_RESPOND_MTTR, FROM_LOW, 1, 0, other_target, 1, { .line = 0 }, false, 0 },
    { OBJECTIVE_AVAILABILITY, FROM_LOW, 1, 0, host_target, 1, { .line = 0 }, false, 0 },
};
static const struct policy_set world = {
    .resources = resources, .resource_count = 2, .objectives = objectives, .objective_count = 4
};

static void the_tightest_objective_of_the_unit_counts(void)
{
    CU_ASSERT_EQUAL(analyse_mttr_limit_ms(&world, SLICE("node-1"), SEVERITY_HIGH), 60000);
    CU_ASSERT_EQUAL(analyse_mttr_limit_ms(&world, SLICE("node-1"), SEVERITY_CRITICAL), 10000);
    CU_ASSERT_EQUAL(analyse_mttr_limit_ms(&world, SLICE("node-1"), SEVERITY_INFO), 0);
    CU_ASSERT_EQUAL(analyse_mttr_limit_ms(&world, SLICE("node-7"), SEVERITY_HIGH), 0);
    CU_ASSERT_EQUAL(analyse_mttr_limit_ms(NULL, SLICE("node-1"), SEVERITY_HIGH), 0);
}

static void a_graver_alert_raises_the_incident_and_restarts_its_clock(void)
{
    begin();
    struct alert_record first = alert();
    struct incident_record incident = analyse_open(&arena, &first, &some_id, &world, 7000000);

    ASSERT_TEXT(incident.unit, "pacs");
    CU_ASSERT_EQUAL(incident.mttr_limit_ms, 60000);
    incident.enforced_us = 8000000;
    incident.state = INCIDENT_CONTAINED;
    CU_ASSERT_FALSE(analyse_join(&incident, &first));
    CU_ASSERT_EQUAL(incident.state, INCIDENT_CONTAINED);
    struct alert_record graver = first;
    graver.severity = SEVERITY_CRITICAL;
    graver.rule = SLICE("ssh-guessed");
    graver.first_us = 500000;
    graver.detected_us = 9000000;
    CU_ASSERT_TRUE(analyse_join(&incident, &graver));
    CU_ASSERT_EQUAL(incident.state, INCIDENT_OPEN);
    CU_ASSERT_EQUAL(incident.first_us, 500000);
    CU_ASSERT_EQUAL(incident.detected_us, 9000000);
    CU_ASSERT_EQUAL(incident.enforced_us, 0);
    ASSERT_TEXT(incident.rule, "ssh-guessed");
}

static void the_objective_is_unknown_until_contained_or_late(void)
{
    struct incident_record incident = { .detected_us = 1000000,
                                        .since_us = 1000000,
                                        .mttr_limit_ms = 2000 };

    CU_ASSERT_EQUAL(analyse_mttr(&incident, 2000000), OBJECTIVE_UNKNOWN);
    CU_ASSERT_EQUAL(analyse_mttr(&incident, 3000001), OBJECTIVE_BREACHED);
    incident.enforced_us = 3000000;
    CU_ASSERT_EQUAL(analyse_mttr(&incident, 9000000), OBJECTIVE_MET);
    incident.enforced_us = 3000001;
    CU_ASSERT_EQUAL(analyse_mttr(&incident, 9000000), OBJECTIVE_BREACHED);
    incident.mttr_limit_ms = 0;
    CU_ASSERT_EQUAL(analyse_mttr(&incident, 9000000), OBJECTIVE_UNKNOWN);
}

static CU_TestInfo tests[] = {
    { "a detection becomes an alert", a_detection_becomes_an_alert },
    { "times that cannot be are not believed", times_that_cannot_be_are_not_believed },
    { "a detection without rule or key is refused", a_detection_without_rule_or_key_is_refused },
    { "the tightest objective of the unit counts", the_tightest_objective_of_the_unit_counts },
    { "a graver alert raises the incident and restarts its clock",
      a_graver_alert_raises_the_incident_and_restarts_its_clock },
    { "the objective is unknown until contained or late",
      the_objective_is_unknown_until_contained_or_late },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "analyse", NULL, tear_down, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
