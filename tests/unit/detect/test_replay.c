/* A restart at any point gives the same detections with the same keys: random streams, cut and
 * continued, against the same stream in one go. */
#include "base/buf.h"
#include "detect/engine.h"
#include "tests/suite.h"
#include "tests/unit/detect/engine_feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EVENTS = 300, ROUNDS = 300, KEYS_MAX = 2000 };

static const char *const sources[] = { "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4" };

/* A small generator of our own: the same streams on every run. */
static uint64_t random_state;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(random_state >> 33U) % limit;
}

static struct feed_event stream[EVENTS];
static int64_t advance_after[EVENTS]; /* seconds; -1: none */

static void make_stream(uint64_t seed)
{
    int64_t at_s = 0;

    random_state = seed;
    for (size_t i = 0; i < EVENTS; i++) {
        at_s += random_below(10) == 0 ? (int64_t)random_below(200) : (int64_t)random_below(8);
        int64_t jitter_s = random_below(6) == 0 ? (int64_t)random_below(20) : 0;
        stream[i] = (struct feed_event){ at_s > jitter_s ? at_s - jitter_s : at_s,
                                         random_below(5) == 0 ? "ok" : "fail",
                                         sources[random_below(COUNT_OF(sources))],
                                         random_below(4) == 0, random_below(9) == 0 ? 3 : 1 };
        advance_after[i] = random_below(4) == 0 ? at_s - 20 : -1;
    }
}

struct keys {
    char keys[KEYS_MAX][33];
    size_t count;
};

static void note(struct keys *keys, const struct detect_output *out)
{
    for (size_t i = 0; i < out->count && keys->count < KEYS_MAX; i++) {
        struct slice key = event_value(&out->events[i], DETECT_FIELD_KEY);
        (void)snprintf(keys->keys[keys->count++], sizeof(keys->keys[0]), "%.*s", SLICE_ARG(key));
    }
}

/* Events [from, to); those before `live` as replayed. */
static void run(struct detect_engine *engine, struct arena *arena, size_t from, size_t live,
                size_t to, struct keys *keys)
{
    for (size_t i = from; i < to; i++) {
        struct detect_output out = feed_one(engine, arena, &stream[i], i, i < live);
        note(keys, &out);
        if (advance_after[i] >= 0 && i >= live) {
            detect_advance(engine, arena, (FEED_START_S + advance_after[i]) * 1000000, &out);
            note(keys, &out);
        }
    }
}

static int compare_keys(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(((struct keys *)NULL)->keys[0]));
}

static void check_cut(const struct rule_set *rules, size_t cut)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    CLEANUP(buf_done) struct buf saved = { 0 };
    static struct keys whole;
    static struct keys parts;
    struct detect_engine *engine = feed_engine(rules, 0);
    struct detect_engine *again = feed_engine(rules, 0);
    uint64_t oldest = cut;

    whole.count = 0;
    parts.count = 0;
    run(engine, &arena, 0, 0, cut, &parts);
    (void)detect_oldest_needed(engine, &oldest);
    detect_save(engine, &saved);
    memcpy(&whole, &parts, sizeof(whole));
    run(engine, &arena, cut, cut, EVENTS, &whole);

    ASSERT_OK(detect_restore(again, buf_slice(&saved)));
    run(again, &arena, (size_t)oldest, cut, EVENTS, &parts);
    /* bins that close at one moment have no order among themselves */
    qsort(parts.keys, parts.count, sizeof(parts.keys[0]), compare_keys);
    qsort(whole.keys, whole.count, sizeof(whole.keys[0]), compare_keys);
    CU_ASSERT_EQUAL(parts.count, whole.count);
    CU_ASSERT_TRUE(memcmp(parts.keys, whole.keys, sizeof(whole.keys[0]) * whole.count) == 0);
    detect_free(&engine);
    detect_free(&again);
}

#define MORE_RULES                                                                                 \
    "title: F\nid: f\nname: f\nlevel: low\nlogsource: {service: sshd}\n"                           \
    "detection: {s: {kind: auth.failure}, condition: s}\n---\n"                                    \
    "title: S\nid: s\nname: s\nlevel: low\nlogsource: {service: sshd}\n"                           \
    "detection: {s: {kind: auth.success}, condition: s}\n---\n"                                    \
    "title: L\nid: l\nlevel: low\ncorrelation: {type: event_count, rules: [f], timespan: 30s, "    \
    "group-by: [src_ip], condition: {lt: 4}}\n---\n"                                               \
    "title: E\nid: e\nlevel: low\ncorrelation: {type: event_count, rules: [f, s], timespan: 1m, "  \
    "group-by: [node], condition: {gt: 6}}\n---\n"                                                 \
    "title: T\nid: t\nlevel: low\ncorrelation: {type: event_count, rules: [f], timespan: 20s, "    \
    "group-by: [src_ip, node], condition: {gte: 2}}\n---\n"                                        \
    "title: O\nid: o\nlevel: low\ncorrelation: {type: temporal_ordered, rules: [t, s, f], "        \
    "timespan: 2m, group-by: [src_ip], generate: true}\n---\n"                                     \
    "title: P\nid: p\nlevel: low\ncorrelation: {type: event_count, rules: [o], timespan: 5m, "     \
    "group-by: [src_ip], condition: {gte: 2}}\n"

static void test_a_restart_anywhere_changes_nothing(void)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const struct rule_set *shipped = feed_rules_of_file(&arena, "rules/linux/ssh.yaml");
    const struct rule_set *more = feed_rules(&arena, MORE_RULES);

    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        make_stream(seed);
        size_t cut = random_below(EVENTS);
        unsigned before = CU_get_number_of_failures();
        check_cut(seed % 2 == 0 ? shipped : more, cut);
        if (CU_get_number_of_failures() != before) {
            (void)printf("\n    seed %llu, cut %zu\n", (unsigned long long)seed, cut);
            return;
        }
    }
}

static void test_the_same_stream_gives_the_same_bytes(void)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const struct rule_set *rules = feed_rules(&arena, MORE_RULES);
    static struct keys first;
    static struct keys second;
    struct detect_engine *a = feed_engine(rules, 0);
    struct detect_options options = { .node = SLICE("app-1"), .hash_seed = { 99, 98 } };
    struct detect_engine *b = NULL;

    ASSERT_OK(detect_new(rules, &options, &b)); /* another hash seed */
    make_stream(42);
    run(a, &arena, 0, 0, EVENTS, &first);
    run(b, &arena, 0, 0, EVENTS, &second);
    CU_ASSERT_TRUE(first.count > 10);
    CU_ASSERT_EQUAL(first.count, second.count);
    CU_ASSERT_TRUE(memcmp(&first, &second, sizeof(first)) == 0);
    detect_free(&a);
    detect_free(&b);
}

#define GROUP_STATE(group)                                                                         \
    "{\"version\":1,\"advanced_us\":1,\"fired\":[{\"rule\":\"p\",\"group\":\"" group               \
    "\",\"seen_us\":1,\"claimed_us\":1}]}"

static void test_damaged_state_is_refused(void)
{
    static const char *const rows[] = {
        "",
        "{",
        "[]",
        "{\"version\":1}",
        "{\"version\":2,\"advanced_us\":1,\"fired\":[]}",
        "{\"version\":1,\"advanced_us\":1}",
        "{\"version\":1,\"advanced_us\":\"x\",\"fired\":[]}",
        "{\"version\":1,\"advanced_us\":1,\"fired\":[{}]}",
        (GROUP_STATE("0")),
        (GROUP_STATE("zz")),
    };
    CLEANUP(arena_done) struct arena arena = { 0 };
    const struct rule_set *rules = feed_rules(&arena, MORE_RULES);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct detect_engine *engine = feed_engine(rules, 0);
        ASSERT_CODE(detect_restore(engine, slice_from(rows[i])), STATUS_CORRUPT);
        detect_free(&engine);
    }
}

static void test_rules_that_went_away_are_left_out(void)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct detect_engine *engine = feed_engine(feed_rules(&arena, MORE_RULES), 0);

    ASSERT_OK(detect_restore(
        engine, SLICE("{\"version\":1,\"advanced_us\":1,\"fired\":[{\"rule\":\"gone\",\"group\":"
                      "\"00\",\"seen_us\":1,\"claimed_us\":1}]}")));
    CU_ASSERT_EQUAL(detect_stats(engine).groups, 0);
    detect_free(&engine);
}

static CU_TestInfo tests[] = {
    { "a restart anywhere changes nothing", test_a_restart_anywhere_changes_nothing },
    { "the same stream gives the same bytes", test_the_same_stream_gives_the_same_bytes },
    { "damaged state is refused", test_damaged_state_is_refused },
    { "rules that went away are left out", test_rules_that_went_away_are_left_out },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { .pName = "replay", .pTests = tests },
    CU_SUITE_INFO_NULL,
};
