/* What people write for "at least" and "at most". */
#include "sla/terms/term.h"
#include "sla/words/bound.h"

#include "tests/suite.h"

static void a_bound_is_found_before_or_behind_a_value(void)
{
    static const struct {
        const char *text, *op; /* NULL: there is none */
        bool same;
        const char *rest;
    } rows[] = {
        { "≤", "<=", true, "" },
        { "≥ 99.9 %", ">=", true, "99.9 %" },
        { "=<80 ms", "<=", true, "80 ms" },
        { "=> high", ">=", true, "high" },
        { "<", "<=", false, "" },
        { "> high", ">=", false, "high" },
        { ">= high", ">=", true, "high" },
        { "at least", ">=", true, "" },
        { "At Least high", ">=", true, "high" },
        { "at most 80 ms", "<=", true, "80 ms" },
        { "no more than 30 s", "<=", true, "30 s" },
        { "less than 30 s", "<=", false, "30 s" },
        { "less than or equal to 30 s", "<=", true, "30 s" },
        { "up to 5", "<=", true, "5" },
        { "max", "<=", true, "" },
        { "high+", ">=", true, "high" },
        { "high or higher", ">=", true, "high" },
        { "low or below", "<=", true, "low" },
        { "30 s maximum", "<=", true, "30 s" },
        { "30 min", NULL, false, "" },
        { "minor", NULL, false, "" },
        { "maximal", NULL, false, "" },
        { "underway", NULL, false, "" },
        { "+", NULL, false, "" },
        { "in", NULL, false, "" },
        { "=", NULL, false, "" },
        { "", NULL, false, "" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct sla_bound bound = { 0 };
        bool found = sla_bound_take(slice_from(rows[i].text), &bound);
        if (found != (rows[i].op != NULL)) {
            printf("%s\n", rows[i].text);
        }
        CU_ASSERT_EQUAL(found, rows[i].op != NULL);
        if (found && rows[i].op != NULL) {
            CU_ASSERT_STRING_EQUAL(sla_op_name(bound.op), rows[i].op);
            CU_ASSERT_EQUAL(bound.same, rows[i].same);
            CU_ASSERT_TRUE(slice_is(bound.rest, rows[i].rest));
        }
    }
}

static CU_TestInfo tests[] = {
    { "a bound is found before or behind a value", a_bound_is_found_before_or_behind_a_value },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla bound", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
