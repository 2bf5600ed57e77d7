/* Tests of requests: how they are read and bound, and that what comes out is what a decision says.
 */
#include "sla/run/tests.h"

#include "base/date.h"
#include "tests/unit/sla/worlds.h"

static struct bench bench;

#define NAME(text_)                                                                                \
    {                                                                                              \
        (text_), sizeof(text_) - 1                                                                 \
    }

/* Lisbon is an hour ahead from 2026-03-29 01:00 to 2026-10-25 01:00 in UTC; Kolkata always by 330
 * minutes. */
static const struct zone_turn lisbon_turns[] = { { INT64_MIN, 0 },
                                                 { INT64_C(1774746000), 60 },
                                                 { INT64_C(1792890000), 0 } };
static const int16_t lisbon_offsets[] = { 0, 60 };
static const int16_t kolkata_offsets[] = { 330 };
static const struct zone zones[] = {
    { .name = NAME("Asia/Kolkata"), .offsets_min = kolkata_offsets, .offset_count = 1 },
    { .name = NAME("Europe/Lisbon"),
      .offsets_min = lisbon_offsets,
      .offset_count = 2,
      .turns = lisbon_turns,
      .turn_count = 3 },
    { .name = NAME("UTC") },
};

static struct sla_options options;

static void set_up(void)
{
    bench_start(&bench);
    options =
        (struct sla_options){ .zones = zones, .zone_count = COUNT_OF(zones), .has_day = true };
    ASSERT_OK(date_parse(SLICE("2026-01-14"), &options.as_of_day)); /* a Wednesday */
}

static void tear_down(void)
{
    bench_end(&bench);
}

static const char clauses[] =
    "  tiers: [{id: legal, combine: forbid-overrides}]\n"
    "  targets: [{id: db, plane: data}, {id: vm, plane: compute}]\n"
    "  clauses:\n"
    "    - {id: readers, on: db, term: authorization, action: data.read, op: permit, value: "
    "[group/radiology, user/ana], when: {purpose: treatment}}\n"
    "    - {id: hours, on: db, term: authorization, action: data.write, op: permit, value: "
    "user/ana, when: {time: mon-fri 08:00-18:00 Europe/Lisbon}}\n"
    "    - {id: abroad, on: db, term: authorization, action: data.share, op: permit, value: "
    "hospital-b, when: {location: [PT, ES]}}\n"
    "    - {id: ask, on: db, tier: legal, term: consent, action: data.share, op: needed, value: "
    "research}\n"
    "    - {id: crisis, on: db, term: authorization, action: key.use, op: permit, value: "
    "hospital-b, when: {severity: \">= high\", phase: incident}}\n"
    "    - {id: patients, on: db, term: authorization, action: data.scan, op: permit, value: "
    "hospital-b, when: {class: patient}}\n"
    "    - {id: four-eyes, on: db, tier: legal, term: duty, op: apart, value: [data.delete, "
    "data.export], per: "
    "resource}\n"
    "    - {id: delete, on: db, term: authorization, action: data.delete, op: permit, value: "
    "user/ana}\n"
    "    - {id: stop, on: vm, term: authority, action: compute.suspend, op: only, value: "
    "shop}\n"
    "    - {id: let, on: vm, term: authority, action: compute.snapshot, op: permit, value: dc}\n"
    "    - {id: not, on: vm, term: authority, action: compute.snapshot, op: deny, value: dc, "
    "strength: should}\n";

static void compile(const char *tests)
{
    struct slice spec = arena_printf(&bench.arena, "%s  tests:\n%s", clauses, tests);

    bench_clear(&bench);
    bench.options = options;
    bench_add(&bench, text_sla(&bench, "shop", spec.ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  "    - {name: db, plane: data, layer: L2, provider: dc, class: "
                                  "[patient, staff]}\n"
                                  "    - {name: vm, plane: compute, layer: L2, provider: dc}\n"));
    bench_add(&bench, text_ucloud(&bench, "other", "hospital-b", "    []\n"));
    bench_compile(&bench);
}

struct row {
    const char *request;
    const char *expect;
    unsigned code; /* 0: passes */
};

static const struct row rows[] = {
    /* purposes and groups */
    { "by: user/ana, action: data.read, on: store/db, purpose: treatment", "permit", 0 },
    { "by: user/ana, action: data.read, on: store/db, purpose: marketing", "none", 0 },
    { "by: user/ana, action: data.read, on: store/db", "none", 0 },
    { "by: user/bob, action: data.read, on: store/db, purpose: treatment", "none", 0 },
    { "by: group/radiology, action: data.read, on: store/db, purpose: treatment", "permit", 0 },
    { "by: [user/bob, group/radiology], action: data.read, on: store/db, purpose: treatment",
      "permit", 0 },
    { "by: [user/bob, group/nurses], action: data.read, on: store/db, purpose: treatment", "none",
      0 },
    { "by: hospital-b/user/eve, action: data.read, on: store/db, purpose: treatment", "deny", 0 },
    { "by: [hospital-b/user/eve, group/radiology], action: data.read, on: store/db, purpose: "
      "treatment",
      "permit", 0 },
    { "by: anyone, action: data.read, on: store/db, purpose: treatment", "deny", 0 },
    { "by: shop, action: data.read, on: store/db, purpose: treatment", "none", 0 },
    /* time */
    { "by: user/ana, action: data.write, on: store/db, at: mon 08:00 Europe/Lisbon", "permit", 0 },
    { "by: user/ana, action: data.write, on: store/db, at: mon 18:00 Europe/Lisbon", "none", 0 },
    { "by: user/ana, action: data.write, on: store/db, at: sat 10:00 Europe/Lisbon", "none", 0 },
    { "by: user/ana, action: data.write, on: store/db", "none", 0 },
    { "by: user/ana, action: data.write, on: store/db, at: mon 07:30 UTC", "none", 0 },
    { "by: user/ana, action: data.write, on: store/db, at: mon 07:30 UTC, date: 2026-07-06",
      "permit", 0 },
    { "by: user/ana, action: data.write, on: store/db, at: mon 13:29 Asia/Kolkata", "none", 0 },
    { "by: user/ana, action: data.write, on: store/db, at: mon 13:30 Asia/Kolkata", "permit", 0 },
    { "by: user/ana, action: data.write, on: store/db, date: 2026-07-06", "none", 0 },
    /* countries and consent */
    { "by: hospital-b, action: data.share, on: store/db, from: ES, purpose: billing", "permit", 0 },
    { "by: hospital-b, action: data.share, on: store/db, from: FR, purpose: billing", "deny", 0 },
    { "by: hospital-b, action: data.share, on: store/db, purpose: billing", "deny", 0 },
    { "by: hospital-b, action: data.share, on: store/db, from: PT, purpose: research, consents: "
      "research",
      "permit", 0 },
    { "by: hospital-b, action: data.share, on: store/db, from: PT, purpose: research", "deny", 0 },
    /* incidents */
    { "by: hospital-b, action: key.use, on: store/db, severity: critical, phase: incident",
      "permit", 0 },
    { "by: hospital-b, action: key.use, on: store/db, severity: low, phase: incident", "deny", 0 },
    { "by: hospital-b, action: key.use, on: store/db, severity: high", "deny", 0 },
    /* classes of data: all that it holds, when none is chosen */
    { "by: hospital-b, action: data.scan, on: store/db, class: patient", "permit", 0 },
    { "by: hospital-b, action: data.scan, on: store/db, class: [patient, staff]", "deny", 0 },
    { "by: hospital-b, action: data.scan, on: store/db", "deny", 0 },
    /* duties */
    { "by: user/ana, action: data.delete, on: store/db, done: []", "permit", 0 },
    { "by: user/ana, action: data.delete, on: store/db, done: data.read", "permit", 0 },
    { "by: user/ana, action: data.delete, on: store/db, done: [data.export]", "deny", 0 },
    { "by: user/ana, action: data.delete, on: store/db", "deny", 0 },
    /* what Redan executes */
    { "by: shop, action: compute.suspend, on: store/vm", "permit", 0 },
    { "by: dc, action: compute.suspend, on: store/vm", "deny", 0 },
    { "by: dc, action: compute.snapshot, on: store/vm", "permit", 0 }, /* `not` gave way */
    /* mistakes */
    { "by: user/ana, action: data.read, on: store/db, purpose: treatment", "deny", 601 },
    { "by: user/ana, action: data.read, on: store/db, purpose: treatment", "allow", 206 },
    { "by: user/ana, action: data.read, on: store/db, purpose: treatment",
      "{respond: network.deny}", 226 },
    { "action: data.read, on: store/db", "deny", 202 },
    { "by: user/ana, on: store/db", "deny", 202 },
    { "by: user/ana, action: data.read", "deny", 202 },
    { "by: user/ana, action: data.raed, on: store/db", "deny", 206 },
    { "by: user/ana, action: data.read, on: store/bd", "deny", 307 },
    { "by: user/ana, action: data.read, on: db", "deny", 307 },
    { "by: user/ana, action: data.read, on: store/vm", "deny", 216 },
    { "by: hospital-c, action: data.read, on: store/db", "deny", 305 },
    { "by: hospital-c/user/ana, action: data.read, on: store/db", "deny", 305 },
    { "by: tenant, action: data.read, on: store/db", "deny", 226 },
    { "by: [user/ana, user/bob], action: data.read, on: store/db", "deny", 226 },
    { "by: [], action: data.read, on: store/db", "deny", 226 },
    { "by: Ana Lopes, action: data.read, on: store/db", "deny", 209 },
    { "by: user/ana, action: data.write, on: store/db, at: mon 10:00", "deny", 208 },
    { "by: user/ana, action: data.write, on: store/db, at: 10:00 UTC", "deny", 208 },
    { "by: user/ana, action: data.write, on: store/db, at: mon 24:00 UTC", "deny", 208 },
    { "by: user/ana, action: data.write, on: store/db, at: mon 10:00 Europe/Lisbo", "deny", 206 },
    { "by: user/ana, action: data.write, on: store/db, at: tue 10:00 UTC, date: 2026-07-06", "deny",
      226 },
    { "by: user/ana, action: data.write, on: store/db, at: sun 01:30 Europe/Lisbon, date: "
      "2026-03-29",
      "deny", 226 },
    { "by: user/ana, action: data.write, on: store/db, date: 2026-02-30", "deny", 208 },
    { "by: user/ana, action: data.read, on: store/db, from: [PT, ES]", "deny", 226 },
    { "by: user/ana, action: data.read, on: store/db, from: XX", "deny", 207 },
    { "by: user/ana, action: data.read, on: store/db, severity: \">= high\"", "deny", 206 },
    { "by: user/ana, action: data.read, on: store/db, phase: [normal]", "deny", 203 },
    { "by: user/ana, action: data.read, on: store/db, class: patients", "deny", 324 },
    { "by: user/ana, action: data.read, on: store/db, done: [data.reed]", "deny", 206 },
    { "by: user/ana, action: data.read, on: store/db, reason: none", "deny", 201 },
};

static void rows_come_out_as_they_say(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct slice test =
            arena_printf(&bench.arena, "    - {name: it is so, request: {%s}, expect: %s}\n",
                         rows[i].request, rows[i].expect);
        compile(test.ptr);
        bool good = rows[i].code == 0 ? bench.diags.errors == 0 && bench.world->tests.run == 1
                                      : bench.diags.errors == 1 && bench_has(&bench, rows[i].code);
        if (!good) {
            (void)printf("\n    %s, %s: %.*s", rows[i].request, rows[i].expect,
                         SLICE_ARG(bench_findings(&bench)));
        }
        CU_ASSERT_TRUE(good);
    }
}

static const struct diag *finding(unsigned code)
{
    const struct diag *at = bench_find(&bench, code);

    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    return at;
}

static void a_failed_request_tells_what_decides_and_what_it_did_not_tell(void)
{
    compile("    - {name: a, request: {by: hospital-b, action: compute.suspend, on: store/vm}, "
            "expect: permit}\n");
    ASSERT_TEXT(finding(601)->label, "it is `deny`");
    ASSERT_TEXT(finding(601)->labels->text, "`stop` of shop decides");
    compile("    - {name: a, request: {by: hospital-b, action: data.share, on: store/db}, expect: "
            "permit}\n");
    ASSERT_TEXT(finding(601)->label, "it is `deny`");
    ASSERT_TEXT(finding(601)->notes->text, "clauses ask for `purpose`, `consents`, which "
                                           "the request does not tell: that narrows access");
}

static void clauses_that_decide_requests_are_covered(void)
{
    compile("    - {name: a, request: {by: dc, action: compute.suspend, on: store/vm}, expect: "
            "deny}\n"
            "    - {name: b, request: {by: user/ana, action: data.read, on: store/db, purpose: "
            "treatment}, expect: permit}\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL(bench.world->tests.failed, 0);
    CU_ASSERT_EQUAL(bench.world->tests.clauses, 11);
    CU_ASSERT_EQUAL(bench.world->tests.covered, 2);
    sla_report_coverage(bench.world, &bench.world->tests, 0, &bench.diags);
    CU_ASSERT_TRUE(bench_has(&bench, 602));
}

static void compile_request(const char *request, const char *expect)
{
    compile(
        arena_printf(&bench.arena, "    - {name: a, request: {%s}, expect: %s}\n", request, expect)
            .ptr);
}

/* A test that passes since a name was misspelt tests nothing; it is told too when only some
 * documents are checked. */
static void a_name_that_resembles_one_of_a_clause_is_noted(void)
{
    static const struct {
        const char *request, *fix;
        bool partial;
    } cases[] = {
        { "by: user/ana, action: data.read, on: store/db, purpose: treatmnt", "treatment", false },
        { "by: user/ana, action: data.read, on: store/db, purpose: treatmnt", "treatment", true },
        { "by: user/anna, action: data.read, on: store/db, purpose: treatment", "ana", false },
        { "by: user/anna, action: data.read, on: store/db, purpose: treatment", "ana", true },
        { "by: \"group/radiolgy\", action: data.read, on: store/db, purpose: treatment",
          "radiology", false },
        { "by: user/ana, action: data.read, on: store/db, consents: [reserch]", "research", true },
        { "by: user/ana, action: data.read, on: store/db, purpose: billing", NULL, false },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        options.partial = cases[i].partial;
        compile_request(cases[i].request, "none");
        CU_ASSERT_EQUAL(bench_has(&bench, 906), cases[i].fix != NULL);
        if (cases[i].fix != NULL) {
            CU_ASSERT_PTR_NOT_NULL_FATAL(finding(906)->fixes);
            ASSERT_TEXT(finding(906)->fixes->edits->text, cases[i].fix);
        }
    }
}

/* Of several one that is named is enough; `anyone` and parties say what a name of nobody cannot. */
static void an_asker_whom_nothing_names_is_told(void)
{
    static const struct {
        const char *by;
        bool partial;
        const char *said; /* NULL: nothing */
    } cases[] = {
        { "user/nobdy", false, "nothing names `user/nobdy`" },
        { "user/nobdy", true, "nothing names `user/nobdy`" },
        { "[user/nobdy, group/porters]", false, "nothing names `user/nobdy`" },
        { "hospital-b/user/eve", false, "nothing names `hospital-b/user/eve`" },
        { "somebody-else", true, "nothing names `somebody-else`" },
        { "[user/nobdy, group/radiology]", false, NULL },
        { "user/ana", true, NULL },
        { "anyone", false, NULL },
        { "hospital-b", false, NULL },
        { "group/radiolgy", false, NULL }, /* RDN0906 tells it */
        { "shop-x", true, NULL },          /* so it does */
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        options.partial = cases[i].partial;
        compile_request(
            arena_printf(&bench.arena, "by: %s, action: data.write, on: store/db", cases[i].by).ptr,
            "none");
        CU_ASSERT_EQUAL_FATAL(bench_has(&bench, 910), cases[i].said != NULL);
        if (cases[i].said != NULL) {
            ASSERT_TEXT(finding(910)->message, cases[i].said);
        }
    }
}

static void a_party_of_documents_elsewhere_is_named_by_clauses(void)
{
    static const char spec[] =
        "  targets: [{id: db, plane: data}]\n"
        "  clauses: [{id: let, on: db, term: authorization, action: data.read, op: permit, value: "
        "elsewhere}]\n"
        "  tests: [{name: a, request: {by: elsewhere, action: data.read, on: store/db}, expect: "
        "permit}]\n";

    bench_clear(&bench);
    bench.options.partial = true;
    bench_add(&bench, text_sla(&bench, "shop", spec));
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  "    - {name: db, plane: data, layer: L2, provider: dc}\n"));
    bench_compile(&bench);
    CU_ASSERT_FALSE(bench_has(&bench, 910));
}

static void another_day_of_the_week_is_told_with_a_day_that_can_be_written(void)
{
    static const struct {
        const char *date, *help;
    } cases[] = {
        { "2026-07-07", "the next `mon` is 2026-07-13" },
        { "9999-12-26", "the next `mon` is 9999-12-27" },
        { "9999-12-28", "the last `mon` is 9999-12-27" },
        { "9999-12-31", "the last `mon` is 9999-12-27" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        compile_request(arena_printf(&bench.arena,
                                     "by: user/ana, action: data.write, on: store/db, at: mon "
                                     "10:00 UTC, date: %s",
                                     cases[i].date)
                            .ptr,
                        "none");
        ASSERT_TEXT(finding(226)->helps->text, cases[i].help);
    }
}

/* Without zones the clock of the time's own zone is right, and no other is known. */
static void a_time_without_offsets_is_known_in_its_own_zone(void)
{
    static const char test[] = "    - {name: a, request: {by: user/ana, action: data.write, on: "
                               "store/db, at: mon 10:00 %s}, expect: %s}\n";

    options.zones = NULL;
    options.zone_count = 0;
    compile(arena_printf(&bench.arena, test, "Europe/Lisbon", "permit").ptr);
    CU_ASSERT_EQUAL(bench.world->tests.failed, 0);
    compile(arena_printf(&bench.arena, test, "UTC", "none").ptr);
    CU_ASSERT_EQUAL(bench.world->tests.failed, 0);
    options.has_day = false;
    compile(arena_printf(&bench.arena, test, "Europe/Lisbon", "none").ptr);
    CU_ASSERT_EQUAL(bench.world->tests.failed, 0);
}

/* A good document stays one all year: another such day is asked about. What was stored was good by
 * the zones of its day. */
static void an_hour_that_clocks_skip_is_asked_a_week_later(void)
{
    static const char test[] = "    - {name: a, request: {by: user/ana, action: data.write, on: "
                               "store/db, at: sun 01:30 Europe/Lisbon%s}, expect: none}\n";

    ASSERT_OK(date_parse(SLICE("2026-03-24"), &options.as_of_day));
    compile(arena_printf(&bench.arena, test, "").ptr);
    CU_ASSERT_EQUAL(bench.diags.errors, 0);
    CU_ASSERT_EQUAL(bench.world->tests.run, 1);
    compile(arena_printf(&bench.arena, test, ", date: 2026-03-29").ptr);
    CU_ASSERT_TRUE(bench_has(&bench, 226));
    options.stored = true;
    compile(arena_printf(&bench.arena, test, ", date: 2026-03-29").ptr);
    CU_ASSERT_FALSE(bench_has(&bench, 226));
}

static void of_a_resource_whose_plane_is_misspelt_no_plane_is_told(void)
{
    const char *const spec = "  targets: [{id: all}]\n  tests:\n    - {name: reads, request: {by: "
                             "shop, action: data.read, "
                             "on: store/images}, expect: deny}\n";

    for (unsigned right = 0; right < 2; right++) {
        bench_clear(&bench);
        bench_add(&bench, text_sla(&bench, "shop", spec));
        bench_add(&bench,
                  text_ucloud(&bench, "store", "shop",
                              right != 0 ? "    - {name: images, plane: compute, layer: L2, "
                                           "provider: dc}\n"
                                         : "    - {name: images, plane: storage, layer: L2, "
                                           "provider: dc}\n"));
        bench_compile(&bench);
        CU_ASSERT_EQUAL(bench.diags.errors, 1);
        CU_ASSERT_EQUAL(bench_has(&bench, 216), right != 0);
    }
}

static void requests_of_what_is_not_here_are_left_out(void)
{
    struct slice spec =
        arena_printf(&bench.arena,
                     "%s  tests:\n    - {name: a, request: {by: hospital-z, action: "
                     "data.read, on: store/db}, expect: none}\n",
                     clauses);

    bench_clear(&bench);
    bench.options.partial = true;
    bench_add(&bench, text_sla(&bench, "shop", spec.ptr));
    bench_compile(&bench);
    CU_ASSERT_EQUAL(bench.diags.errors, 0);
    CU_ASSERT_EQUAL(bench.world->tests.run, 0);
}

/* Names were looked at by the clause, however many each of them has: by their product in all. */
static void strangers_are_looked_for_among_so_many_names_and_no_more(void)
{
    enum { CLAUSES = 100, NAMES = 200, STRANGERS = 100 };
    CLEANUP(buf_done) struct buf spec = { 0 };
    size_t told = 0;

    buf_add_cstr(&spec, "  targets: [{id: db, plane: data}]\n  clauses:\n");
    for (size_t i = 0; i < CLAUSES; i++) {
        buf_printf(&spec,
                   "    - {id: c%zu, on: db, term: authorization, action: data.read, op: permit, "
                   "value: [user/ana",
                   i);
        for (size_t j = 0; j < NAMES; j++) {
            buf_printf(&spec, ", user/u%zu", j);
        }
        buf_add_cstr(&spec, "]}\n");
    }
    buf_add_cstr(&spec, "  tests:\n");
    for (size_t i = 0; i < STRANGERS; i++) {
        buf_printf(&spec,
                   "    - {name: t%zu, request: {by: user/nobody-%zu, action: data.read, on: "
                   "store/db}, expect: none}\n",
                   i, i);
    }
    options.partial = true;
    bench.options = options;
    bench_add(&bench, text_sla(&bench, "shop", spec.ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  "    - {name: db, plane: data, layer: L2, provider: dc}\n"));
    bench_compile(&bench);
    CU_ASSERT_EQUAL(bench.diags.errors, 0);
    for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
        told += at->code == 910 ? 1 : 0;
    }
    CU_ASSERT_TRUE(told > 0 && told < STRANGERS);
}

static CU_TestInfo tests[] = {
    { "of a resource whose plane is misspelt no plane is told",
      of_a_resource_whose_plane_is_misspelt_no_plane_is_told },
    { "an hour that clocks skip is asked a week later",
      an_hour_that_clocks_skip_is_asked_a_week_later },
    { "rows come out as they say", rows_come_out_as_they_say },
    { "a failed request tells what decides and what it did not tell",
      a_failed_request_tells_what_decides_and_what_it_did_not_tell },
    { "clauses that decide requests are covered", clauses_that_decide_requests_are_covered },
    { "a name that resembles one of a clause is noted",
      a_name_that_resembles_one_of_a_clause_is_noted },
    { "an asker whom nothing names is told", an_asker_whom_nothing_names_is_told },
    { "a party of documents elsewhere is named by clauses",
      a_party_of_documents_elsewhere_is_named_by_clauses },
    { "another day of the week is told with a day that can be written",
      another_day_of_the_week_is_told_with_a_day_that_can_be_written },
    { "a time without offsets is known in its own zone",
      a_time_without_offsets_is_known_in_its_own_zone },
    { "requests of what is not here are left out", requests_of_what_is_not_here_are_left_out },
    { "strangers are looked for among so many names and no more",
      strangers_are_looked_for_among_so_many_names_and_no_more },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla requests", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
