#include "detect/engine.h"
#include "tests/suite.h"
#include "tests/unit/detect/engine_feed.h"

#include <stdio.h>
#include <string.h>

static struct arena arena;
static struct detect_engine *engine;

static void set_up(void)
{
    engine = NULL;
}

static void tear_down(void)
{
    detect_free(&engine);
    arena_done(&arena);
}

static void start(const char *rules, size_t groups_max)
{
    detect_free(&engine);
    engine = feed_engine(rules == NULL ? feed_rules_of_file(&arena, "rules/linux/ssh.yaml")
                                       : feed_rules(&arena, rules),
                         groups_max);
}

static uint64_t fed;

static struct detect_output feed(int64_t at_s, const char *kind, const char *src)
{
    return feed_one(engine, &arena, &(struct feed_event){ at_s, kind, src, false, 1 }, ++fed,
                    false);
}

static struct detect_output claim(int64_t at_s, const char *kind, const char *src)
{
    return feed_one(engine, &arena, &(struct feed_event){ at_s, kind, src, true, 1 }, ++fed, false);
}

static struct slice rule_of(const struct detect_output *out, size_t index)
{
    return index < out->count ? event_value(&out->events[index], DETECT_FIELD_RULE) : SLICE("");
}

static void test_the_fifth_failure_in_a_minute_fires_once(void)
{
    struct detect_output out = { 0 };

    start(NULL, 0);
    for (int64_t i = 0; i < 5; i++) {
        CU_ASSERT_EQUAL(out.count, 0);
        out = feed(i * 15, "fail", "10.99.0.2");
    }
    CU_ASSERT_EQUAL_FATAL(out.count, 1);
    const struct event *event = &out.events[0];
    ASSERT_TEXT(event->kind, EVENT_DETECTION);
    ASSERT_TEXT(event->node, "app-1");
    ASSERT_TEXT(rule_of(&out, 0), "ssh-bruteforce");
    ASSERT_TEXT(event_value(event, "src_ip"), "10.99.0.2");
    ASSERT_TEXT(event_value(event, "node"), "app-1");
    ASSERT_TEXT(event_value(event, DETECT_FIELD_COUNT), "5");
    ASSERT_TEXT(event_value(event, DETECT_FIELD_FIRST_US), "1800000000000000");
    ASSERT_TEXT(event_value(event, DETECT_FIELD_LAST_US), "1800000060000000");
    ASSERT_TEXT(event_value(event, DETECT_FIELD_CORROBORATED), "true");
    ASSERT_TEXT(event_value(event, DETECT_FIELD_TITLE), "SSH brute force");
    CU_ASSERT_EQUAL(event_value(event, DETECT_FIELD_KEY).len, 32);
    CU_ASSERT_EQUAL(event_field(event, "src_ip")->provenance, PROVENANCE_KERNEL);
    CU_ASSERT_EQUAL(event->severity, SEVERITY_HIGH);
    CU_ASSERT_EQUAL(event->time_us, INT64_C(1800000060000000));
    CU_ASSERT_EQUAL(event->layer, LAYER_L2);
    CU_ASSERT_EQUAL(event->plane, PLANE_NETWORK);
    CU_ASSERT_EQUAL(feed(61, "fail", "10.99.0.2").count, 0);
    CU_ASSERT_EQUAL(detect_stats(engine).suppressed, 1);
}

static void test_slow_or_scattered_failures_do_not_fire(void)
{
    static const char *const sources[] = { "10.0.0.1", "10.0.0.2", "10.0.0.3" };

    start(NULL, 0);
    for (int64_t i = 0; i < 60; i++) {
        CU_ASSERT_EQUAL(feed(i * 16, "fail", "10.99.0.2").count, 0); /* four in a minute */
    }
    for (int64_t i = 0; i < 12; i++) {
        CU_ASSERT_EQUAL(feed(1000 + i, "fail", sources[i % 3]).count, 0);
    }
    CU_ASSERT_EQUAL(feed(1013, "fail", NULL).count, 0);
    CU_ASSERT_EQUAL(detect_stats(engine).no_group, 2);
}

static void test_a_lasting_attack_fires_once_a_window(void)
{
    size_t fired = 0;

    start(NULL, 0);
    for (int64_t i = 0; i < 600; i++) {
        fired += feed(i, "fail", "10.99.0.2").count;
    }
    CU_ASSERT_EQUAL(fired, 10); /* at 4 s, then every 60 s */
}

static void test_repeats_weigh(void)
{
    start(NULL, 0);
    CU_ASSERT_EQUAL(
        feed_one(engine, &arena, &(struct feed_event){ 0, "fail", "10.99.0.2", false, 4 }, 1, false)
            .count,
        0);
    struct detect_output out = feed(1, "fail", "10.99.0.2");
    CU_ASSERT_EQUAL_FATAL(out.count, 1);
    ASSERT_TEXT(event_value(&out.events[0], DETECT_FIELD_COUNT), "5");
}

static void test_failures_then_success_is_a_guess(void)
{
    start(NULL, 0);
    for (int64_t i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(feed(i * 60, "fail", "10.99.0.4").count, 0);
    }
    CU_ASSERT_EQUAL(feed(150, "ok", "10.99.0.3").count, 0); /* another source */
    struct detect_output out = feed(200, "ok", "10.99.0.4");
    CU_ASSERT_EQUAL_FATAL(out.count, 1);
    ASSERT_TEXT(rule_of(&out, 0), "ssh-guessed");
    CU_ASSERT_EQUAL(out.events[0].severity, SEVERITY_CRITICAL);
    ASSERT_TEXT(event_value(&out.events[0], DETECT_FIELD_COUNT), "4");
    ASSERT_TEXT(event_value(&out.events[0], DETECT_FIELD_FIRST_US), "1800000000000000");
    ASSERT_TEXT(event_value(&out.events[0], DETECT_FIELD_CORROBORATED), "true");
    CU_ASSERT_EQUAL(feed(201, "ok", "10.99.0.4").count, 0); /* once */
}

static void test_order_and_time_matter_for_a_guess(void)
{
    start(NULL, 0);
    CU_ASSERT_EQUAL(feed(0, "ok", "10.99.0.4").count, 0);
    for (int64_t i = 1; i < 4; i++) {
        CU_ASSERT_EQUAL(feed(i, "fail", "10.99.0.4").count, 0);
    }
    CU_ASSERT_EQUAL(feed(304, "ok", "10.99.0.4").count, 0); /* over 5 minutes after */
    for (int64_t i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(feed(1000 + i, "fail", "10.99.0.3").count, 0);
    }
    CU_ASSERT_EQUAL(feed(1003, "ok", "10.99.0.3").count, 0); /* mistyped twice */
}

static void test_a_long_attack_still_ends_in_a_guess(void)
{
    size_t guesses = 0;

    start(NULL, 0);
    for (int64_t i = 0; i < 2000; i += 30) {
        CU_ASSERT_EQUAL(feed(i, "fail", "10.99.0.4").count, 0);
    }
    guesses += feed(2010, "ok", "10.99.0.4").count;
    CU_ASSERT_EQUAL(guesses, 1);
}

static void test_claims_alone_are_lowered_and_marked(void)
{
    struct detect_output out = { 0 };

    start(NULL, 0);
    for (int64_t i = 0; i < 5; i++) {
        out = claim(i, "fail", "10.99.0.3");
    }
    CU_ASSERT_EQUAL_FATAL(out.count, 1);
    ASSERT_TEXT(event_value(&out.events[0], DETECT_FIELD_CORROBORATED), "false");
    CU_ASSERT_EQUAL(out.events[0].severity, DETECT_UNCORROBORATED_MAX);
    CU_ASSERT_EQUAL(event_field(&out.events[0], "src_ip")->provenance, PROVENANCE_APP_LOG);
    CU_ASSERT_FALSE(detect_has_evidence(engine, SLICE("10.99.0.3"), (FEED_START_S + 5) * 1000000));
}

static void test_claims_neither_hide_nor_complete_what_was_seen(void)
{
    struct detect_output out = { 0 };
    size_t fired = 0;

    start(NULL, 0);
    for (int64_t i = 0; i < 4; i++) {
        fired += feed(i, "fail", "10.99.0.2").count;
        fired += claim(i, "fail", "10.99.0.2").count; /* five with the seen ones */
    }
    CU_ASSERT_EQUAL(fired, 1); /* uncorroborated */
    for (int64_t i = 0; i < 100; i++) {
        CU_ASSERT_EQUAL(claim(5, "fail", "10.99.0.2").count, 0); /* fired already */
    }
    out = feed(6, "fail", "10.99.0.2");
    CU_ASSERT_EQUAL_FATAL(out.count, 1);
    ASSERT_TEXT(event_value(&out.events[0], DETECT_FIELD_CORROBORATED), "true");
    CU_ASSERT_EQUAL(out.events[0].severity, SEVERITY_HIGH);
    ASSERT_TEXT(event_value(&out.events[0], DETECT_FIELD_COUNT), "5");
    CU_ASSERT_EQUAL(claim(7, "fail", "10.99.0.2").count, 0);
}

static void test_a_claimed_success_makes_no_corroborated_guess(void)
{
    start(NULL, 0);
    for (int64_t i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(feed(i, "fail", "10.99.0.4").count, 0);
    }
    struct detect_output out = claim(5, "ok", "10.99.0.4");
    CU_ASSERT_EQUAL_FATAL(out.count, 1);
    ASSERT_TEXT(event_value(&out.events[0], DETECT_FIELD_CORROBORATED), "false");
    CU_ASSERT_EQUAL(event_field(&out.events[0], "src_ip")->provenance, PROVENANCE_APP_LOG);
    out = feed(6, "ok", "10.99.0.4");
    CU_ASSERT_EQUAL_FATAL(out.count, 1);
    ASSERT_TEXT(event_value(&out.events[0], DETECT_FIELD_CORROBORATED), "true");
}

static void test_late_and_future_times_do_no_harm(void)
{
    struct detect_output out = { 0 };

    start(NULL, 0);
    for (int64_t i = 4; i > 0; i--) { /* out of order within the window */
        CU_ASSERT_EQUAL(feed(i, "fail", "10.99.0.2").count, 0);
    }
    CU_ASSERT_EQUAL(feed(100, "fail", "10.99.0.2").count, 0);
    CU_ASSERT_EQUAL(feed(30, "fail", "10.99.0.2").count, 0); /* too old by now */
    CU_ASSERT_EQUAL(detect_stats(engine).late, 1);
    struct event *event = feed_make(&arena, &(struct feed_event){ 101, "fail", "10.9.9.9", 0, 1 });
    event->time_us += INT64_C(3600) * 1000000; /* an hour after it was read */
    for (uint64_t i = 0; i < 5; i++) {
        struct detect_input input = { .event = event, .position = ++fed, .record = i };
        detect_step(engine, &arena, &input, &out);
    }
    CU_ASSERT_EQUAL_FATAL(out.count, 1);
    CU_ASSERT_EQUAL(out.events[0].time_us, event->seen_us + INT64_C(60) * 1000000);
}

/* --- base rules, bins, other comparisons -------------------------------------------------------
 */

#define BASE_RULES                                                                                 \
    "title: F\nid: f\nname: f\nlevel: high\nlogsource: {service: sshd}\n"                          \
    "detection: {s: {kind: auth.failure}, condition: s}\n"
#define COUNT_RULE(condition, group_by)                                                            \
    "---\ntitle: C\nid: c\nname: c\nlevel: high\ncorrelation:\n  type: event_count\n"              \
    "  rules: [f]\n  timespan: 10s\n  condition: {" condition "}\n" group_by

static void test_a_base_rule_fires_on_each_event(void)
{
    start(BASE_RULES, 0);
    struct detect_output one = feed(0, "fail", "10.99.0.2");
    struct detect_output two = feed(0, "fail", "10.99.0.2");
    struct detect_output three = feed(0, "fail", NULL);
    CU_ASSERT_EQUAL(feed(0, "ok", "10.99.0.2").count, 0);
    CU_ASSERT_EQUAL_FATAL(one.count + two.count + three.count, 3);
    ASSERT_TEXT(event_value(&one.events[0], "user"), "root");
    ASSERT_TEXT(event_value(&one.events[0], DETECT_FIELD_CORROBORATED), "true");
    CU_ASSERT_FALSE(slice_eq(event_value(&one.events[0], DETECT_FIELD_KEY),
                             event_value(&two.events[0], DETECT_FIELD_KEY)));
    CU_ASSERT_EQUAL(event_value(&three.events[0], DETECT_FIELD_CORROBORATED).len, 0);
    CU_ASSERT_EQUAL(three.events[0].severity, SEVERITY_HIGH);
    struct detect_output four = claim(0, "fail", "10.99.0.2");
    CU_ASSERT_EQUAL_FATAL(four.count, 1);
    CU_ASSERT_EQUAL(four.events[0].severity, DETECT_UNCORROBORATED_MAX);
}

static struct detect_output advance(int64_t to_s)
{
    struct detect_output out = { 0 };

    detect_advance(engine, &arena, (FEED_START_S + to_s) * 1000000, &out);
    return out;
}

static void test_bins_are_judged_when_they_close(void)
{
    static const struct {
        const char *rules;
        size_t wanted; /* of bins with 1, 2 and 3 events */
    } rows[] = {
        { BASE_RULES COUNT_RULE("lt: 2", ""), 1 }, { BASE_RULES COUNT_RULE("lte: 2", ""), 2 },
        { BASE_RULES COUNT_RULE("eq: 2", ""), 1 }, { BASE_RULES COUNT_RULE("neq: 2", ""), 2 },
        { BASE_RULES COUNT_RULE("lt: 1", ""), 0 },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t fired = 0;
        start(rows[i].rules, 0);
        fired += feed(1, "fail", NULL).count;
        fired += feed(12, "fail", NULL).count + feed(19, "fail", NULL).count;
        fired += feed(20, "fail", NULL).count + feed(20, "fail", NULL).count;
        fired += feed(29, "fail", NULL).count;
        fired += feed(9, "fail", NULL).count; /* its bin is closed */
        CU_ASSERT_EQUAL(detect_stats(engine).late, 1);
        struct detect_output out = advance(30);
        fired += out.count;
        CU_ASSERT_EQUAL(fired, rows[i].wanted);
        CU_ASSERT_EQUAL(advance(30).count + advance(29).count, 0);
        CU_ASSERT_EQUAL(feed(29, "fail", NULL).count, 0);
        CU_ASSERT_EQUAL(detect_stats(engine).late, 2);
        CU_ASSERT_EQUAL(advance(100).count, 0);
        CU_ASSERT_EQUAL(detect_stats(engine).groups, 0);
    }
}

static void test_a_bin_says_what_it_held(void)
{
    start(BASE_RULES COUNT_RULE("lt: 5", "  group-by: [src_ip]\n"), 0);
    CU_ASSERT_EQUAL(feed(1, "fail", "10.99.0.2").count, 0);
    CU_ASSERT_EQUAL(claim(2, "fail", "10.99.0.2").count, 0);
    struct detect_output out = advance(10);
    CU_ASSERT_EQUAL_FATAL(out.count, 1);
    ASSERT_OK(event_validate(&out.events[0]));
    ASSERT_TEXT(event_value(&out.events[0], "src_ip"), "10.99.0.2");
    ASSERT_TEXT(event_value(&out.events[0], DETECT_FIELD_COUNT), "2");
    ASSERT_TEXT(event_value(&out.events[0], DETECT_FIELD_CORROBORATED), "false");
    CU_ASSERT_EQUAL(event_field(&out.events[0], "src_ip")->provenance, PROVENANCE_APP_LOG);
    CU_ASSERT_EQUAL(out.events[0].plane, PLANE_NETWORK);
}

static void test_gt_needs_one_more(void)
{
    start(BASE_RULES COUNT_RULE("gt: 2", ""), 0);
    CU_ASSERT_EQUAL(feed(0, "fail", NULL).count + feed(1, "fail", NULL).count, 0);
    CU_ASSERT_EQUAL(feed(2, "fail", NULL).count, 1);
}

static void test_an_event_fills_one_place_of_a_sequence(void)
{
    start(BASE_RULES "---\ntitle: S\nid: s\nlevel: low\ncorrelation: {type: temporal_ordered, "
                     "rules: [f, f, f], timespan: 10s}\n",
          0);
    CU_ASSERT_EQUAL(feed(0, "fail", NULL).count, 0);
    CU_ASSERT_EQUAL(feed(1, "fail", NULL).count, 0);
    struct detect_output out = feed(2, "fail", NULL);
    CU_ASSERT_EQUAL_FATAL(out.count, 1);
    ASSERT_TEXT(event_value(&out.events[0], DETECT_FIELD_COUNT), "3");
    CU_ASSERT_EQUAL(feed(30, "fail", NULL).count, 0);
    CU_ASSERT_EQUAL(feed(10, "fail", NULL).count, 0); /* after it, but earlier */
    CU_ASSERT_EQUAL(feed(31, "fail", NULL).count, 0);
}

/* --- bounds ------------------------------------------------------------------------------------
 */

static void test_claims_cannot_crowd_out_what_was_seen(void)
{
    size_t reports = 0;

    start(NULL, 100);
    for (int64_t i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(feed(i, "fail", "10.99.0.2").count, 0);
    }
    for (unsigned i = 0; i < 5000; i++) {
        char src[32];
        (void)snprintf(src, sizeof(src), "10.1.%u.%u", i / 250, i % 250);
        struct detect_output out = claim(5, "fail", src);
        reports += out.count;
        if (out.count > 0) {
            ASSERT_TEXT(out.events[0].kind, EVENT_SENSOR_GAP);
            CU_ASSERT_TRUE(event_value(&out.events[0], "count").len > 0);
        }
    }
    CU_ASSERT_EQUAL(reports, 1); /* at most once a minute */
    CU_ASSERT_TRUE(detect_stats(engine).evicted > 9000);
    CU_ASSERT_TRUE(detect_stats(engine).groups <= 300);
    CU_ASSERT_EQUAL(feed(6, "fail", "10.99.0.2").count, 1);
    CU_ASSERT_EQUAL(feed(70, "fail", "10.99.0.5").count, 1); /* the rest is reported */
}

static void test_what_is_over_makes_room_without_report(void)
{
    start(NULL, 100);
    for (unsigned i = 0; i < 1000; i++) {
        char src[32];
        (void)snprintf(src, sizeof(src), "10.1.%u.%u", i / 250, i % 250);
        CU_ASSERT_EQUAL(feed((int64_t)i * 10, "fail", src).count, 0);
    }
    CU_ASSERT_EQUAL(detect_stats(engine).evicted, 0);
    (void)advance(100000);
    CU_ASSERT_EQUAL(detect_stats(engine).groups, 0);
}

static void test_big_thresholds_get_fewer_groups(void)
{
    start(BASE_RULES COUNT_RULE("gte: 4096", "  group-by: [src_ip]\n"), DETECT_GROUPS_MAX);
    for (unsigned i = 0; i < 500; i++) {
        char src[32];
        (void)snprintf(src, sizeof(src), "10.1.%u.%u", i / 250, i % 250);
        (void)feed(0, "fail", src);
    }
    CU_ASSERT_EQUAL(detect_stats(engine).groups, 128);
}

static void test_evidence_lasts_as_long_as_the_window(void)
{
    start(NULL, 0);
    (void)feed(0, "fail", "10.99.0.2");
    CU_ASSERT_TRUE(detect_has_evidence(engine, SLICE("10.99.0.2"), (FEED_START_S + 300) * 1000000));
    CU_ASSERT_FALSE(
        detect_has_evidence(engine, SLICE("10.99.0.2"), (FEED_START_S + 301) * 1000000));
    CU_ASSERT_FALSE(detect_has_evidence(engine, SLICE("10.99.0.3"), FEED_START_S * 1000000));
}

static void test_the_oldest_position_moves_on(void)
{
    uint64_t position = 77;

    start(NULL, 0);
    CU_ASSERT_FALSE(detect_oldest_needed(engine, &position));
    CU_ASSERT_EQUAL(position, 77);
    fed = 0;
    (void)feed(0, "fail", "10.99.0.2");
    (void)feed(100, "fail", "10.99.0.2");
    (void)feed(200, "fail", "10.99.0.4");
    CU_ASSERT_TRUE(detect_oldest_needed(engine, &position));
    CU_ASSERT_EQUAL(position, 1);
    (void)advance(350);
    CU_ASSERT_TRUE(detect_oldest_needed(engine, &position));
    CU_ASSERT_EQUAL(position, 2);
    (void)advance(450);
    CU_ASSERT_TRUE(detect_oldest_needed(engine, &position));
    CU_ASSERT_EQUAL(position, 3);
    (void)advance(501);
    CU_ASSERT_FALSE(detect_oldest_needed(engine, &position));
}

static void test_bad_options_are_refused(void)
{
    struct detect_options options = { .groups_max = DETECT_GROUPS_MAX + 1 };
    struct detect_engine *none = NULL;

    ASSERT_CODE(detect_new(feed_rules(&arena, BASE_RULES), &options, &none), STATUS_INVALID);
    CU_ASSERT_PTR_NULL(none);
    detect_free(&none);
}

static void test_namesakes_in_two_zones_are_two_sources(void)
{
    struct detect_output out = { 0 };

    start(NULL, 0);
    for (int64_t i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(feed(i, "fail", "fe80::2%eth0").count, 0);
        CU_ASSERT_EQUAL(feed(i, "fail", "fe80::2%eth1").count, 0);
    }
    out = feed(5, "fail", "fe80::2%eth1");
    CU_ASSERT_EQUAL_FATAL(out.count, 1);
    ASSERT_TEXT(event_value(&out.events[0], "src_ip"), "fe80::2%eth1");
    ASSERT_TEXT(event_value(&out.events[0], DETECT_FIELD_CORROBORATED), "true");
}

static CU_TestInfo tests[] = {
    { "the fifth failure in a minute fires once", test_the_fifth_failure_in_a_minute_fires_once },
    { "slow or scattered failures do not fire", test_slow_or_scattered_failures_do_not_fire },
    { "a lasting attack fires once a window", test_a_lasting_attack_fires_once_a_window },
    { "repeats weigh", test_repeats_weigh },
    { "failures then success is a guess", test_failures_then_success_is_a_guess },
    { "order and time matter for a guess", test_order_and_time_matter_for_a_guess },
    { "a long attack still ends in a guess", test_a_long_attack_still_ends_in_a_guess },
    { "claims alone are lowered and marked", test_claims_alone_are_lowered_and_marked },
    { "claims neither hide nor complete what was seen",
      test_claims_neither_hide_nor_complete_what_was_seen },
    { "a claimed success makes no corroborated guess",
      test_a_claimed_success_makes_no_corroborated_guess },
    { "late and future times do no harm", test_late_and_future_times_do_no_harm },
    { "a base rule fires on each event", test_a_base_rule_fires_on_each_event },
    { "bins are judged when they close", test_bins_are_judged_when_they_close },
    { "a bin says what it held", test_a_bin_says_what_it_held },
    { "gt needs one more", test_gt_needs_one_more },
    { "an event fills one place of a sequence", test_an_event_fills_one_place_of_a_sequence },
    { "claims cannot crowd out what was seen", test_claims_cannot_crowd_out_what_was_seen },
    { "what is over makes room without report", test_what_is_over_makes_room_without_report },
    { "big thresholds get fewer groups", test_big_thresholds_get_fewer_groups },
    { "evidence lasts as long as the window", test_evidence_lasts_as_long_as_the_window },
    { "the oldest position moves on", test_the_oldest_position_moves_on },
    { "bad options are refused", test_bad_options_are_refused },
    { "namesakes in two zones are two sources", test_namesakes_in_two_zones_are_two_sources },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { .pName = "engine", .pSetUpFunc = set_up, .pTearDownFunc = tear_down, .pTests = tests },
    CU_SUITE_INFO_NULL,
};
