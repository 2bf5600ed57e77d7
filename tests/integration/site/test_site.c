/* A whole site of real processes: approval over a restart, undo, an attack that only a log claims,
 * one from the management link, and databases that do not know where the node's stream stands. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/site/namespace.h"
#include "tests/site/site.h"
#include "tests/suite.h"

enum { DEADLINE_MS = 20000 };

static struct site *site;
static struct arena arena;
static int connection = -1;

static int set_up(void)
{
    const char *bin = getenv("REDAN_BIN"); /* NOLINT(concurrency-mt-unsafe): one thread */
    const struct site_options options = { .folder = suite_folder(),
                                          .approval = "one",
                                          .bin = bin != NULL ? bin : "build/bin" };

    namespace_here();
    struct status started = site_new(&options, &site);
    if (status_ok(&started)) {
        started = site_start_all(site);
    }
    if (!status_ok(&started)) {
        (void)printf("  %s\n", started.msg);
    }
    return status_ok(&started) ? 0 : 1;
}

static int tear_down(void)
{
    site_free(&site);
    cleanup_close(&connection);
    arena_done(&arena);
    return 0;
}

static const struct json *ask(const char *path)
{
    const struct json *answer = NULL;

    ASSERT_OK(site_ask(site, &arena, "GET", path, NULL, &answer));
    return answer;
}

/* The newest incident of a source, or NULL. */
static const struct json *incident_of(const char *source)
{
    const struct json *list = ask("/v1/incidents");
    const struct json *items = list != NULL ? json_get(list, "items") : NULL;

    for (const struct json *row = items != NULL ? items->first : NULL; row != NULL;
         row = row->next) {
        if (slice_is(json_text(row, "source"), source)) {
            return row;
        }
    }
    return NULL;
}

/* The newest plan of that incident, whole, or NULL. */
static const struct json *plan_of(const char *source)
{
    const struct json *incident = incident_of(source);

    if (incident == NULL) {
        return NULL;
    }
    struct slice path =
        arena_printf(&arena, "/v1/plans?incident=%.*s", SLICE_ARG(json_text(incident, "id")));
    const struct json *list = ask(path.ptr);
    const struct json *items = list != NULL ? json_get(list, "items") : NULL;
    if (items == NULL || items->first == NULL) {
        return NULL;
    }
    path = arena_printf(&arena, "/v1/plans/%.*s", SLICE_ARG(json_text(items->first, "id")));
    return ask(path.ptr);
}

struct wanted {
    const char *source;
    const char *state;
};

static bool plan_is(void *arg)
{
    const struct wanted *wanted = arg;
    const struct json *plan = plan_of(wanted->source);

    return plan != NULL && slice_is(json_text(plan, "state"), wanted->state);
}

static bool wait_plan(const char *source, const char *state)
{
    struct wanted wanted = { source, state };

    return site_wait(plan_is, &wanted, DEADLINE_MS);
}

static bool closes(void *arg)
{
    const struct json *incident = incident_of(arg);

    return incident != NULL && slice_is(json_text(incident, "state"), "closed");
}

static void attack(const char *source)
{
    uint16_t port = 0;

    cleanup_close(&connection);
    connection = -1;
    ASSERT_OK(site_connect(site, source, 2000, &connection, &port));
    ASSERT_OK(site_log_failures(site, source, port, 5));
}

static int redan(const char *noun, const char *verb, const char *id)
{
    const char *const words[] = { noun, verb, id, "--yes", NULL };

    return site_redan(site, words);
}

static void a_quiet_node_is_not_a_silent_one(void)
{
    const struct json *status = ask("/v1/status");
    const struct json *nodes = status != NULL ? json_get(status, "nodes") : NULL;
    int64_t enrolled = 0;
    int64_t silent = -1;

    CU_ASSERT_PTR_NOT_NULL_FATAL(nodes);
    ASSERT_OK(json_i64(json_get(nodes, "enrolled"), 0, 99, &enrolled));
    ASSERT_OK(json_i64(json_get(nodes, "silent"), 0, 99, &silent));
    CU_ASSERT_EQUAL(enrolled, 2);
    CU_ASSERT_EQUAL(silent, 0);
}

static void a_plan_waits_for_approval_also_over_a_crash(void)
{
    attack("10.99.0.2");
    CU_ASSERT_TRUE_FATAL(wait_plan("10.99.0.2", "awaiting-approval"));
    CU_ASSERT_FALSE(site_kernel_denies(site, "10.99.0.2"));
    process_kill(site_process(site, SITE_REDAND));
    ASSERT_OK(site_start(site, SITE_REDAND, NULL));
    ASSERT_OK(site_wait_api(site));
    const struct json *plan = plan_of("10.99.0.2");
    CU_ASSERT_PTR_NOT_NULL_FATAL(plan);
    ASSERT_TEXT(json_text(plan, "state"), "awaiting-approval");
    /* another plan's digest is no approval of this one */
    struct slice path =
        arena_printf(&arena, "/v1/plans/%.*s/approve", SLICE_ARG(json_text(plan, "id")));
    const struct json *answer = NULL;
    ASSERT_CODE(site_ask(site, &arena, "POST", path.ptr,
                         "{\"digest\":\"0000000000000000000000000000000000000000000000000000000000"
                         "000000\"}",
                         &answer),
                STATUS_INVALID);
    ASSERT_TEXT(json_text(answer, "code"), "stale");
    CU_ASSERT_EQUAL(redan("plan", "approve", arena_cstr(&arena, json_text(plan, "id"))), 0);
    CU_ASSERT_TRUE(wait_plan("10.99.0.2", "done"));
    CU_ASSERT_TRUE(site_kernel_denies(site, "10.99.0.2"));
}

static void an_undo_takes_it_back_and_closes_the_incident(void)
{
    char source[] = "10.99.0.2";
    const struct json *plan = plan_of(source);

    CU_ASSERT_PTR_NOT_NULL_FATAL(plan);
    CU_ASSERT_EQUAL(redan("plan", "undo", arena_cstr(&arena, json_text(plan, "id"))), 0);
    CU_ASSERT_TRUE(wait_plan(source, "undone"));
    CU_ASSERT_TRUE(site_wait(closes, source, DEADLINE_MS));
    CU_ASSERT_FALSE(site_kernel_denies(site, source));
    /* there is nothing left to undo */
    CU_ASSERT_NOT_EQUAL(redan("plan", "undo", arena_cstr(&arena, json_text(plan, "id"))), 0);
}

static bool plan_is_another(void *arg)
{
    const struct slice *before = arg;

    return !slice_eq(json_text(plan_of("10.99.0.5"), "id"), *before);
}

static void a_plan_for_other_slas_is_made_anew(void)
{
    attack("10.99.0.5");
    CU_ASSERT_TRUE_FATAL(wait_plan("10.99.0.5", "awaiting-approval"));
    struct slice before = json_text(plan_of("10.99.0.5"), "id");
    ASSERT_OK(site_apply_slas_with(site, "30m"));
    CU_ASSERT_TRUE_FATAL(site_wait(plan_is_another, &before, DEADLINE_MS));
    const struct json *plan = plan_of("10.99.0.5");
    CU_ASSERT_PTR_NOT_NULL_FATAL(plan);
    ASSERT_TEXT(json_text(plan, "state"), "awaiting-approval");
    CU_ASSERT_EQUAL(redan("plan", "approve", arena_cstr(&arena, json_text(plan, "id"))), 0);
    CU_ASSERT_TRUE(wait_plan("10.99.0.5", "done"));
}

static void what_only_a_log_claims_cuts_nobody(void)
{
    ASSERT_OK(site_log_failures(site, "10.99.0.77", 4242, 8));
    CU_ASSERT_TRUE(wait_plan("10.99.0.77", "refused"));
    const struct json *plan = plan_of("10.99.0.77");
    ASSERT_TEXT(json_text(plan, "reason"),
                "the kernel did not see this source: only the log names it");
    CU_ASSERT_FALSE(site_kernel_denies(site, "10.99.0.77"));
}

static void the_management_link_is_never_cut(void)
{
    attack("10.98.0.9");
    CU_ASSERT_TRUE(wait_plan("10.98.0.9", "refused"));
    const struct json *plan = plan_of("10.98.0.9");
    ASSERT_TEXT(json_text(plan, "reason"),
                "would cut the protected asset 10.98.0.0/24 (management link)");
    CU_ASSERT_FALSE(site_kernel_denies(site, "10.98.0.9"));
}

/* How often the journal says that events are lost. */
static unsigned gaps_in_journal(void)
{
    unsigned count = 0;
    int64_t from = 1;
    int64_t before = 0;

    while (from != before) {
        const struct json *list =
            ask(arena_printf(&arena, "/v1/journal?from=%lld", (long long)from).ptr);
        const struct json *items = list != NULL ? json_get(list, "items") : NULL;
        before = from;
        for (const struct json *row = items != NULL ? items->first : NULL; row != NULL;
             row = row->next) {
            count += slice_is(json_text(row, "kind"), "ingest.gap") ? 1 : 0;
            ASSERT_OK(json_i64(json_get(row, "seq"), 1, INT64_MAX, &from));
            from++;
        }
    }
    return count;
}

static void run(const char *const *argv)
{
    struct process child;
    int code = -1;

    ASSERT_OK(process_start(&child, argv[0], argv, NULL, "/dev/null"));
    ASSERT_OK(process_wait(&child, DEADLINE_MS, &code));
    CU_ASSERT_EQUAL(code, 0);
}

static void start_redand(void)
{
    ASSERT_OK(site_start(site, SITE_REDAND, NULL));
    ASSERT_OK(site_wait_api(site));
}

/* All events so far are acknowledged and given up by the node; nobody else has them now. */
static void a_new_database_hears_of_the_next_attack(void)
{
    const struct json *plan = NULL;

    CU_ASSERT_EQUAL(gaps_in_journal(), 0);
    process_kill(site_process(site, SITE_REDAND));
    site_remove_folder(site_path(site, "redand"));
    start_redand();
    ASSERT_OK(site_apply_slas(site));
    ASSERT_OK(site_wait_ready(site));
    attack("10.99.0.11");
    CU_ASSERT_TRUE_FATAL(wait_plan("10.99.0.11", "awaiting-approval"));
    CU_ASSERT_EQUAL(gaps_in_journal(), 1);
    /* its commands count from 1 again, and are obeyed */
    plan = plan_of("10.99.0.11");
    CU_ASSERT_PTR_NOT_NULL_FATAL(plan);
    CU_ASSERT_EQUAL(redan("plan", "approve", arena_cstr(&arena, json_text(plan, "id"))), 0);
    CU_ASSERT_TRUE(wait_plan("10.99.0.11", "done"));
    CU_ASSERT_TRUE(site_kernel_denies(site, "10.99.0.11"));
    CU_ASSERT_EQUAL(gaps_in_journal(), 1);
}

static void a_restored_backup_hears_of_the_next_attack(void)
{
    const char *const keep[] = { "/bin/cp", "-a", site_path(site, "redand"),
                                 site_path(site, "backup"), NULL };
    const char *const restore[] = { "/bin/mv", site_path(site, "backup"), site_path(site, "redand"),
                                    NULL };

    ASSERT_OK(process_stop(site_process(site, SITE_REDAND)));
    run(keep);
    start_redand();
    attack("10.99.0.12");
    CU_ASSERT_TRUE_FATAL(wait_plan("10.99.0.12", "awaiting-approval"));
    process_kill(site_process(site, SITE_REDAND));
    site_remove_folder(site_path(site, "redand"));
    run(restore);
    start_redand();
    CU_ASSERT_PTR_NULL(plan_of("10.99.0.12")); /* of that it knows nothing */
    attack("10.99.0.13");
    CU_ASSERT_TRUE_FATAL(wait_plan("10.99.0.13", "awaiting-approval"));
    CU_ASSERT_EQUAL(gaps_in_journal(), 2);
    const struct json *plan = plan_of("10.99.0.13");
    CU_ASSERT_PTR_NOT_NULL_FATAL(plan);
    CU_ASSERT_EQUAL(redan("plan", "approve", arena_cstr(&arena, json_text(plan, "id"))), 0);
    CU_ASSERT_TRUE(wait_plan("10.99.0.13", "done"));
    CU_ASSERT_TRUE(site_kernel_denies(site, "10.99.0.13"));
}

static void everything_stops_cleanly(void)
{
    for (size_t i = SITE_PARTS; i-- > 0;) {
        ASSERT_OK(process_stop(site_process(site, (enum site_part)i)));
    }
}

static CU_TestInfo tests[] = {
    { "a quiet node is not a silent one", a_quiet_node_is_not_a_silent_one },
    { "a plan waits for approval, also over a crash", a_plan_waits_for_approval_also_over_a_crash },
    { "an undo takes it back and closes the incident",
      an_undo_takes_it_back_and_closes_the_incident },
    { "a plan for other SLAs is made anew", a_plan_for_other_slas_is_made_anew },
    { "what only a log claims cuts nobody", what_only_a_log_claims_cuts_nobody },
    { "the management link is never cut", the_management_link_is_never_cut },
    { "a new database hears of the next attack", a_new_database_hears_of_the_next_attack },
    { "a restored backup hears of the next attack", a_restored_backup_hears_of_the_next_attack },
    { "everything stops cleanly", everything_stops_cleanly },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "site", set_up, tear_down, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
