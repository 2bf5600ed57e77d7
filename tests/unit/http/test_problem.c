#include "orchestrator/http.h"

#include "tests/suite.h"

static void test_a_problem_has_its_members(void)
{
    struct buf out = { 0 };

    buf_add_cstr(&out, "before ");
    struct http_reply reply = http_problem(&out, 404, "not-found", false, SLICE("no plan `x\"y`"));
    CU_ASSERT_EQUAL(reply.code, 404);
    CU_ASSERT_STRING_EQUAL(reply.content_type, "application/problem+json");
    ASSERT_TEXT(reply.body, "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,"
                            "\"detail\":\"no plan `x\\\"y`\",\"code\":\"not-found\","
                            "\"retryable\":false}");
    buf_done(&out);
}

static void test_more_members_may_follow(void)
{
    struct buf out = { 0 };
    struct json_writer writer = { .out = &out };

    http_problem_open(&writer, 499, "odd", true, SLICE(""));
    json_add_cstr(&writer, "near", "z");
    json_close_object(&writer);
    ASSERT_TEXT(buf_slice(&out),
                "{\"type\":\"about:blank\",\"title\":\"Error\",\"status\":499,\"detail\":\"\","
                "\"code\":\"odd\",\"retryable\":true,\"near\":\"z\"}");
    buf_done(&out);
}

static void test_each_status_has_a_code(void)
{
    static const struct {
        enum status_code status;
        unsigned code;
    } rows[] = {
        { STATUS_INVALID, 400 },   { STATUS_NOT_FOUND, 404 },   { STATUS_CONFLICT, 409 },
        { STATUS_DENIED, 403 },    { STATUS_UNAVAILABLE, 503 }, { STATUS_UNSUPPORTED, 409 },
        { STATUS_EXHAUSTED, 503 }, { STATUS_TIMEOUT, 504 },     { STATUS_CORRUPT, 500 },
        { STATUS_INTERNAL, 500 },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf out = { 0 };
        struct status status = status_error(rows[i].status, "why");
        struct http_reply reply = http_problem_of(&out, &status);
        CU_ASSERT_EQUAL(reply.code, rows[i].code);
        CU_ASSERT_TRUE(reply.body.len > 0);
        buf_done(&out);
    }
}

static CU_TestInfo tests[] = {
    { "a problem has its members", test_a_problem_has_its_members },
    { "more members may follow", test_more_members_may_follow },
    { "each status has a code", test_each_status_has_a_code },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "problem", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
