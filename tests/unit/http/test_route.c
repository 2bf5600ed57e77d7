#include "orchestrator/route.h"

#include "tests/suite.h"

#include <stdio.h>

static struct arena arena;

static struct status run_nothing(void *request, const struct route_match *match)
{
    (void)request;
    (void)match;
    return STATUS_SUCCESS;
}

static const struct route routes[] = {
    { "GET", "/healthz", HTTP_ANYONE, run_nothing },
    { "GET", "/v1/plans", HTTP_ANYONE, run_nothing },
    { "GET", "/v1/plans/{id}", HTTP_ANYONE, run_nothing },
    { "POST", "/v1/plans/{id}/approve", HTTP_OFFICER, run_nothing },
    { "POST", "/v1/plans/{id}/undo", HTTP_OFFICER | HTTP_OPERATOR, run_nothing },
    { "DELETE", "/v1/plans/{id}", HTTP_OFFICER, run_nothing },
    { "GET", "/a/{b}/c/{d}", HTTP_ANYONE, run_nothing },
};

static const struct {
    const char *method, *path;
    unsigned roles;
    enum route_outcome outcome;
    int index;         /* of the route found */
    const char *param; /* the first one */
    const char *allow;
} rows[] = {
    { "GET", "/healthz", 0, ROUTE_FOUND, 0, "", "" },
    { "HEAD", "/healthz", 0, ROUTE_FOUND, 0, "", "" },
    { "GET", "/v1/plans", 0, ROUTE_FOUND, 1, "", "" },
    { "GET", "/v1/plans/pl-7", 0, ROUTE_FOUND, 2, "pl-7", "" },
    { "GET", "/v1/plans/a%20b%C3%A9", 0, ROUTE_FOUND, 2, "a b\xc3\xa9", "" },
    { "GET", "/v1/plans/a+b", 0, ROUTE_FOUND, 2, "a+b", "" },
    { "POST", "/v1/plans/x/approve", HTTP_OFFICER, ROUTE_FOUND, 3, "x", "" },
    { "POST", "/v1/plans/x/undo", HTTP_OPERATOR, ROUTE_FOUND, 4, "x", "" },
    { "GET", "/a/1/c/2", 0, ROUTE_FOUND, 6, "1", "" },
    { "POST", "/v1/plans/x/approve", HTTP_OPERATOR, ROUTE_DENIED, -1, "", "" },
    { "POST", "/v1/plans/x/approve", 0, ROUTE_DENIED, -1, "", "" },
    { "POST", "/healthz", 7, ROUTE_METHOD, -1, "", "GET, HEAD" },
    { "PUT", "/v1/plans/x", 7, ROUTE_METHOD, -1, "", "GET, HEAD, DELETE" },
    { "GET", "/v1/plans/x/undo", 7, ROUTE_METHOD, -1, "", "POST" },
    { "HEAD", "/v1/plans/x/undo", 7, ROUTE_METHOD, -1, "", "POST" },
    { "GET", "/", 7, ROUTE_UNKNOWN, -1, "", "" },
    { "GET", "", 7, ROUTE_UNKNOWN, -1, "", "" },
    { "GET", "/v1", 7, ROUTE_UNKNOWN, -1, "", "" },
    { "GET", "/v1/plans/", 7, ROUTE_UNKNOWN, -1, "", "" },
    { "GET", "/v1/plans/x/", 7, ROUTE_UNKNOWN, -1, "", "" },
    { "GET", "//v1/plans", 7, ROUTE_UNKNOWN, -1, "", "" },
    { "GET", "/v1/plans/x/y", 7, ROUTE_UNKNOWN, -1, "", "" },
    { "GET", "/V1/plans", 7, ROUTE_UNKNOWN, -1, "", "" },
    { "GET", "/v1/pl%61ns", 7, ROUTE_UNKNOWN, -1, "", "" },
    { "GET", "/v1/plans/a%2Fb", 7, ROUTE_UNKNOWN, -1, "", "" },
    { "GET", "/v1/plans/a%00b", 7, ROUTE_UNKNOWN, -1, "", "" },
    { "GET", "/v1/plans/a%0", 7, ROUTE_UNKNOWN, -1, "", "" },
    { "GET", "/v1/plans/a%g1", 7, ROUTE_UNKNOWN, -1, "", "" },
    { "GET", "/v1/plans/a%1g", 7, ROUTE_UNKNOWN, -1, "", "" },
    { "GET", "/v1/plans/%", 7, ROUTE_UNKNOWN, -1, "", "" },
};

static void test_each_path(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct route *route = NULL;
        struct route_match match = { .param_count = 0 };
        char allow[ROUTE_ALLOW_MAX];
        enum route_outcome outcome =
            route_find(routes, COUNT_OF(routes), slice_from(rows[i].method),
                       slice_from(rows[i].path), rows[i].roles, &arena, &route, &match, allow);

        if (outcome != rows[i].outcome) {
            (void)printf("  %s %s\n", rows[i].method, rows[i].path);
        }
        CU_ASSERT_EQUAL(outcome, rows[i].outcome);
        CU_ASSERT_STRING_EQUAL(outcome == ROUTE_METHOD ? allow : "", rows[i].allow);
        CU_ASSERT_EQUAL(route, rows[i].index >= 0 ? &routes[rows[i].index] : NULL);
        if (rows[i].param[0] != '\0' && match.param_count > 0) {
            ASSERT_TEXT(match.params[0], rows[i].param);
        }
    }
}

static void test_parameters_come_in_the_order_of_the_pattern(void)
{
    const struct route *route = NULL;
    struct route_match match = { .param_count = 0 };
    char allow[ROUTE_ALLOW_MAX];

    CU_ASSERT_EQUAL(route_find(routes, COUNT_OF(routes), SLICE("GET"), SLICE("/a/one/c/two"), 0,
                               &arena, &route, &match, allow),
                    ROUTE_FOUND);
    CU_ASSERT_EQUAL(match.param_count, 2);
    ASSERT_TEXT(match.params[0], "one");
    ASSERT_TEXT(match.params[1], "two");
}

static void test_query_texts(void)
{
    static const struct {
        const char *query;
        const char *value; /* NULL: absent */
        const char *message;
    } cases[] = {
        { "", NULL, NULL },
        { "b=1", NULL, NULL },
        { "a=1", "1", NULL },
        { "a=", "", NULL },
        { "a", "", NULL },
        { "&&a=x&", "x", NULL },
        { "b=2&a=x%20y+z&c", "x y z", NULL },
        { "a=b=c", "b=c", NULL },
        { "A=1", NULL, NULL },
        { "a=1&a=1", NULL, "`a` is given twice" },
        { "a=%zz", NULL, "`a` is not well encoded" },
        { "a=%0a", NULL, "`a` is not well encoded" },
        { "a=%4", NULL, "`a` is not well encoded" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct slice value = SLICE("before");
        struct status status = query_text(slice_from(cases[i].query), "a", &arena, &value);
        CU_ASSERT_STRING_EQUAL(status.msg, cases[i].message != NULL ? cases[i].message : "");
        if (!status_ok(&status)) {
            ASSERT_TEXT(value, "before");
        } else if (cases[i].value == NULL) {
            CU_ASSERT_PTR_NULL(value.ptr);
        } else {
            CU_ASSERT_PTR_NOT_NULL(value.ptr);
            ASSERT_TEXT(value, cases[i].value);
        }
    }
}

static void test_query_numbers(void)
{
    uint64_t value = 0;

    ASSERT_OK(query_number(SLICE("x=1"), "limit", 1, 1000, 100, &arena, &value));
    CU_ASSERT_EQUAL(value, 100);
    ASSERT_OK(query_number(SLICE("limit=1000"), "limit", 1, 1000, 100, &arena, &value));
    CU_ASSERT_EQUAL(value, 1000);
    ASSERT_CODE(query_number(SLICE("limit=1001"), "limit", 1, 1000, 100, &arena, &value),
                STATUS_INVALID);
    ASSERT_CODE(query_number(SLICE("limit="), "limit", 1, 1000, 100, &arena, &value),
                STATUS_INVALID);
    ASSERT_CODE(query_number(SLICE("limit=-1"), "limit", 1, 1000, 100, &arena, &value),
                STATUS_INVALID);
    CU_ASSERT_EQUAL(value, 1000);
}

static void test_unknown_parameters_are_errors(void)
{
    static const char *const known[] = { "limit", "after", NULL };

    ASSERT_OK(query_check(SLICE(""), known, &arena));
    ASSERT_OK(query_check(SLICE("after=x&limit=2"), known, &arena));
    struct status status = query_check(SLICE("after=x&limt=2"), known, &arena);
    ASSERT_CODE(status, STATUS_INVALID);
    CU_ASSERT_STRING_EQUAL(status.msg, "unknown parameter `limt`");
    status = query_check(SLICE("%zz=2"), known, &arena);
    CU_ASSERT_STRING_EQUAL(status.msg, "a parameter is not well encoded");
}

static CU_TestInfo tests[] = {
    { "each path", test_each_path },
    { "parameters come in the order of the pattern",
      test_parameters_come_in_the_order_of_the_pattern },
    { "query texts", test_query_texts },
    { "query numbers", test_query_numbers },
    { "unknown parameters are errors", test_unknown_parameters_are_errors },
    CU_TEST_INFO_NULL,
};

static void tear_down(void)
{
    arena_done(&arena);
}

CU_SuiteInfo suites[] = {
    { "route", NULL, NULL, NULL, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
