/* An attack that nobody could answer is answered when the node says that it can, without another
 * alert: real processes, and an incident that was open before any node had said a word. */
#include <stdlib.h>
#include <string.h>

#include "orchestrator/knowledge/alerts.h"
#include "orchestrator/knowledge/incidents.h"
#include "tests/site/namespace.h"
#include "tests/site/site.h"
#include "tests/suite.h"

#define ATTACKER "10.99.0.2"
enum { DEADLINE_MS = 20000 };

static struct site *site;
static struct arena arena;

static struct ulid incident_id(void)
{
    const uint8_t random[10] = { 1 };

    return ulid_make(1700000000000, random);
}

static struct status put_incident(struct knowledge *knowledge)
{
    const struct incident_record incident = { .id = incident_id(),
                                              .key = SLICE(ATTACKER "@node-1"),
                                              .severity = SEVERITY_HIGH,
                                              .state = INCIDENT_OPEN,
                                              .unit = SLICE("pacs"),
                                              .source = SLICE(ATTACKER),
                                              .target = SLICE("node-1"),
                                              .rule = SLICE("ssh-bruteforce") };
    const struct alert_record alert = { .id = incident_id(),
                                        .key = SLICE("k"),
                                        .rule = SLICE("ssh-bruteforce"),
                                        .severity = SEVERITY_HIGH,
                                        .node = SLICE("node-1"),
                                        .source = SLICE(ATTACKER),
                                        .corroborated = true,
                                        .json = SLICE("{}"),
                                        .incident = incident_id() };
    struct ulid stored;
    bool is_new = false;

    TRY(knowledge_begin(knowledge, 1700000000000000));
    TRY(knowledge_put_incident(knowledge, &incident));
    TRY(knowledge_put_alert(knowledge, &alert, &stored, &is_new));
    return knowledge_commit(knowledge);
}

static struct status fill(void)
{
    struct knowledge *knowledge = NULL;

    TRY(knowledge_open(site_path(site, "redand/redan.db"), 1700000000000000, &knowledge));
    struct status filled = put_incident(knowledge);
    knowledge_close(&knowledge);
    return filled;
}

static struct status start(void)
{
    const char *bin = getenv("REDAN_BIN"); /* NOLINT(concurrency-mt-unsafe): one thread */
    const struct site_options options = { .folder = suite_folder(),
                                          .bin = bin != NULL ? bin : "build/bin" };

    TRY(site_new(&options, &site));
    TRY(site_start(site, SITE_REDAND, NULL));
    TRY(site_wait_api(site));
    TRY(site_apply_slas(site));
    TRY(process_stop(site_process(site, SITE_REDAND)));
    TRY(fill());
    TRY(site_start(site, SITE_REDAND, NULL));
    TRY(site_start(site, SITE_AGG, NULL));
    return site_wait_api(site);
}

static int set_up(void)
{
    namespace_here();
    struct status started = start();
    if (!status_ok(&started)) {
        (void)printf("  %s\n", started.msg);
    }
    return status_ok(&started) ? 0 : 1;
}

static int tear_down(void)
{
    site_free(&site);
    arena_done(&arena);
    return 0;
}

static const struct json *incident(void)
{
    struct ulid id = incident_id();
    const struct json *answer = NULL;

    ASSERT_OK(site_ask(site, &arena, "GET", arena_printf(&arena, "/v1/incidents/%s", id.text).ptr,
                       NULL, &answer));
    return answer;
}

static bool plan_is(void *arg)
{
    const struct json *plan = json_get(incident(), "plan");

    return plan != NULL && plan->kind == JSON_OBJECT && slice_is(json_text(plan, "state"), arg);
}

static void a_restart_looks_and_says_what_is_missing(void)
{
    char state[] = "refused";
    const struct json *status = NULL;

    CU_ASSERT_TRUE_FATAL(site_wait(plan_is, state, DEADLINE_MS));
    ASSERT_TEXT(json_text(json_get(incident(), "plan"), "reason"), "node `node-1` cannot do it");
    ASSERT_OK(site_ask(site, &arena, "GET", "/v1/status", NULL, &status));
    const struct json *needs = json_get(status, "needs");
    CU_ASSERT_TRUE_FATAL(needs != NULL && needs->first != NULL);
    ASSERT_TEXT(json_text(needs->first, "kind"), "incident");
    ASSERT_TEXT(json_text(needs->first, "text"), "no response: node `node-1` cannot do it");
}

static void a_hello_is_enough(void)
{
    char state[] = "done";

    ASSERT_OK(site_start(site, SITE_NODE, NULL));
    CU_ASSERT_TRUE_FATAL(site_wait(plan_is, state, DEADLINE_MS));
    CU_ASSERT_TRUE(site_kernel_denies(site, ATTACKER));
    const struct json *plans = json_get(incident(), "plans");
    CU_ASSERT_TRUE(plans != NULL && plans->count == 2);
    const struct json *alerts = json_get(incident(), "alerts");
    CU_ASSERT_TRUE(alerts != NULL && alerts->count == 1);
}

static CU_TestInfo tests[] = {
    { "a restart looks and says what is missing", a_restart_looks_and_says_what_is_missing },
    { "a HELLO is enough", a_hello_is_enough },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "site look", set_up, tear_down, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
