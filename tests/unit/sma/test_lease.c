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

/* Renewals and ends succeed at once. Returns when the lease ends. */
static int64_t run_to_the_end(int64_t now_ms, unsigned *out_renewals)
{
    enum lease_verdict verdict = LEASE_RENEW;

    *out_renewals = 0;
    for (;;) {
        struct lease_entry *entry = lease_due(&table, now_ms, has_evidence, NULL, &verdict);
        if (entry != NULL && verdict == LEASE_END) {
            return now_ms;
        }
        if (entry != NULL) {
            entry->is_busy = false;
            lease_renewed(entry);
            (*out_renewals)++;
        }
        int64_t next_ms = lease_next_ms(&table);
        CU_ASSERT_FATAL(next_ms > now_ms || entry != NULL);
        now_ms = next_ms > now_ms ? next_ms : now_ms;
    }
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
    CU_ASSERT_EQUAL(lease_next_ms(&table), 950); /* looked at: no spinning until its end */
    CU_ASSERT_PTR_NULL(due(960, &verdict));
    CU_ASSERT_EQUAL(lease_next_ms(&table), 1000);
    CU_ASSERT_PTR_NOT_NULL_FATAL(due(1000, &verdict));
    CU_ASSERT_EQUAL(verdict, LEASE_END);
    lease_drop(&table, &ban.id);
    CU_ASSERT_EQUAL(lease_next_ms(&table), INT64_MAX);
}

static void a_ban_is_renewed_while_evidence_lasts_up_to_its_limit(void)
{
    struct action ban = action(1, LEASE_BAN, 1000);
    unsigned renewals = 0;

    begin();
    evidence = true;
    ASSERT_OK(lease_start(&table, &ban, 0));
    CU_ASSERT_EQUAL(run_to_the_end(0, &renewals), INT64_C(1000) * PLAN_BAN_LIMIT);
    CU_ASSERT_EQUAL(renewals, PLAN_BAN_LIMIT - 1);
}

static void evidence_that_comes_late_renews_before_the_end(void)
{
    enum lease_verdict verdict = LEASE_END;
    struct action ban = action(1, LEASE_BAN, 1000);

    begin();
    ASSERT_OK(lease_start(&table, &ban, 0));
    CU_ASSERT_PTR_NULL(due(500, &verdict));
    evidence = true;
    CU_ASSERT_PTR_NOT_NULL_FATAL(due(950, &verdict));
    CU_ASSERT_EQUAL(verdict, LEASE_RENEW);
}

static void a_renewal_that_fails_is_tried_again_soon_while_evidence_lasts(void)
{
    enum lease_verdict verdict = LEASE_END;
    struct action ban = action(1, LEASE_BAN, 10000);
    int64_t now_ms = 9500;
    unsigned before_the_end = 0;

    begin();
    evidence = true;
    ASSERT_OK(lease_start(&table, &ban, 0));
    while (now_ms < 15000) {
        struct lease_entry *entry = due(now_ms, &verdict);
        CU_ASSERT_PTR_NOT_NULL_FATAL(entry);
        CU_ASSERT_EQUAL(verdict, LEASE_RENEW);
        CU_ASSERT_EQUAL(entry->ends_ms, 10000); /* not moved by what did not happen */
        entry->is_busy = false;
        lease_failed(entry, now_ms);
        int64_t next_ms = lease_next_ms(&table);
        CU_ASSERT(next_ms > now_ms && next_ms - now_ms <= LEASE_RETRY_MAX_MS);
        before_the_end += now_ms < 10000 ? 1 : 0;
        now_ms = next_ms;
    }
    CU_ASSERT(before_the_end >= 4);
    struct lease_entry *entry = due(now_ms, &verdict);
    CU_ASSERT_PTR_NOT_NULL_FATAL(entry);
    CU_ASSERT_EQUAL(entry->renew_to_ms, now_ms + 10000); /* a whole lease, not one in the past */
    entry->is_busy = false;
    lease_renewed(entry);
    CU_ASSERT_EQUAL(lease_next_ms(&table), now_ms + 10000 - LEASE_RENEW_BEFORE_MS);
}

static void without_evidence_or_past_its_limit_it_is_not_tried_again(void)
{
    enum lease_verdict verdict = LEASE_RENEW;
    struct action ban = action(1, LEASE_BAN, 1000);

    begin();
    evidence = true;
    ASSERT_OK(lease_start(&table, &ban, 0));
    for (int64_t now_ms = 500; now_ms < 4000; now_ms = lease_next_ms(&table)) {
        struct lease_entry *entry = due(now_ms, &verdict);
        CU_ASSERT_PTR_NOT_NULL_FATAL(entry);
        CU_ASSERT_EQUAL(verdict, LEASE_RENEW);
        entry->is_busy = false;
        lease_failed(entry, now_ms);
    }
    CU_ASSERT_PTR_NOT_NULL(due(lease_next_ms(&table), &verdict));
    CU_ASSERT_EQUAL(verdict, LEASE_END);

    begin();
    ASSERT_OK(lease_start(&table, &ban, 0));
    evidence = true;
    struct lease_entry *entry = due(999, &verdict);
    CU_ASSERT_PTR_NOT_NULL_FATAL(entry);
    entry->is_busy = false;
    lease_failed(entry, 999);
    evidence = false;
    CU_ASSERT_PTR_NOT_NULL(due(1019, &verdict));
    CU_ASSERT_EQUAL(verdict, LEASE_END);
}

static void an_end_that_fails_is_tried_again(void)
{
    enum lease_verdict verdict = LEASE_RENEW;
    struct action grant = action(1, LEASE_GRANT, 1000);

    begin();
    ASSERT_OK(lease_start(&table, &grant, 0));
    struct lease_entry *entry = due(1000, &verdict);
    CU_ASSERT_PTR_NOT_NULL_FATAL(entry);
    entry->is_busy = false;
    lease_failed(entry, 1000);
    CU_ASSERT_EQUAL(lease_next_ms(&table), 1000 + LEASE_RETRY_MS);
    CU_ASSERT_PTR_NOT_NULL(due(1000 + LEASE_RETRY_MS, &verdict));
    CU_ASSERT_EQUAL(verdict, LEASE_END);
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
    CU_ASSERT_EQUAL(lease_find(&table, &ban.id)->limit_ms, 13400); /* 600 of 4000 are over */
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

/* What the plane keeps is what was applied last. */
static struct action applied(struct lease_entry *entry, int64_t now_ms)
{
    struct action out = entry->action;

    out.lease = lease_until(entry, entry->renew_to_ms, now_ms);
    return out;
}

static void restarts_do_not_prolong_the_limit(void)
{
    enum lease_verdict verdict = LEASE_RENEW;
    struct action ban = action(1, LEASE_BAN, 1000);
    int64_t now_ms = 0;
    int64_t applied_ms = 0;

    begin();
    evidence = true;
    ASSERT_OK(lease_start(&table, &ban, 0));
    for (unsigned restarts = 0; restarts < 50; restarts++) {
        now_ms = lease_next_ms(&table);
        struct lease_entry *entry = due(now_ms, &verdict);
        if (entry == NULL) {
            continue; /* at its limit: only looked at */
        }
        if (verdict == LEASE_END) {
            break;
        }
        ban = applied(entry, now_ms);
        ASSERT_OK(action_validate(&(struct action){
            .id = ban.id, .kind = ACTION_NETWORK_ISOLATE, .node = "n", .lease = ban.lease }));
        applied_ms = now_ms;
        lease_table_done(&table); /* killed, and 100 ms later there again */
        now_ms += 100;
        ASSERT_OK(lease_adopt(&table, &ban, ban.lease.duration_ms - (now_ms - applied_ms), now_ms));
    }
    CU_ASSERT_EQUAL(verdict, LEASE_END);
    CU_ASSERT_EQUAL(now_ms, INT64_C(1000) * PLAN_BAN_LIMIT);
}

static void no_clock_of_a_plane_prolongs_or_cuts_what_was_agreed(void)
{
    static const struct {
        int64_t duration_ms, limit_ms, left_ms;
        int64_t ends_ms, limit_at_ms; /* from now */
    } rows[] = {
        { 1000, 4000, 1000, 1000, 4000 },        /* just applied */
        { 1000, 4000, 400, 400, 3400 },          /* */
        { 1000, 4000, 5000000, 1000, 4000 },     /* its clock went back */
        { 1000, 4000, 0, 0, 3000 },              /* its clock went ahead, or it is over */
        { 1000, 1000, 400, 400, 400 },           /* no renewals were agreed */
        { 0, 0, 400, 400, 400 },                 /* a plane that keeps only the end */
        { 1000, 0, 400, 400, 400 },              /* or no limit */
        { LEASE_MAX_MS, LEASE_MAX_MS, 7, 7, 7 }, /* */
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct action ban = action(1, LEASE_BAN, 1000);
        ban.lease.duration_ms = rows[i].duration_ms;
        ban.lease.limit_ms = rows[i].limit_ms;
        begin();
        ASSERT_OK(lease_adopt(&table, &ban, rows[i].left_ms, 70));
        CU_ASSERT_EQUAL(lease_find(&table, &ban.id)->ends_ms, 70 + rows[i].ends_ms);
        CU_ASSERT_EQUAL(lease_find(&table, &ban.id)->limit_ms, 70 + rows[i].limit_at_ms);
    }
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
    { "evidence that comes late renews before the end",
      evidence_that_comes_late_renews_before_the_end },
    { "a renewal that fails is tried again soon while evidence lasts",
      a_renewal_that_fails_is_tried_again_soon_while_evidence_lasts },
    { "without evidence or past its limit it is not tried again",
      without_evidence_or_past_its_limit_it_is_not_tried_again },
    { "an end that fails is tried again", an_end_that_fails_is_tried_again },
    { "restarts do not prolong the limit", restarts_do_not_prolong_the_limit },
    { "no clock of a plane prolongs or cuts what was agreed",
      no_clock_of_a_plane_prolongs_or_cuts_what_was_agreed },
    { "without a duration it stays until undone", without_a_duration_it_stays_until_undone },
    { "what is found on a plane is adopted once", what_is_found_on_a_plane_is_adopted_once },
    { "many leases are kept", many_leases_are_kept },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "lease", NULL, tear_down, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
