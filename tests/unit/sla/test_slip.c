/* Which names are taken for others with a slip of the hand. */
#include "sla/words/slip.h"

#include "tests/suite.h"

static const struct {
    const char *one, *other;
    bool is_slip;
} rows[] = {
    { "teir", "tier", true },
    { "bukcet", "bucket", true },
    { "hostr", "hoster", true },
    { "shpo", "shop", true },
    { "anan", "anna", true },
    { "lefft", "left", true },
    { "quarantin", "quarantine", true },
    { "databse", "database", true },
    { "stabe", "stage", true },
    { "Web", "web", true },
    { "front_end", "front-end", true },
    { "frontend", "front-end", true },
    { "app-fruor", "app-fruro", true },
    { "db-fornt-1", "db-front-1", true },
    { "web", "web", false },
    { "web", "web2", false },
    { "web1", "web2", false },
    { "fr-1a", "fr-1b", false },
    { "app-a", "app-b", false },
    { "s3-fr", "s3-es", false },
    { "s3-se", "s3-es", false },
    { "lan", "wan", false },
    { "test", "rest", false },
    { "internal", "external", false },
    { "minor", "major", false },
    { "app", "api", false },
    { "hosta", "hostb", false },
    { "bd", "db", false },
    { "db", "dbs", false },
    { "a", "b", false },
    { "", "", false },
    { "", "a", false },
    { "east", "west", false },
    { "public", "private", false },
    { "ops", "pos", false },
    { "wbe", "web", false },
    { "webs", "web", false },
    { "bru", "bur", false },
    { "app-oen", "app-one", false },
    { "lan", "wlan", false },
    { "app-lan", "app-wlan", false },
    { "blog", "log", false },
    { "email", "mail", false },
    { "stable", "sable", false },
    { "anna", "ana", false },
    { "payments", "payment", false },
    { "payments-api", "payment-api", false },
    { "patients", "patient", false },
    { "archive", "archived", false },
    { "compute", "computer", false },
    { "stop-east", "tsop-east", false },
};

static void a_slip_is_told_from_a_brother(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct slice a = slice_from(rows[i].one);
        struct slice b = slice_from(rows[i].other);
        bool is_slip = sla_is_slip(a, b);
        if (is_slip != rows[i].is_slip || sla_is_slip(b, a) != is_slip) {
            printf("%s, %s\n", rows[i].one, rows[i].other);
        }
        CU_ASSERT_EQUAL(is_slip, rows[i].is_slip);
        CU_ASSERT_EQUAL(sla_is_slip(b, a), rows[i].is_slip);
    }
}

static CU_TestInfo tests[] = {
    { "a slip is told from a brother", a_slip_is_told_from_a_brother },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla slip", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
