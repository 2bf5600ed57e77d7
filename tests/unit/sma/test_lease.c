#include "sma/lease.h"
#include "tests/suite.h"

static struct lease_table table;
static bool evidence;

static int tear_down(void)
{
    lease_table_done(&table);
    return 0;
}

static bool has_evidence(void *arg, const struct action *action)
{
    (void)arg;
    (void)action;
    return evidence;
}

static struct action action(uint8_t number, enum lease_polarity polarity, int64_t duration_ms)
{
    uint8_t bits[10] = { number };
    struct action out = { .kind = ACTION_NETWORK_DENY,
                          .id = ulid_make(1, bits),
                          .lease = { polarity, duration_ms, duration_ms * PLAN_BAN_LIMIT } };

    return out;
}

static void begin(void)
{
    lease_table_done(&table);
    evidence = false;
}

static struct lease_entry *due(int64_t now_ms, enum lease_verdict *verdict)
{
    return lease_due(&table, now_ms, has_evidence, NULL, verdict);
}

static void a_grant_ends_at_its_time_whatever_is_seen(void)
{
    enum lease_verdict verdict = LEASE_RENEW;
    struct action grant = action(1, LEASE_GRANT, 1000);

    begin();
    evidence = true;
    ASSERT_OK(lease_start(&table, &grant, 100));
    CU_ASSERT_EQUAL(lease_next_ms(&table), 1100);
    CU_ASSERT_PTR_NULL(due(1099, &verdict));
    CU_ASSERT_PTR_NOT_NULL(due(1100, &verdict));
    CU_ASSERT_EQUAL(verdict, LEASE_END);
    CU_ASSERT_PTR_NULL(due(9999, &verdict)); /* busy: not twice */
}

static void a_ban_without_evidence_ends(void)
{
    enum lease_verdict verdict = LEASE_RENEW;
    struct action ban = action(1, LEASE_BAN, 1000);

    begin();
    ASSERT_OK(lease_start(&table, &ban, 0));
    CU_ASSERT_EQUAL(lease_next_ms(&table), 500);
    CU_ASSERT_PTR_NULL(due(500, &verdict));
    CU_ASSERT_EQUAL(lease_next_ms(&table), 1000); /* looked at: no spinning until its end */
    CU_ASSERT_PTR_NOT_NULL_FATAL(due(1000, &verdict));
    CU_ASSERT_EQUAL(verdict, LEASE_END);
    lease_drop(&table, &ban.id);
    CU_ASSERT_EQUAL(lease_next_ms(&table), INT64_MAX);
}

static void a_ban_is_renewed_while_evidence_lasts_up_to_its_limit(void)
{
    enum lease_verdict verdict = LEASE_END;
    struct action ban = action(1, LEASE_BAN, 1000);
    int64_t now_ms = 0;
    unsigned renewals = 0;

    begin();
    evidence = true;
    ASSERT_OK(lease_start(&table, &ban, 0));
    for (;;) {
        struct lease_entry *entry = due(now_ms, &verdict);
        if (entry != NULL && verdict == LEASE_END) {
            break;
        }
        if (entry != NULL) {
            entry->is_busy = false;
            renewals++;
        }
        int64_t next_ms = lease_next_ms(&table);
        CU_ASSERT_FATAL(next_ms > now_ms || entry != NULL);
        now_ms = next_ms;
    }
    CU_ASSERT_EQUAL(now_ms, INT64_C(1000) * PLAN_BAN_LIMIT);
    CU_ASSERT_EQUAL(renewals, PLAN_BAN_LIMIT - 1);
}

static void without_a_duration_it_stays_until_undone(void)
{
    enum lease_verdict verdict = LEASE_END;
    struct action ban = action(1, LEASE_BAN, 0);

    begin();
    ASSERT_OK(lease_start(&table, &ban, 5));
    CU_ASSERT_EQUAL(lease_next_ms(&table), INT64_MAX);
    CU_ASSERT_PTR_NULL(due(INT64_MAX - 1, &verdict));
}

static void what_is_found_on_a_plane_is_adopted_once(void)
{
    struct action ban = action(1, LEASE_BAN, 1000);
    struct action forever = action(2, LEASE_BAN, 0);

    begin();
    ASSERT_OK(lease_adopt(&table, &ban, 400, 10000));
    CU_ASSERT_EQUAL(lease_find(&table, &ban.id)->ends_ms, 10400);
    CU_ASSERT_EQUAL(lease_find(&table, &ban.id)->limit_ms, 13400);
    ASSERT_OK(lease_adopt(&table, &ban, 1, 0));
    CU_ASSERT_EQUAL(lease_find(&table, &ban.id)->ends_ms, 10400);
    ASSERT_OK(lease_adopt(&table, &forever, -1, 0));
    CU_ASSERT_EQUAL(lease_find(&table, &forever.id)->ends_ms, INT64_MAX);
    lease_drop(&table, &ban.id);
    CU_ASSERT_PTR_NULL(lease_find(&table, &ban.id));
    CU_ASSERT_PTR_NOT_NULL(lease_find(&table, &forever.id));
    lease_drop(&table, &ban.id); /* unknown: nothing */
    CU_ASSERT_EQUAL(table.count, 1);
}

static void many_leases_are_kept(void)
{
    struct action one = action(1, LEASE_BAN, 1000);

    begin();
    for (size_t i = 0; i < 300; i++) {
        uint8_t bits[10] = { (uint8_t)i, (uint8_t)(i >> 8) };
        one.id = ulid_make(2, bits);
        ASSERT_OK(lease_start(&table, &one, (int64_t)i));
    }
    CU_ASSERT_EQUAL(table.count, 300);
}

static CU_TestInfo tests[] = {
    { "a grant ends at its time whatever is seen", a_grant_ends_at_its_time_whatever_is_seen },
    { "a ban without evidence ends", a_ban_without_evidence_ends },
    { "a ban is renewed while evidence lasts, up to its limit",
      a_ban_is_renewed_while_evidence_lasts_up_to_its_limit },
    { "without a duration it stays until undone", without_a_duration_it_stays_until_undone },
    { "what is found on a plane is adopted once", what_is_found_on_a_plane_is_adopted_once },
    { "many leases are kept", many_leases_are_kept },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "lease", NULL, tear_down, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
