#include "base/file.h"
#include "sma/checkpoint.h"
#include "tests/suite.h"

#include <stdio.h>

static struct arena arena;
static const char *path;
static unsigned number;

static void set_up(void)
{
    path = arena_printf(&arena, "%s/checkpoint%u", suite_folder(), ++number).ptr;
}

static int clear(void)
{
    arena_done(&arena);
    return 0;
}

static void test_what_is_stored_is_loaded(void)
{
    static struct checkpoint out; /* static: large */
    const struct tail_place oldest = { 1, 2, 3, 4, UINT64_MAX, 64, 77 };
    const struct tail_place done = { 9, 8, 7, 6, 5, 4, 3 };
    struct checkpoint in = { .sensors = { { SLICE("file:/var/log/a \"b\""), { oldest, done } },
                                          { SLICE("other"), { done, done } } },
                             .sensor_count = 2,
                             .detector = SLICE("{\"version\":1}") };

    ASSERT_OK(checkpoint_store(path, &in));
    ASSERT_OK(checkpoint_load(&arena, path, &out));
    CU_ASSERT_EQUAL(out.sensor_count, 2);
    ASSERT_TEXT(out.detector, "{\"version\":1}");
    const struct tail_resume *resume = checkpoint_of(&out, SLICE("file:/var/log/a \"b\""));
    CU_ASSERT_PTR_NOT_NULL_FATAL(resume);
    CU_ASSERT_EQUAL(resume->oldest.stream, 1);
    CU_ASSERT_EQUAL(resume->oldest.device, 2);
    CU_ASSERT_EQUAL(resume->oldest.inode, 3);
    CU_ASSERT_EQUAL(resume->oldest.offset, 4);
    CU_ASSERT_EQUAL(resume->oldest.head_hash, UINT64_MAX);
    CU_ASSERT_EQUAL(resume->oldest.head_bytes, 64);
    CU_ASSERT_EQUAL(resume->oldest.modified_ns, 77);
    CU_ASSERT_EQUAL(resume->done.stream, 9);
    CU_ASSERT_PTR_NULL(checkpoint_of(&out, SLICE("none")));
}

static void test_none_yet_is_empty(void)
{
    struct checkpoint out = { .sensor_count = 5 };

    ASSERT_OK(checkpoint_load(&arena, path, &out));
    CU_ASSERT_EQUAL(out.sensor_count, 0);
    CU_ASSERT_EQUAL(out.detector.len, 0);
}

#define PLACE(rest) "{\"stream\":1,\"device\":2,\"inode\":3,\"offset\":4,\"head_hash\":5" rest "}"
#define GOOD        PLACE(",\"head_bytes\":6")

static void test_damage_is_refused(void)
{
    static const char *const rows[] = {
        "{",
        "{}",
        "{\"version\":2,\"sensors\":[]}",
        "{\"version\":1}",
        "{\"version\":1,\"sensors\":[{\"name\":\"a\"}]}",
        ("{\"version\":1,\"sensors\":[{\"name\":\"a\",\"oldest\":" GOOD "}]}"),
        ("{\"version\":1,\"sensors\":[{\"name\":\"a\",\"oldest\":" PLACE("") ",\"done\":" GOOD
                                                                             "}]}"),
        ("{\"version\":1,\"sensors\":[{\"name\":\"a\",\"oldest\":" PLACE(
            ",\"head_bytes\":65") "}]}"),
        ("{\"version\":1,\"sensors\":[{\"name\":\"a\",\"oldest\":{\"stream\":\"x\"}}]}"),
    };

    static struct checkpoint out;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ASSERT_OK(file_store(path, slice_from(rows[i]), 0600));
        ASSERT_CODE(checkpoint_load(&arena, path, &out), STATUS_CORRUPT);
    }
    ASSERT_CODE(checkpoint_load(&arena, suite_folder(), &out), STATUS_UNAVAILABLE);
}

static CU_TestInfo tests[] = {
    { "what is stored is loaded", test_what_is_stored_is_loaded },
    { "none yet is empty", test_none_yet_is_empty },
    { "damage is refused", test_damage_is_refused },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { .pName = "checkpoint", .pCleanupFunc = clear, .pSetUpFunc = set_up, .pTests = tests },
    CU_SUITE_INFO_NULL,
};
