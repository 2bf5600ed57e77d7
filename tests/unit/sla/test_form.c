#include "sla/words/form.h"

#include "tests/suite.h"

static void techniques_print_back(void)
{
    static const struct {
        const char *text;
        uint32_t technique;
    } rows[] = { { "T1110", 1110000 }, { "T1110.003", 1110003 }, { "T0001.999", 1999 } };
    static const char *const bad[] = { "",           "1110",      "T110",    "T11100",
                                       "t1110",      "T1110.",    "T1110.3", "T1110.000",
                                       "T1110.0003", "T1110.01x", "T0000",   "T1110-003",
                                       "TA0001" };
    uint32_t technique = 7;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(buf_done) struct buf text = { 0 };
        ASSERT_OK(sla_parse_technique(slice_from(rows[i].text), &technique));
        CU_ASSERT_EQUAL(technique, rows[i].technique);
        sla_format_technique(technique, &text);
        ASSERT_TEXT(buf_slice(&text), rows[i].text);
    }
    technique = 7;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        ASSERT_CODE(sla_parse_technique(slice_from(bad[i]), &technique), STATUS_INVALID);
    }
    CU_ASSERT_EQUAL(technique, 7);
}

#define TEN     "abcdefghij"
#define SIXTY   TEN TEN TEN TEN TEN TEN
#define LONGEST SIXTY "klm"

static void labels_are_those_of_kubernetes(void)
{
    static const struct {
        const char *key;
        bool good;
    } keys[] = {
        { "app", true },
        { "App_1.x-y", true },
        { "example.com/app", true },
        { LONGEST, true },
        { SIXTY "." SIXTY "." SIXTY "." SIXTY "/" LONGEST, true },
        { SIXTY "." SIXTY "." SIXTY "." SIXTY ".abcdefghijk/a", false },
        { LONGEST "n", false },
        { "", false },
        { "-app", false },
        { "app.", false },
        { "a b", false },
        { "/app", false },
        { "example.com/", false },
        { "Example.com/app", false },
        { "example..com/app", false },
        { "a/b/c", false },
    };
    static const struct {
        const char *value;
        bool good;
    } values[] = {
        { "", true },    { "x", true },          { "V1.2_b-3", true }, { LONGEST, true },
        { "-x", false }, { LONGEST "n", false }, { "a/b", false },     { "a b", false },
    };

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        struct status status = sla_check_label_key(slice_from(keys[i].key));
        suite_check(status_ok(&status) == keys[i].good, keys[i].key, __FILE__, __LINE__);
    }
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        struct status status = sla_check_label_value(slice_from(values[i].value));
        suite_check(status_ok(&status) == values[i].good, values[i].value, __FILE__, __LINE__);
    }
}

static void subjects_print_back(void)
{
    static const struct {
        const char *text;
        enum sla_subject_kind kind;
        const char *party, *name;
    } rows[] = {
        { "anyone", SLA_SUBJECT_ANYONE, "", "" },
        { "provider", SLA_SUBJECT_ROLE, "", "" },
        { "hospital-a", SLA_SUBJECT_PARTY, "hospital-a", "" },
        { "user/ana", SLA_SUBJECT_USER, "", "ana" },
        { "group/lab", SLA_SUBJECT_GROUP, "", "lab" },
        { "hospital-b/user/ana", SLA_SUBJECT_USER, "hospital-b", "ana" },
        { "hospital-b/group/lab", SLA_SUBJECT_GROUP, "hospital-b", "lab" },
    };
    static const char *const bad[] = { "",         "user/",         "/user/ana",  "Ana",
                                       "role/x",   "user/a/b",      "a/user/b/c", "user/Ana",
                                       "anyone/x", "hospital_b/x/y" };
    struct sla_subject subject = { .kind = SLA_SUBJECT_ANYONE };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(buf_done) struct buf text = { 0 };
        ASSERT_OK(sla_parse_subject(slice_from(rows[i].text), &subject));
        CU_ASSERT_EQUAL(subject.kind, rows[i].kind);
        ASSERT_TEXT(subject.party, rows[i].party);
        ASSERT_TEXT(subject.name, rows[i].name);
        sla_format_subject(&subject, &text);
        ASSERT_TEXT(buf_slice(&text), rows[i].text);
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        ASSERT_CODE(sla_parse_subject(slice_from(bad[i]), &subject), STATUS_INVALID);
    }
    CU_ASSERT_EQUAL(subject.kind, SLA_SUBJECT_GROUP);
}

static CU_TestInfo tests[] = {
    { "techniques print back", techniques_print_back },
    { "labels are those of Kubernetes", labels_are_those_of_kubernetes },
    { "subjects print back", subjects_print_back },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla forms", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
