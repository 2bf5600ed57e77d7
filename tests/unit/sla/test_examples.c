/* The hospital's documents, as the demo uses them: one real conflict, gone after repair 1. And the
 * large examples, which hold together. */
#include <string.h>

#include "base/file.h"
#include "sla/certificate/compose.h"
#include "tests/unit/sla/worlds.h"

static struct bench bench;

static void set_up(void)
{
    bench_start(&bench);
}

static void tear_down(void)
{
    bench_end(&bench);
}

static void load(const char *first, const char *second, const char *third)
{
    bench_clear(&bench);
    bench_add_file(&bench, first);
    bench_add_file(&bench, second);
    bench_add_file(&bench, third);
    bench_compile(&bench);
}

#define SLA    "examples/hospital/imaging-archive.yaml"
#define OFFER  "examples/hospital/private-dc.yaml"
#define UCLOUD "examples/hospital/imaging-ucloud.yaml"

static const struct resource *resource_of(const char *name)
{
    for (size_t i = 0; i < bench.world->policies.resource_count; i++) {
        if (slice_is(bench.world->policies.resources[i].name, name)) {
            return &bench.world->policies.resources[i];
        }
    }
    return NULL;
}

static void they_compile_to_resources_policies_and_reactions(void)
{
    load(SLA, OFFER, UCLOUD);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    const struct policy_set *set = sla_world_policy_set(bench.world);
    CU_ASSERT_EQUAL(set->resource_count, 3);
    CU_ASSERT_EQUAL(set->reaction_count, 2);
    CU_ASSERT_EQUAL(set->objective_count, 2);
    CU_ASSERT_EQUAL(set->protected_count, 2);
    CU_ASSERT_EQUAL(set->policy_count, 3);
    CU_ASSERT_EQUAL(strlen(set->digest), 64);
    ASSERT_TEXT(resource_of("app-1")->node, "node-1");
    CU_ASSERT_EQUAL(resource_of("app-1")->address_count, 1);
    ASSERT_TEXT(resource_of("pacs-vm")->handle, "test");
    ASSERT_TEXT(resource_of("studies")->node, "node-2");
    for (size_t i = 0; i < set->resource_count; i++) {
        ASSERT_TEXT(set->resources[i].unit, "pacs");
        ASSERT_TEXT(set->resources[i].provider, "private-dc");
    }
}

static void reactions_carry_what_the_loops_need(void)
{
    load(SLA, OFFER, UCLOUD);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    const struct reaction *graver = &bench.world->policies.reactions[0];
    const struct reaction *simple = &bench.world->policies.reactions[1];
    ASSERT_TEXT(graver->rule, "ssh-guessed");
    CU_ASSERT_EQUAL(graver->respond_count, 4);
    CU_ASSERT_EQUAL(graver->target_count, 3);
    ASSERT_TEXT(simple->rule, "ssh-bruteforce");
    CU_ASSERT_TRUE(simple->respond_count >= 1);
    CU_ASSERT_EQUAL(simple->respond[0], ACTION_NETWORK_DENY);
    CU_ASSERT_EQUAL(simple->within_ms, 5000);
    CU_ASSERT_EQUAL(simple->lease_ms, 3600000);
    CU_ASSERT_EQUAL(simple->approval, APPROVAL_NONE);
    ASSERT_TEXT(simple->clause.party, "hospital-a");
    CU_ASSERT_TRUE(simple->clause.line > 0);
    const struct objective *fast = &bench.world->policies.objectives[0];
    CU_ASSERT_EQUAL(fast->kind, OBJECTIVE_RESPOND_MTTR);
    CU_ASSERT_EQUAL(fast->limit, 30000);
    CU_ASSERT_EQUAL(fast->severities, 1U << SEVERITY_HIGH | 1U << SEVERITY_CRITICAL);
}

static void they_hold_exactly_one_conflict(void)
{
    load(SLA, OFFER, UCLOUD);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    CU_ASSERT_EQUAL(bench.diags.errors, 1);
    CU_ASSERT_EQUAL(bench.diags.warnings, 0);
    CU_ASSERT_EQUAL(bench.diags.notes, 1); /* the offer is agreed on with nobody */
    const struct sla_conflict *conflict = &bench.world->conflicts[0];
    CU_ASSERT_EQUAL(conflict->class, SLA_CONFLICT_MODALITY);
    ASSERT_TEXT(conflict->clauses[0]->ref.clause, "no-suspend");
    ASSERT_TEXT(conflict->clauses[1]->ref.clause, "abuse-stop");
    ASSERT_TEXT(conflict->witness, "`private-dc` does compute.suspend on imaging/pacs-vm: "
                                   "`abuse-stop` permits it, `no-suspend` forbids it");
    CU_ASSERT_EQUAL_FATAL(conflict->repair_count, 2);
    ASSERT_TEXT(conflict->repairs[0].title,
                "exempt `imaging/pacs-vm` in `abuse-stop` of private-dc");
    check_certificates(bench.world);
    check_repairs(&bench);
}

static void the_first_repair_leaves_them_clean(void)
{
    struct diag_source *sources = NULL;
    bool *changed = NULL;

    load(SLA, OFFER, UCLOUD);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    ASSERT_OK(sla_repair_apply(&bench.arena, bench.world, &bench.world->conflicts[0], 0, &sources,
                               &changed));
    CU_ASSERT_FALSE(changed[0]);
    CU_ASSERT_TRUE(changed[1]);
    CU_ASSERT_FALSE(changed[2]);
    diag_list_init(&bench.diags, &bench.arena);
    const struct sla_world *after = sla_compile(&bench.arena, sources, 3, NULL, &bench.diags);
    CU_ASSERT_PTR_NOT_NULL_FATAL(after);
    CU_ASSERT_EQUAL(after->conflict_count, 0);
    CU_ASSERT_EQUAL(bench.diags.errors + bench.diags.warnings, 0);
    ASSERT_CODE(
        sla_repair_apply(&bench.arena, bench.world, &bench.world->conflicts[0], 9, &sources, NULL),
        STATUS_NOT_FOUND);
}

/* Ids, digests, policies and diagnostics are the same whatever the order of the files. */
static void their_order_does_not_matter(void)
{
    static const char *const orders[][3] = { { SLA, OFFER, UCLOUD }, { SLA, UCLOUD, OFFER },
                                             { OFFER, SLA, UCLOUD }, { OFFER, UCLOUD, SLA },
                                             { UCLOUD, SLA, OFFER }, { UCLOUD, OFFER, SLA } };
    CLEANUP(buf_done) struct buf first = { 0 };

    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        CLEANUP(buf_done) struct buf all = { 0 };
        struct json_writer writer = { .out = &all };
        load(orders[i][0], orders[i][1], orders[i][2]);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        json_open_array(&writer);
        sla_conflict_write_json(bench.world, &bench.world->conflicts[0], &writer);
        sla_summary_write_json(bench.world, &writer);
        json_close_array(&writer);
        diag_render_list(&bench.diags, (struct diag_style){ 0 }, &all);
        if (i == 0) {
            buf_add_slice(&first, buf_slice(&all));
        }
        CU_ASSERT_TRUE(slice_eq(buf_slice(&first), buf_slice(&all)));
    }
}

/* Every occurrence of one word by another. */
static struct slice renamed(struct slice text, const char *from, const char *to)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    while (text.len > 0) {
        size_t at = slice_find_text(text, slice_from(from));
        buf_add_slice(&out, slice_sub(text, 0, at));
        if (at < text.len) {
            buf_add_cstr(&out, to);
        }
        text = slice_sub(text, at + strlen(from), text.len);
    }
    return arena_copy(&bench.arena, buf_slice(&out));
}

/* Words that change, and the witness and first repair that follow from them. */
static const struct {
    const char *from, *to, *witness, *repair;
} renamings[] = {
    { "hospital-a", "clinic-b",
      "`private-dc` does compute.suspend on imaging/pacs-vm: `abuse-stop` permits it, `no-suspend` "
      "forbids it",
      "exempt `imaging/pacs-vm` in `abuse-stop` of private-dc" },
    { "private-dc", "a-cloud",
      "`a-cloud` does compute.suspend on imaging/pacs-vm: `abuse-stop` permits it, `no-suspend` "
      "forbids it",
      "exempt `imaging/pacs-vm` in `abuse-stop` of a-cloud" },
    { "pacs-vm", "archive-1",
      "`private-dc` does compute.suspend on imaging/archive-1: `abuse-stop` permits it, "
      "`no-suspend` forbids it",
      "exempt `imaging/archive-1` in `abuse-stop` of private-dc" },
    { "abuse-stop", "z-rule",
      "`private-dc` does compute.suspend on imaging/pacs-vm: `z-rule` permits it, `no-suspend` "
      "forbids it",
      "exempt `imaging/pacs-vm` in `z-rule` of private-dc" },
    { "action: compute.suspend", "action: compute.snapshot",
      "`private-dc` does compute.snapshot on imaging/pacs-vm: `abuse-stop` permits it, "
      "`no-suspend` forbids it",
      "exempt `imaging/pacs-vm` in `abuse-stop` of private-dc" },
    { "value: [FR, DE]", "value: [US]",
      "nothing is left for imaging/pacs-vm: `zone` leaves US (not in `residency`)",
      "offer DE in `zone` of private-dc" },
    { "value: 99.5 %", "value: 99.95 %",
      "imaging/app-1 may be down 1 h 43 min 12 s in 30 d and `service` is kept; `uptime` allows 21 "
      "min 36 s",
      "offer 99.95 % without planned work in `service` of private-dc" },
};

static const struct sla_conflict *conflict_with(const char *witness)
{
    for (size_t i = 0; i < bench.world->conflict_count; i++) {
        if (slice_is(bench.world->conflicts[i].witness, witness)) {
            return &bench.world->conflicts[i];
        }
    }
    return NULL;
}

static void other_words_give_other_findings(void)
{
    for (size_t i = 0; i < COUNT_OF(renamings); i++) {
        struct slice first_id = { 0 };
        for (unsigned rotation = 0; rotation < 3; rotation++) {
            static const char *const files[] = { SLA, OFFER, UCLOUD };
            bench_clear(&bench);
            for (unsigned j = 0; j < 3; j++) {
                bench_add_file(&bench, files[(j + rotation) % 3]);
                struct diag_source *source = &bench.sources[j];
                source->text = renamed(source->text, renamings[i].from, renamings[i].to);
            }
            bench_compile(&bench);
            CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
            const struct sla_conflict *conflict = conflict_with(renamings[i].witness);
            CU_ASSERT_PTR_NOT_NULL_FATAL(conflict);
            ASSERT_TEXT(conflict->repairs[0].title, renamings[i].repair);
            CU_ASSERT_TRUE(rotation == 0 || slice_eq(first_id, conflict->id));
            first_id = conflict->id;
            check_certificates(bench.world);
            check_repairs(&bench);
        }
    }
}

static void load_folder(const char *path)
{
    enum { NAMES_MAX = 16 };
    const char **names = NULL;
    size_t count = 0;

    bench_clear(&bench);
    bench.options.has_day = true;
    bench.options.as_of_day = 20500; /* 2026-02-16 */
    ASSERT_OK(file_list(&bench.arena, path, NAMES_MAX, &names, &count));
    for (size_t i = 0; i < count; i++) {
        if (slice_ends(slice_from(names[i]), SLICE(".yaml"))) {
            bench_add_file(&bench, arena_printf(&bench.arena, "%s/%s", path, names[i]).ptr);
        }
    }
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
}

static void large_examples_hold_together(void)
{
    static const struct {
        const char *path;
        size_t documents, tests, unproven;
    } cases[] = { { "examples/laboratory", 8, 6, 4 }, { "examples/imaging", 10, 35, 1 } };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        load_folder(cases[i].path);
        CU_ASSERT_EQUAL(bench.diags.errors, 0);
        CU_ASSERT_EQUAL(bench.world->document_count, cases[i].documents);
        CU_ASSERT_EQUAL(bench.world->conflict_count, 0);
        CU_ASSERT_EQUAL(bench.world->summary.unproven, cases[i].unproven);
        CU_ASSERT_EQUAL(bench.world->tests.run, cases[i].tests);
        CU_ASSERT_EQUAL(bench.world->tests.failed, 0);
        CU_ASSERT_EQUAL(bench.world->tests.covered, bench.world->tests.clauses);
        CU_ASSERT_TRUE(bench.world->figure_count > 0);
        for (size_t j = 0; j < bench.world->figure_count; j++) {
            ASSERT_OK(sla_figure_check(bench.world, &bench.world->figures[j]));
        }
    }
}

/* What the archive is there to keep out: a store under the law of another country. */
static void a_store_of_another_law_is_refused(void)
{
    static const char from[] = "provider: s3-fr, handle: imaging-trust-a";

    load_folder("examples/imaging");
    for (size_t i = 0; i < bench.count; i++) {
        struct slice *text = &bench.sources[i].text;
        size_t at = slice_find_text(*text, slice_from(from));
        if (at < text->len) {
            *text = arena_printf(&bench.arena, "%.*sprovider: s3-us, handle: imaging-trust-a%.*s",
                                 SLICE_ARG(slice_sub(*text, 0, at)),
                                 SLICE_ARG(slice_sub(*text, at + sizeof(from) - 1, text->len)));
        }
    }
    diag_list_init(&bench.diags, &bench.arena);
    bench_compile(&bench);
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    ASSERT_TEXT(bench.world->conflicts[0].clauses[0]->ref.clause, "courts");
    CU_ASSERT_TRUE(bench.world->conflicts[0].repair_count > 0);
    check_certificates(bench.world);
}

static CU_TestInfo tests[] = {
    { "they compile to resources, policies and reactions",
      they_compile_to_resources_policies_and_reactions },
    { "reactions carry what the loops need", reactions_carry_what_the_loops_need },
    { "they hold exactly one conflict", they_hold_exactly_one_conflict },
    { "the first repair leaves them clean", the_first_repair_leaves_them_clean },
    { "their order does not matter", their_order_does_not_matter },
    { "other words give other findings", other_words_give_other_findings },
    { "large examples hold together", large_examples_hold_together },
    { "a store of another law is refused", a_store_of_another_law_is_refused },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla examples", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
