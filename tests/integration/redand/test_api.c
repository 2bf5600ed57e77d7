/* redand over its socket: documents, conflicts, plans, journal; restarts and a kill -9. */
#include "base/clock.h"
#include "base/file.h"
#include "orchestrator/knowledge/alerts.h"
#include "orchestrator/knowledge/incidents.h"
#include "orchestrator/knowledge/plans.h"
#include "tests/integration/redand/daemon.h"
#include "tests/suite.h"

#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define HEX64   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define NO_SLAS "0000000000000000000000000000000000000000000000000000000000000000"

enum { DOCUMENT_MAX = 1024 * 1024 };

static struct daemon redand;
static struct arena arena;
static long code;

static const struct json *get(const char *target)
{
    return daemon_ask(&redand, &arena, "GET", target, (struct slice){ 0 }, &code, NULL);
}

static const struct json *post(const char *target, const char *body)
{
    return daemon_ask(&redand, &arena, "POST", target, slice_from(body), &code, NULL);
}

static int64_t number(const struct json *object, const char *key)
{
    int64_t value = -1;

    ASSERT_OK(json_i64(json_get(object, key), INT64_MIN, INT64_MAX, &value));
    return value;
}

static bool truth(const struct json *object, const char *key)
{
    const struct json *value = json_get(object, key);

    CU_ASSERT_TRUE(value != NULL && value->kind == JSON_BOOL);
    return value != NULL && value->truth;
}

static size_t length(const struct json *object, const char *key)
{
    const struct json *list = json_get(object, key);

    CU_ASSERT_TRUE(list != NULL && list->kind == JSON_ARRAY);
    return list != NULL ? list->count : 0;
}

static bool is_null(const struct json *object, const char *key)
{
    const struct json *value = json_get(object, key);

    return value != NULL && value->kind == JSON_NULL;
}

/* The documents of the example as a body of POST /v1/sla. */
static const char *hospital(const char *more)
{
    static const char *const names[] = { "imaging-archive.yaml", "imaging-ucloud.yaml",
                                         "private-dc.yaml" };
    struct buf body = { 0 };
    struct json_writer json = { .out = &body };

    json_open_object(&json);
    json_key(&json, "documents");
    json_open_array(&json);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct slice text = { 0 };
        ASSERT_OK(file_load(&arena, file_path(&arena, "examples/hospital", names[i]), DOCUMENT_MAX,
                            &text));
        json_open_object(&json);
        json_add_cstr(&json, "name", names[i]);
        if (strcmp(more, "comment") == 0) {
            text = arena_printf(&arena, "# a comment\n%.*s", SLICE_ARG(text));
        }
        json_add_text(&json, "text", text);
        json_close_object(&json);
    }
    json_close_array(&json);
    json_add_bool(&json, "dry_run", strcmp(more, "dry_run") == 0);
    json_add_cstr(&json, "reason", "a test");
    json_close_object(&json);
    const char *copy = arena_cstr(&arena, buf_slice(&body));
    buf_done(&body);
    return copy;
}

/* --- a start with nothing -------------------------------------------------------------------- */

static void test_a_new_daemon_knows_nothing(void)
{
    const struct json *status = get("/v1/status");

    CU_ASSERT_EQUAL(code, 200);
    ASSERT_TEXT(json_text(status, "kind"), "Status");
    ASSERT_TEXT(json_text(status, "apiVersion"), "redan/v1");
    CU_ASSERT_TRUE(is_null(status, "world"));
    CU_ASSERT_EQUAL(number(json_get(status, "incidents"), "open"), 0);
    CU_ASSERT_EQUAL(number(json_get(status, "conflicts"), "open"), 0);
    CU_ASSERT_EQUAL(length(status, "objectives"), 0);
    CU_ASSERT_TRUE(length(status, "loops") >= 2);
    CU_ASSERT_EQUAL(length(status, "needs"), 0);
    CU_ASSERT_TRUE(number(json_get(status, "journal"), "seq") >= 1);
    static const char *const lists[] = { "/v1/alerts", "/v1/incidents", "/v1/plans",
                                         "/v1/conflicts" };
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        const struct json *list = get(lists[i]);
        CU_ASSERT_EQUAL(code, 200);
        CU_ASSERT_EQUAL(length(list, "items"), 0);
        CU_ASSERT_TRUE(is_null(list, "more"));
    }
    ASSERT_TEXT(json_text(get("/healthz"), "status"), "ok");
    ASSERT_TEXT(json_text(get("/readyz"), "status"), "ready");
}

static void test_metrics_are_prometheus_text(void)
{
    struct slice text = { 0 };

    (void)daemon_ask(&redand, &arena, "GET", "/metrics", (struct slice){ 0 }, &code, &text);
    CU_ASSERT_EQUAL(code, 200);
    CU_ASSERT_TRUE(slice_find_text(text, SLICE("redan_build_info{version=\"")) < text.len);
    CU_ASSERT_TRUE(slice_find_text(text, SLICE("# TYPE redan_turns_total counter\n")) < text.len);
    CU_ASSERT_TRUE(slice_find_text(text, SLICE("redan_controls{state=\"enforced\"} 0\n")) <
                   text.len);
}

/* --- what is refused ------------------------------------------------------------------------- */

static void test_wrong_calls_are_problems(void)
{
    static const struct {
        const char *method, *target, *body;
        long code;
        const char *word, *detail;
    } rows[] = {
        { "GET", "/v2/status", "", 404, "not-found", "no such path" },
        { "PUT", "/v1/status", "", 405, "invalid", "this path does not know that method" },
        { "GET", "/v1/alerts?limt=2", "", 400, "invalid", "unknown parameter `limt`" },
        { "GET", "/v1/alerts?limit=0", "", 400, "invalid", "limit: " },
        { "GET", "/v1/incidents?open=yes", "", 400, "invalid", "`open` is `true` or `false`" },
        { "GET", "/v1/alerts?incident=", "", 400, "invalid", "`incident` is empty" },
        { "GET", "/v1/alerts/nobody", "", 404, "not-found", "alert `nobody` does not exist" },
        { "GET", "/v1/plans/nobody", "", 404, "not-found", "plan `nobody` does not exist" },
        { "GET", "/v1/incidents/x", "", 404, "not-found", "incident `x` does not exist" },
        { "GET", "/v1/conflicts/x", "", 404, "not-found", "conflict `x` does not exist" },
        { "POST", "/v1/sla", "{", 400, "invalid", "body: " },
        { "POST", "/v1/sla", "[]", 400, "invalid", "the body is not an object" },
        { "POST", "/v1/sla", "{\"document\":[]}", 400, "invalid", "unknown key `document`" },
        { "POST", "/v1/sla", "{}", 400, "invalid", "`documents` is a list with at least one" },
        { "POST", "/v1/sla", "{\"documents\":[{\"name\":\"a\"}]}", 400, "invalid",
          "a document has a `name` and a `text`" },
        { "POST", "/v1/sla",
          "{\"documents\":[{\"name\":\"a\",\"text\":\"\"},{\"name\":\"a\",\"text\":\"\"}]}", 400,
          "invalid", "document `a` is there twice" },
        { "POST", "/v1/sla", "{\"documents\":[],\"dry_run\":1}", 400, "invalid",
          "`dry_run` is true or false" },
        { "POST", "/v1/plans/x/approve", "{}", 400, "invalid", "`digest` of the plan" },
        { "POST", "/v1/plans/x/approve", "{\"digest\":\"a\"}", 404, "not-found", "plan `x`" },
        { "POST", "/v1/plans/x/undo", "{}", 404, "not-found", "plan `x`" },
        { "POST", "/v1/conflicts/x/resolve", "{}", 400, "invalid", "choose" },
        { "POST", "/v1/conflicts/x/resolve", "{\"choose\":0}", 400, "invalid", "choose" },
        { "POST", "/v1/conflicts/x/resolve", "{\"choose\":1}", 404, "not-found", "conflict `x`" },
        { "GET", "/v1/audit/verify?from=999999", "", 404, "not-found", "the journal has only" },
        { "GET", "/v1/audit/verify?from=0", "", 400, "invalid", "from" },
        { "GET", "/v1/journal?from=x", "", 400, "invalid", "from" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct json *problem = daemon_ask(&redand, &arena, rows[i].method, rows[i].target,
                                                slice_from(rows[i].body), &code, NULL);
        struct slice detail = json_text(problem, "detail");
        bool is_wanted = code == rows[i].code &&
                         slice_is(json_text(problem, "code"), rows[i].word) &&
                         slice_find_text(detail, slice_from(rows[i].detail)) < detail.len;
        if (!is_wanted) {
            (void)printf("  %s %s: %ld %.*s\n", rows[i].method, rows[i].target, code,
                         SLICE_ARG(detail));
        }
        CU_ASSERT_TRUE(is_wanted);
    }
}

enum { NOBODY = 65534 };

/* As somebody without any of our groups: reads, and is refused to write. Exit 0: so it was. */
static int ask_as_nobody(void)
{
    if (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0) {
        return 2;
    }
    (void)get("/v1/status");
    if (code != 200) {
        return 3;
    }
    const struct json *problem = post("/v1/sla", "{\"documents\":[]}");
    return code == 403 && slice_is(json_text(problem, "code"), "denied") ? 0 : 4;
}

static void test_strangers_read_and_do_not_write(void)
{
    int outcome = 0;

    if (geteuid() != 0) {
        suite_skip("only root can become somebody else");
        return;
    }
    CU_ASSERT_EQUAL(chmod(suite_folder(), 0711), 0);
    CU_ASSERT_EQUAL(chmod(redand.folder, 0711), 0);
    CU_ASSERT_EQUAL(chmod(redand.socket, 0666), 0);
    pid_t child = fork();
    if (child == 0) {
        _exit(ask_as_nobody());
    }
    CU_ASSERT_EQUAL(waitpid(child, &outcome, 0), child);
    CU_ASSERT_TRUE(WIFEXITED(outcome));
    CU_ASSERT_EQUAL(WEXITSTATUS(outcome), 0);
}

static void test_bad_documents_are_told_with_their_findings(void)
{
    const struct json *problem =
        post("/v1/sla", "{\"documents\":[{\"name\":\"a.yaml\",\"text\":\"kind: Nonsense\\n\"}]}");

    CU_ASSERT_EQUAL(code, 422);
    ASSERT_TEXT(json_text(problem, "code"), "sla-invalid");
    CU_ASSERT_TRUE_FATAL(length(problem, "diagnostics") > 0);
    const struct json *first = json_get(problem, "diagnostics")->first;
    ASSERT_TEXT(json_text(first, "level"), "error");
    const struct json *spans = json_get(first, "spans");
    CU_ASSERT_TRUE(spans != NULL && spans->first != NULL);
    ASSERT_TEXT(json_text(spans != NULL ? spans->first : NULL, "file"), "a.yaml");
    CU_ASSERT_TRUE(is_null(get("/v1/status"), "world"));
}

/* An agreement on the U-Cloud beside it, as a body of POST /v1/sla. */
static const char *agreement(const char *spec)
{
    struct buf body = { 0 };
    struct json_writer json = { .out = &body };
    struct slice text = arena_printf(
        &arena,
        "apiVersion: redan/v1\nkind: UCloud\n"
        "metadata: {name: store, party: shop, role: tenant}\n"
        "spec: {resources: [{name: web-1, plane: compute, layer: L2, node: n1, provider: dc}]}\n"
        "---\napiVersion: redan/v1\nkind: Agreement\n"
        "metadata: {name: deal, party: shop, role: tenant}\nspec:\n"
        "  documents: [{kind: UCloud, party: shop, name: store, digest: "
        "\"sha256:65b394a430bf6dd85dfee726debee5560493b982bc7fcf22c7ee00bf66a62a19\"}]\n"
        "%s",
        spec);

    json_open_object(&json);
    json_key(&json, "documents");
    json_open_array(&json);
    json_open_object(&json);
    json_add_cstr(&json, "name", "deal.yaml");
    json_add_text(&json, "text", text);
    json_close_object(&json);
    json_close_array(&json);
    json_add_cstr(&json, "reason", "a test");
    json_close_object(&json);
    const char *copy = arena_cstr(&arena, buf_slice(&body));
    buf_done(&body);
    return copy;
}

static void test_an_agreement_keeps_to_its_life(void)
{
    (void)post("/v1/sla", agreement("  state: negotiated\n"));
    CU_ASSERT_EQUAL(code, 200);
    (void)post("/v1/sla",
               agreement("  state: ended\n  ended: {at: 2026-01-01, by: anna, why: moved}\n"));
    CU_ASSERT_EQUAL(code, 200);

    const struct json *problem = post("/v1/sla", agreement("  state: negotiated\n"));
    CU_ASSERT_EQUAL(code, 422);
    ASSERT_TEXT(json_text(problem, "code"), "sla-invalid");
    CU_ASSERT_EQUAL_FATAL(length(problem, "diagnostics"), 1);
    const struct json *first = json_get(problem, "diagnostics")->first;
    ASSERT_TEXT(json_text(first, "code"), "RDN0317");
    ASSERT_TEXT(json_text(first, "message"),
                "an agreement that is ended does not become negotiated");
    CU_ASSERT_EQUAL(number(json_get(get("/v1/status"), "world"), "version"), 2);
}

/* --- documents and conflicts ----------------------------------------------------------------- */

static void test_documents_make_a_world_and_its_conflict_is_resolved(void)
{
    (void)post("/v1/sla", hospital("dry_run"));
    CU_ASSERT_EQUAL(code, 200);
    CU_ASSERT_TRUE(is_null(get("/v1/status"), "world"));

    const struct json *world = post("/v1/sla", hospital(""));
    CU_ASSERT_EQUAL(code, 200);
    ASSERT_TEXT(json_text(world, "kind"), "World");
    CU_ASSERT_EQUAL(number(world, "version"), 1);
    CU_ASSERT_EQUAL(number(world, "documents"), 3);
    CU_ASSERT_TRUE(number(world, "clauses") > 3);
    CU_ASSERT_FALSE(truth(world, "unchanged"));
    CU_ASSERT_EQUAL(length(world, "changed_documents"), 0);
    CU_ASSERT_EQUAL_FATAL(length(world, "conflicts"), 1);
    CU_ASSERT_TRUE(truth(post("/v1/sla", hospital("")), "unchanged"));

    const struct json *list = get("/v1/conflicts?open=true");
    CU_ASSERT_EQUAL_FATAL(length(list, "items"), 1);
    const struct json *conflict = json_get(list, "items")->first;
    struct slice id = json_text(conflict, "id");
    CU_ASSERT_TRUE(slice_eq(id, json_get(world, "conflicts")->first->text));
    ASSERT_TEXT(json_text(conflict, "state"), "open");
    const char *path = arena_printf(&arena, "/v1/conflicts/%.*s", SLICE_ARG(id)).ptr;
    const struct json *finding = json_get(get(path), "finding");
    CU_ASSERT_TRUE(finding != NULL && length(finding, "repairs") > 0);
    const struct json *needs = json_get(get("/v1/status"), "needs");
    CU_ASSERT_TRUE(needs != NULL && needs->count == 1);
    (void)get(arena_printf(&arena, "/v1/conflicts/%.*s0", SLICE_ARG(id)).ptr);
    CU_ASSERT_EQUAL(code, 404);

    const char *resolve = arena_printf(&arena, "%s/resolve", path).ptr;
    world = post(resolve, "{\"choose\":1,\"reason\":\"cheapest\"}");
    CU_ASSERT_EQUAL(code, 200);
    CU_ASSERT_EQUAL(number(world, "version"), 2);
    CU_ASSERT_EQUAL(length(world, "conflicts"), 0);
    CU_ASSERT_EQUAL(length(world, "changed_documents"), 1);
    conflict = get(path);
    ASSERT_TEXT(json_text(conflict, "state"), "resolved");
    CU_ASSERT_EQUAL(number(conflict, "chosen"), 1);
    (void)post(resolve, "{\"choose\":1}");
    CU_ASSERT_EQUAL(code, 409);
}

/* What is stored is what was sent, but plans made for the same digest stay good. */
static void test_a_comment_makes_a_version_of_the_same_digest(void)
{
    const struct json *first = post("/v1/sla", hospital(""));
    const struct json *second = post("/v1/sla", hospital("comment"));

    CU_ASSERT_EQUAL(code, 200);
    CU_ASSERT_FALSE(truth(second, "unchanged"));
    CU_ASSERT_EQUAL(number(second, "version"), 2);
    CU_ASSERT_EQUAL(json_text(first, "digest").len, 64);
    CU_ASSERT_TRUE(slice_eq(json_text(first, "digest"), json_text(second, "digest")));
}

static const struct json *objective_named(const struct json *status, const char *name)
{
    const struct json *list = json_get(status, "objectives");

    for (const struct json *row = list->first; row != NULL; row = row->next) {
        if (slice_is(json_text(row, "name"), name)) {
            return row;
        }
    }
    CU_FAIL("no such objective");
    return NULL;
}

static void test_objectives_are_listed_with_what_was_measured(void)
{
    (void)post("/v1/sla", hospital(""));
    const struct json *status = get("/v1/status");
    CU_ASSERT_EQUAL_FATAL(length(status, "objectives"), 2);
    const struct json *objective = objective_named(status, "respond.mttr");
    ASSERT_TEXT(json_text(objective, "name"), "respond.mttr");
    ASSERT_TEXT(json_text(objective, "clause"), "imaging-archive/fast");
    ASSERT_TEXT(json_text(objective, "state"), "unknown");
    CU_ASSERT_EQUAL(number(objective, "limit_ms"), 30000);
    CU_ASSERT_TRUE(is_null(objective, "worst_ms"));
    CU_ASSERT_TRUE(is_null(objective, "spent_ms"));
    objective = objective_named(status, "availability");
    ASSERT_TEXT(json_text(objective, "clause"), "imaging-archive/uptime");
    ASSERT_TEXT(json_text(objective, "state"), "met");
    CU_ASSERT_EQUAL(number(objective, "limit_ms"), 12960000); /* 0.5 % of 30 days */
    CU_ASSERT_EQUAL(number(objective, "window_ms"), INT64_C(30) * 24 * 3600 * 1000);
    CU_ASSERT_EQUAL(number(objective, "spent_ms"), 0);
    CU_ASSERT_TRUE(is_null(objective, "worst_ms"));
}

/* --- restarts -------------------------------------------------------------------------------- */

static void check_journal(void)
{
    const struct json *verdict = get("/v1/audit/verify");
    const struct json *head = json_get(get("/v1/status"), "journal");

    CU_ASSERT_EQUAL(code, 200);
    ASSERT_TEXT(json_text(verdict, "kind"), "AuditVerdict");
    CU_ASSERT_TRUE(truth(verdict, "intact"));
    CU_ASSERT_TRUE(is_null(verdict, "bad_seq"));
    CU_ASSERT_EQUAL(number(verdict, "rows"), number(head, "seq"));
    CU_ASSERT_TRUE(slice_eq(json_text(json_get(verdict, "head"), "hash"), json_text(head, "hash")));
}

static void test_a_killed_daemon_comes_back_with_everything(void)
{
    (void)post("/v1/sla", hospital(""));
    CU_ASSERT_EQUAL(code, 200);
    CU_ASSERT_EQUAL(daemon_stop(&redand, SIGKILL), 128 + SIGKILL);
    CU_ASSERT_TRUE_FATAL(daemon_start(&redand));
    const struct json *world = json_get(get("/v1/status"), "world");
    CU_ASSERT_EQUAL(number(world, "version"), 1);
    CU_ASSERT_EQUAL(length(get("/v1/conflicts?open=true"), "items"), 1);
    check_journal();
    CU_ASSERT_EQUAL(daemon_stop(&redand, SIGTERM), 0);
    CU_ASSERT_TRUE_FATAL(daemon_start(&redand));
    CU_ASSERT_EQUAL(number(json_get(get("/v1/status"), "world"), "version"), 1);
    check_journal();
}

static void test_the_journal_comes_in_pages(void)
{
    uint64_t seen = 0;
    struct slice more = SLICE("1");

    (void)post("/v1/sla", hospital(""));
    while (more.len > 0) {
        const struct json *page =
            get(arena_printf(&arena, "/v1/journal?limit=2&after=%.*s", SLICE_ARG(more)).ptr);
        CU_ASSERT_EQUAL_FATAL(code, 200);
        CU_ASSERT_TRUE_FATAL(length(page, "items") > 0);
        for (const struct json *row = json_get(page, "items")->first; row != NULL;
             row = row->next) {
            CU_ASSERT_EQUAL(number(row, "seq"), (int64_t)++seen);
        }
        more = json_text(page, "more");
    }
    CU_ASSERT_EQUAL((int64_t)seen, number(json_get(get("/v1/status"), "journal"), "seq"));
    CU_ASSERT_EQUAL(number(json_get(get("/v1/journal?from=2"), "items")->first, "seq"), 2);
}

/* --- incidents and plans, from a file filled beforehand -------------------------------------- */

static struct ulid id_of(uint8_t last)
{
    const uint8_t random[10] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, last };

    return ulid_make(1700000000000, random);
}

static const char *text_of(uint8_t last)
{
    struct ulid id = id_of(last);

    return arena_cstr(&arena, slice_from(id.text));
}

static const char plan_json[] =
    "{\"steps\":[{\"resource\":\"app\",\"authority\":\"hospital-a\",\"clause\":{\"clause\":"
    "\"fast\"},"
    "\"cost\":{\"blast\":1}}],\"candidates\":[{\"name\":\"a\"},{\"name\":\"b\"}],"
    "\"cost\":{\"blast\":1},\"lower_bound\":{\"blast\":1},\"expansions\":7,"
    "\"work_exhausted\":false}";

static void fill(struct knowledge *knowledge)
{
    struct incident_record incident = { .id = id_of(1),
                                        .key = SLICE("10.99.0.2@node-1"),
                                        .severity = SEVERITY_HIGH,
                                        .state = INCIDENT_CONTAINED,
                                        .unit = SLICE("pacs"),
                                        .source = SLICE("10.99.0.2"),
                                        .target = SLICE("node-1"),
                                        .rule = SLICE("ssh-bruteforce"),
                                        .detected_us = 1700000000000000,
                                        .enforced_us = 1700000000123456,
                                        .mttr = OBJECTIVE_MET,
                                        .mttr_limit_ms = 30000 };
    struct alert_record alert = { .id = id_of(2),
                                  .key = SLICE("k"),
                                  .rule = SLICE("ssh-bruteforce"),
                                  .node = SLICE("node-1"),
                                  .source = SLICE("10.99.0.2"),
                                  .count = 5,
                                  .json = SLICE("{\"user\":\"root\"}"),
                                  .incident = id_of(1) };
    struct plan_record plan = { .id = id_of(3),
                                .incident = id_of(1),
                                .base_digest = NO_SLAS,
                                .digest = HEX64,
                                .state = PLAN_AWAITING_APPROVAL,
                                .approval = APPROVAL_ONE,
                                .json = slice_from(plan_json),
                                .made_us = 5 };
    struct step_record step = { .plan = id_of(3),
                                .action = { .id = id_of(4),
                                            .kind = ACTION_NETWORK_DENY,
                                            .node = "node-1",
                                            .lease = { LEASE_BAN, 3600000, 3600000 } },
                                .reversible = true,
                                .verified_by = VERIFIED_SELF };
    struct ulid stored;
    bool is_new = false;

    ASSERT_OK(address_parse(SLICE("10.99.0.2"), &step.action.source));
    ASSERT_OK(knowledge_begin(knowledge, 1700000000000000));
    ASSERT_OK(knowledge_put_incident(knowledge, &incident));
    ASSERT_OK(knowledge_put_alert(knowledge, &alert, &stored, &is_new));
    ASSERT_OK(knowledge_put_plan(knowledge, &plan));
    ASSERT_OK(knowledge_put_step(knowledge, &step));
    ASSERT_OK(knowledge_commit(knowledge));
}

static void restart_filled(void)
{
    struct knowledge *knowledge = NULL;

    CU_ASSERT_EQUAL(daemon_stop(&redand, SIGTERM), 0);
    ASSERT_OK(knowledge_open(daemon_database(&redand, &arena), 1, &knowledge));
    CU_ASSERT_PTR_NOT_NULL_FATAL(knowledge);
    fill(knowledge);
    knowledge_close(&knowledge);
    CU_ASSERT_TRUE_FATAL(daemon_start(&redand));
}

static void test_an_incident_is_shown_with_its_parts(void)
{
    restart_filled();
    const struct json *incident = get(arena_printf(&arena, "/v1/incidents/%s", text_of(1)).ptr);
    CU_ASSERT_EQUAL(code, 200);
    ASSERT_TEXT(json_text(incident, "kind"), "Incident");
    ASSERT_TEXT(json_text(incident, "state"), "contained");
    ASSERT_TEXT(json_text(incident, "enforced_at"), "2023-11-14T22:13:20.123456Z");
    CU_ASSERT_TRUE(is_null(incident, "closed_at"));
    CU_ASSERT_EQUAL(number(incident, "mttr_ms"), 123);
    CU_ASSERT_EQUAL(length(incident, "alerts"), 1);
    CU_ASSERT_EQUAL(length(incident, "plans"), 1);
    ASSERT_TEXT(json_text(json_get(incident, "plan"), "id"), text_of(3));
    ASSERT_TEXT(json_text(json_get(incident, "plan"), "state"), "awaiting-approval");
    CU_ASSERT_TRUE(is_null(json_get(incident, "plan"), "reason"));
    const struct json *alert = get(arena_printf(&arena, "/v1/alerts/%s", text_of(2)).ptr);
    ASSERT_TEXT(json_text(json_get(alert, "event"), "user"), "root");
    ASSERT_TEXT(json_text(alert, "incident"), text_of(1));
    CU_ASSERT_TRUE(is_null(alert, "resource"));
    CU_ASSERT_EQUAL(
        length(get(arena_printf(&arena, "/v1/alerts?incident=%s", text_of(1)).ptr), "items"), 1);
    CU_ASSERT_EQUAL(length(get("/v1/alerts?incident=other"), "items"), 0);
    CU_ASSERT_EQUAL(length(get("/v1/incidents?open=true"), "items"), 1);
}

/* Two pauses of the example's machine, the second of which overlaps the first. */
static void fill_pauses(struct knowledge *knowledge, int64_t now_us)
{
    static const int64_t hour_us = INT64_C(3600) * 1000000;
    const struct plan_record plan = { .id = id_of(5),
                                      .base_digest = NO_SLAS,
                                      .digest = HEX64,
                                      .state = PLAN_UNDONE,
                                      .json = SLICE("{}") };
    struct step_record step = { .plan = id_of(5),
                                .action = { .kind = ACTION_COMPUTE_SUSPEND,
                                            .node = "node-2",
                                            .resource = "test",
                                            .lease = { LEASE_BAN, 3600000, 3600000 } },
                                .state = CONTROL_UNDONE };

    ASSERT_OK(knowledge_begin(knowledge, now_us));
    ASSERT_OK(knowledge_put_plan(knowledge, &plan));
    for (uint32_t i = 0; i < 2; i++) {
        step.index = i;
        step.action.id = id_of((uint8_t)(20 + i));
        step.enforced_us = now_us - (5 - i) * hour_us;
        step.undone_us = step.enforced_us + 2 * hour_us;
        ASSERT_OK(knowledge_put_step(knowledge, &step));
    }
    ASSERT_OK(knowledge_commit(knowledge));
}

static void test_service_taken_by_responses_is_measured(void)
{
    struct knowledge *knowledge = NULL;
    int64_t now_us = clock_wall_us(&clock_real);

    (void)post("/v1/sla", hospital(""));
    CU_ASSERT_EQUAL(daemon_stop(&redand, SIGTERM), 0);
    ASSERT_OK(knowledge_open(daemon_database(&redand, &arena), now_us, &knowledge));
    fill_pauses(knowledge, now_us);
    knowledge_close(&knowledge);
    CU_ASSERT_TRUE_FATAL(daemon_start(&redand));
    const struct json *objective = objective_named(get("/v1/status"), "availability");
    CU_ASSERT_EQUAL(number(objective, "spent_ms"), INT64_C(3) * 3600 * 1000);
    ASSERT_TEXT(json_text(objective, "state"), "met");
}

static void test_a_plan_is_shown_with_its_steps_and_decided(void)
{
    restart_filled();
    const char *path = arena_printf(&arena, "/v1/plans/%s", text_of(3)).ptr;
    const struct json *plan = get(path);
    CU_ASSERT_EQUAL(code, 200);
    ASSERT_TEXT(json_text(plan, "kind"), "Plan");
    ASSERT_TEXT(json_text(plan, "state"), "awaiting-approval");
    ASSERT_TEXT(json_text(plan, "summary"), "network.deny 10.99.0.2 on node-1");
    CU_ASSERT_EQUAL(number(plan, "expansions"), 7);
    CU_ASSERT_EQUAL(length(plan, "candidates"), 2);
    CU_ASSERT_EQUAL(length(plan, "approvals"), 0);
    CU_ASSERT_EQUAL_FATAL(length(plan, "steps"), 1);
    const struct json *step = json_get(plan, "steps")->first;
    ASSERT_TEXT(json_text(step, "action"), "network.deny");
    ASSERT_TEXT(json_text(step, "resource"), "app");
    ASSERT_TEXT(json_text(step, "authority"), "hospital-a");
    ASSERT_TEXT(json_text(step, "state"), "pending");
    CU_ASSERT_EQUAL(number(step, "lease_ms"), 3600000);
    CU_ASSERT_EQUAL(number(json_get(step, "cost"), "blast"), 1);
    CU_ASSERT_TRUE(is_null(step, "sent_at"));

    const struct json *list = get("/v1/plans?open=true");
    CU_ASSERT_EQUAL(length(list, "items"), 1);
    const struct json *problem =
        post(arena_printf(&arena, "%s/approve", path).ptr, "{\"digest\":\"" NO_SLAS "\"}");
    CU_ASSERT_EQUAL(code, 409); /* another plan's */
    ASSERT_TEXT(json_text(problem, "code"), "stale");
    (void)post(arena_printf(&arena, "%s/undo", path).ptr, "{}");
    CU_ASSERT_EQUAL(code, 409);
    char *near = arena_cstr(&arena, slice_from(path));
    near[strlen(near) - 1] = 'Z';
    problem = get(near);
    CU_ASSERT_EQUAL(code, 404);
    CU_ASSERT_EQUAL_FATAL(length(problem, "near"), 1);
    ASSERT_TEXT(json_get(problem, "near")->first->text, text_of(3));
}

static CU_TestInfo tests[] = {
    { "a new daemon knows nothing", test_a_new_daemon_knows_nothing },
    { "metrics are Prometheus text", test_metrics_are_prometheus_text },
    { "wrong calls are problems", test_wrong_calls_are_problems },
    { "strangers read and do not write", test_strangers_read_and_do_not_write },
    { "bad documents are told with their findings",
      test_bad_documents_are_told_with_their_findings },
    { "an agreement keeps to its life", test_an_agreement_keeps_to_its_life },
    { "documents make a world and its conflict is resolved",
      test_documents_make_a_world_and_its_conflict_is_resolved },
    { "a comment makes a version of the same digest",
      test_a_comment_makes_a_version_of_the_same_digest },
    { "objectives are listed with what was measured",
      test_objectives_are_listed_with_what_was_measured },
    { "a killed daemon comes back with everything",
      test_a_killed_daemon_comes_back_with_everything },
    { "the journal comes in pages", test_the_journal_comes_in_pages },
    { "an incident is shown with its parts", test_an_incident_is_shown_with_its_parts },
    { "service taken by responses is measured", test_service_taken_by_responses_is_measured },
    { "a plan is shown with its steps and decided",
      test_a_plan_is_shown_with_its_steps_and_decided },
    CU_TEST_INFO_NULL,
};

static void set_up(void)
{
    static unsigned count;
    char name[32];

    (void)snprintf(name, sizeof(name), "d%u", count++);
    if (!daemon_prepare(&redand, name) || !daemon_start(&redand)) {
        CU_FAIL_FATAL("redand does not start");
    }
}

static void tear_down(void)
{
    if (redand.pid > 0) {
        (void)daemon_stop(&redand, SIGKILL);
    }
    arena_done(&arena);
}

CU_SuiteInfo suites[] = {
    { "redand", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
