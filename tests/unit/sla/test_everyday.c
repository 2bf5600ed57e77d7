/* What people call the words of the language. */
#include "sla/words/everyday.h"

#include "tests/suite.h"

static void a_word_is_meant_by_its_everyday_name(void)
{
    static const struct {
        const char *text, *list[4], *word;
    } rows[] = {
        { "allow", { "permit", "deny" }, "permit" },
        { "Allow", { "permit", "deny" }, "permit" },
        { "yes", { "permit", "deny", "none" }, "permit" },
        { "block", { "permit", "deny" }, "deny" },
        { "forbid", { "permit", "deny", "only", "pass" }, "deny" },
        { "reject", { "permit", "deny" }, "deny" },
        { "no", { "permit", "none", "deny" }, "deny" },
        { "no", { "none", "operator" }, "none" },
        { "OFF", { "none", "operator" }, "none" },
        { "block", { "network.isolate", "network.deny" }, "network.deny" },
        { "block", { "network.deny source", "network.isolate" }, "network.deny source" },
        { "storage", { "compute", "data", "network" }, "data" },
        { "net", { "compute", "data", "network" }, "network" },
        { "vm", { "compute", "data", "network" }, "compute" },
        { "server", { "compute", "data", "network" }, "compute" },
        { "server", { "vm", "container" }, "vm" },
        { "subnet", { "host", "segment" }, "segment" },
        { "S3", { "compute", "data", "network" }, "data" },
        { "SLA", { "SecuritySLA", "ProviderOffer", "UCloud" }, "SecuritySLA" },
        { "u-cloud", { "SecuritySLA", "ProviderOffer", "UCloud" }, "UCloud" },
        { "customer", { "tenant", "user", "provider" }, "tenant" },
        { "false", { "permit", "none", "deny" }, "deny" },
        { "false", { "none", "operator" }, "none" },
        { "true", { "permit", "deny" }, "permit" },
        { "blocked", { "permit", "deny" }, "deny" },
        { "drop", { "network.deny source", "network.isolate" }, "network.deny source" },
        { "internet", { "any" }, "any" },
        { "anywhere", { "any" }, "any" },
        { "world", { "any" }, "any" },
        { "outside", { "any" }, "any" },
        { "allow", { "in", ">=" }, "" },
        { "allo", { "permit", "deny" }, "" },
        { "allowed", { "permit", "deny" }, "" },
        { "", { "permit", "deny" }, "" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct slice list[COUNT_OF(rows[i].list)];
        size_t count = 0;
        for (; count < COUNT_OF(list) && rows[i].list[count] != NULL; count++) {
            list[count] = slice_from(rows[i].list[count]);
        }
        struct slice word = sla_everyday(slice_from(rows[i].text), list, count);
        if (!slice_is(word, rows[i].word)) {
            printf("%s: %.*s\n", rows[i].text, SLICE_ARG(word));
        }
        CU_ASSERT_TRUE(slice_is(word, rows[i].word));
    }
    CU_ASSERT_EQUAL(sla_everyday(SLICE("allow"), NULL, 0).len, 0);
}

static CU_TestInfo tests[] = {
    { "a word is meant by its everyday name", a_word_is_meant_by_its_everyday_name },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla everyday", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
