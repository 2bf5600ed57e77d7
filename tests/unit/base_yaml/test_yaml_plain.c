#include "base/yaml_plain.h"

#include "tests/suite.h"

/* Of each kind what YAML 1.1 (yaml.org/type) or the core schema of 1.2 gives as examples, and what
 * only looks like it. */
static const struct {
    const char *text;
    enum yaml_plain reading;
} rows[] = {
    { "", YAML_PLAIN_NULL },
    { "~", YAML_PLAIN_NULL },
    { "null", YAML_PLAIN_NULL },
    { "NULL", YAML_PLAIN_NULL },
    { "nULL", YAML_PLAIN_TEXT },
    { "NO", YAML_PLAIN_FLAG },
    { "no", YAML_PLAIN_FLAG },
    { "yes", YAML_PLAIN_FLAG },
    { "On", YAML_PLAIN_FLAG },
    { "off", YAML_PLAIN_FLAG },
    { "y", YAML_PLAIN_TEXT },
    { "N", YAML_PLAIN_TEXT },
    { "True", YAML_PLAIN_FLAG },
    { "nO", YAML_PLAIN_TEXT },
    { "none", YAML_PLAIN_TEXT },
    { "NOR", YAML_PLAIN_TEXT },
    { "12", YAML_PLAIN_NUMBER },
    { "012", YAML_PLAIN_NUMBER },
    { "+12", YAML_PLAIN_NUMBER },
    { "-12_000", YAML_PLAIN_NUMBER },
    { "0x1F", YAML_PLAIN_NUMBER },
    { "0o17", YAML_PLAIN_NUMBER },
    { "0b1010_0111", YAML_PLAIN_NUMBER },
    { "1e3", YAML_PLAIN_NUMBER },
    { "6.8523015e+5", YAML_PLAIN_NUMBER },
    { "685.230_15e+03", YAML_PLAIN_NUMBER },
    { ".5", YAML_PLAIN_NUMBER },
    { "1.", YAML_PLAIN_NUMBER },
    { "-.INF", YAML_PLAIN_NUMBER },
    { ".nan", YAML_PLAIN_NUMBER },
    { "22:22", YAML_PLAIN_NUMBER },
    { "190:20:30.15", YAML_PLAIN_NUMBER },
    { "1e", YAML_PLAIN_TEXT },
    { "0x", YAML_PLAIN_TEXT },
    { "0xG", YAML_PLAIN_TEXT },
    { "22:62", YAML_PLAIN_TEXT },
    { "22:", YAML_PLAIN_TEXT },
    { ":22", YAML_PLAIN_TEXT },
    { ".", YAML_PLAIN_TEXT },
    { "_", YAML_PLAIN_TEXT },
    { "_1", YAML_PLAIN_TEXT },
    { "-", YAML_PLAIN_TEXT },
    { "e3", YAML_PLAIN_TEXT },
    { "10.0.0.1", YAML_PLAIN_TEXT },
    { "30 s", YAML_PLAIN_TEXT },
    { "99.99 %", YAML_PLAIN_TEXT },
    { "1-2", YAML_PLAIN_TEXT },
    { "12a", YAML_PLAIN_TEXT },
    { "2026-01-31", YAML_PLAIN_TIME },
    { "2026-01-31T10:00:00Z", YAML_PLAIN_TIME },
    { "2026-01-31 10:00:00", YAML_PLAIN_TIME },
    { "2026-1-31", YAML_PLAIN_TEXT },
    { "2026-01-31b", YAML_PLAIN_TEXT },
    { "2026-01-31 later", YAML_PLAIN_TEXT },
    { "hospital-a", YAML_PLAIN_TEXT },
    { "PT", YAML_PLAIN_TEXT },
};

static void plain_scalars_are_read_as_other_readers_do(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        suite_check(yaml_plain_reading(slice_from(rows[i].text)) == rows[i].reading, rows[i].text,
                    __FILE__, __LINE__);
        CU_ASSERT_PTR_NOT_NULL(yaml_plain_name(rows[i].reading));
    }
}

static CU_TestInfo tests[] = {
    { "plain scalars are read as other readers do", plain_scalars_are_read_as_other_readers_do },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "yaml plain", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
