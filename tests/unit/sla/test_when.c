/* Conditions of clauses: how they are read, and that clauses which never speak together do not
 * collide. */
#include "model/decide.h"
#include "sla/values/guard.h"
#include "tests/unit/sla/worlds.h"

#include <string.h>

static struct bench bench;

static const struct zone *known_zones;
static size_t known_zone_count;

/* From the next world on. */
static void know_zones(const struct zone *zones, size_t count)
{
    known_zones = zones;
    known_zone_count = count;
}

static void set_up(void)
{
    know_zones(NULL, 0);
    bench_start(&bench);
}

static void tear_down(void)
{
    bench_end(&bench);
}

#define RULE(id_, op_, value_, when_)                                                              \
    "    - {id: " id_ ", on: all, term: authority, action: data.freeze, op: " op_                  \
    ", value: " value_ when_ "}\n"

static void compile(const char *clauses)
{
    bench_clear(&bench);
    bench.options.zones = known_zones;
    bench.options.zone_count = known_zone_count;
    bench_add(
        &bench,
        text_sla(
            &bench, "shop",
            arena_printf(&bench.arena, "  targets: [{id: all}]\n  clauses:\n%s%s", clauses,
                         strstr(clauses, "home@") == NULL
                             ? ""
                             : "  sets: [{id: home, countries: [PT, \"NO\"], from: 2020-01-01}]\n")
                .ptr));
    bench_add(&bench,
              text_ucloud(&bench, "store", "shop",
                          "    - {name: a, plane: data, layer: L2, class: patient, node: n1, "
                          "provider: dc-one}\n"
                          "    - {name: b, plane: data, layer: L2, class: [billing, patient], "
                          "node: n1, provider: dc-one}\n"));
    bench_compile(&bench);
}

static void conditions_become_guards(void)
{
    static const struct {
        const char *when, *guard;
    } cases[] = {
        { "", "" },
        { ", when: {severity: \">= high\"}", "severity: \">= high\"" },
        { ", when: {severity: \"<= low\"}", "severity: \"<= low\"" },
        { ", when: {severity: high}", "severity: high" },
        { ", when: {phase: [recovery, incident]}", "phase: [incident, recovery]" },
        { ", when: {class: patient}", "class: patient" },
        { ", when: {class: [patient, billing], purpose: research}",
          "class: [billing, patient], purpose: research" },
        { ", when: {time: mon-fri 08:00-18:00 Europe/Lisbon}",
          "time: [mon-fri 08:00-18:00 Europe/Lisbon]" },
        { ", when: {time: [mon 22:00-24:00 UTC, tue 00:00-02:00 UTC, mon 21:00-23:00 UTC]}",
          "time: [mon 21:00-24:00 UTC, tue 00:00-02:00 UTC]" },
        { ", when: {time: mon-sun 00:00-24:00 UTC}", "" },
        { ", when: {location: PT}", "location: [PT]" },
        { ", when: {location: [FR, EFTA@1995-01-01, home@2024-01-01, PT], time: sat 10:00-11:00 "
          "UTC}",
          "location: [CH, FR, IS, LI, NO, PT], time: [sat 10:00-11:00 UTC]" },
        { ", when: {severity: \">= info\"}", "" }, /* says nothing */
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        compile(arena_printf(&bench.arena, RULE("x", "deny", "dc-one", "%s"), cases[i].when).ptr);
        ASSERT_TEXT(bench_findings(&bench), "");
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        ASSERT_TEXT(bench.world->clauses[0]->conditions, cases[i].guard);
    }
}

/* Where only some documents are here: when the U-Cloud is, else others may hold the class. */
static void a_class_that_nothing_holds_is_a_warning_in_some_documents(void)
{
    for (size_t with_ucloud = 0; with_ucloud < 2; with_ucloud++) {
        bench_clear(&bench);
        bench.options.partial = true;
        bench_add(&bench, text_sla(&bench, "shop",
                                   "  targets: [{id: all}]\n  clauses:\n" RULE(
                                       "x", "deny", "tenant", ", when: {class: patent}")));
        if (with_ucloud == 1) {
            bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                          "    - {name: a, plane: data, layer: L2, class: patient, "
                                          "node: n1, provider: dc-one}\n"));
        }
        bench_compile(&bench);
        CU_ASSERT_EQUAL(bench_has(&bench, 324), with_ucloud == 1);
        CU_ASSERT_EQUAL(bench.diags.errors, 0);
    }
}

static void wrong_conditions_are_told(void)
{
    static const struct {
        const char *when, *findings;
    } cases[] = {
        { ", when: {}", "214 7:93" },
        { ", when: {severity: grave}", "208 7:104" },
        { ", when: {phase: [normal, later]}", "206 7:110" },
        { ", when: {phase: []}", "214 7:101" },
        { ", when: {class: patent}", "324 7:101" },
        { ", when: {class: Patient}", "209 7:101" },
        { ", when: {time: [mon 08:00-09:00 UTC, mon 8-9 UTC]}", "208 7:122" },
        { ", when: {time: [mon 08:00-09:00 UTC, tue 08:00-09:00 Europe/Paris]}", "208 7:100" },
        { ", when: {location: Portugal}", "207 7:104" },
        { ", when: {location: []}", "214 7:104" },
        { ", when: {location: [PT, hme@2024-01-01]}", "304 7:109" },
        { ", when: {location: home@2019-01-01}", "316 7:104" },
        { ", when: {colour: red}", "201 7:94" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        compile(arena_printf(&bench.arena, RULE("x", "deny", "dc-one", "%s"), cases[i].when).ptr);
        ASSERT_TEXT(bench_findings(&bench), cases[i].findings);
    }
    compile("    - {id: x, on: all, term: respond.mttr, op: \"<=\", value: 1 s, when: {purpose: "
            "x}}\n");
    ASSERT_TEXT(bench_findings(&bench), "212 7:73");
}

static void a_class_stands_on_data_only(void)
{
    bench_clear(&bench);
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  "    - {name: a, plane: compute, layer: L2, class: x, node: n1, "
                                  "provider: dc-one}\n"));
    bench_compile(&bench);
    ASSERT_TEXT(bench_findings(&bench), "212 6:44");
}

static void names_have_a_limit(void)
{
    CLEANUP(buf_done) struct buf list = { 0 };

    for (unsigned i = 0; i <= SLA_GUARD_NAMES_MAX; i++) {
        buf_printf(&list, "%sp%u", i > 0 ? ", " : "", i);
    }
    compile(
        arena_printf(&bench.arena, RULE("x", "deny", "dc-one", ", when: {purpose: [%s]}"), list.ptr)
            .ptr);
    CU_ASSERT_TRUE(bench_has(&bench, 219));
}

static void clauses_collide_only_when_both_speak(void)
{
    static const struct {
        const char *first, *second;
        const char *witness; /* NULL: no conflict */
    } cases[] = {
        { "", "", "`dc-one` does data.freeze on store/a: `let` permits it, `not` forbids it" },
        { ", when: {phase: incident}", ", when: {phase: normal}", NULL },
        { ", when: {class: patient}", ", when: {class: billing}", NULL },
        { ", when: {location: [PT, ES]}", ", when: {location: [FR, \"NO\"]}", NULL },
        { ", when: {location: [PT, ES]}", ", when: {location: [FR, PT]}",
          "`dc-one` does data.freeze on store/a, location: [PT]: `let` permits it, `not` forbids "
          "it" },
        { ", when: {time: mon 08:00-12:00 UTC}", ", when: {time: mon 12:00-13:00 UTC}", NULL },
        { ", when: {time: mon 08:00-12:00 UTC}", ", when: {time: mon-tue 11:00-13:00 UTC}",
          "`dc-one` does data.freeze on store/a, time: [mon 11:00-11:01 UTC]: `let` permits it, "
          "`not` forbids it" },
        { ", when: {severity: \">= high\"}", ", when: {severity: \"<= high\", purpose: audit}",
          "`dc-one` does data.freeze on store/a, severity: high, purpose: audit: `let` permits it, "
          "`not` forbids it" },
        { "", ", when: {phase: [incident, recovery]}",
          "`dc-one` does data.freeze on store/a, phase: incident: `let` permits it, `not` forbids "
          "it" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        compile(arena_printf(&bench.arena,
                             RULE("let", "permit", "dc-one", "%s")
                                 RULE("not", "deny", "dc-one", "%s"),
                             cases[i].first, cases[i].second)
                    .ptr);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        CU_ASSERT_EQUAL(bench.world->conflict_count, cases[i].witness != NULL ? 1 : 0);
        check_certificates(bench.world);
        if (cases[i].witness != NULL && bench.world->conflict_count == 1) {
            ASSERT_TEXT(bench.world->conflicts[0].witness, cases[i].witness);
        }
    }
}

/* Who asks without facts gets less: policies hold no permit under a condition. */
static void a_permit_under_a_condition_is_no_policy(void)
{
    compile(RULE("let", "permit", "dc-one", ", when: {phase: incident}")
                RULE("not", "deny", "shop", ", when: {phase: incident}"));
    CU_ASSERT_EQUAL_FATAL(bench.world->policies.policy_count, 1);
    CU_ASSERT_EQUAL(bench.world->policies.policies[0].effect, POLICY_FORBID);
}

static enum policy_verdict freeze_at(int64_t utc_minute, const int16_t *offsets, uint8_t known)
{
    const struct policy_set *set = &bench.world->policies;
    const struct policy_request request = {
        .subject = policy_subject_find(set, SLICE("dc-one")),
        .act = ACTION_DATA_FREEZE,
        .utc_minute = utc_minute,
        .zone_offset_min = offsets,
        .known = known,
    };

    return policy_verdict(set, &request);
}

static void a_window_is_open_by_the_clock_of_its_zone(void)
{
    static const int16_t summer[] = { 60 };
    static const int16_t winter[] = { 0 };
    const int64_t monday_seven_utc = INT64_C(60) * (4 * 24 + 7); /* 1970-01-05 */

    compile(RULE("let", "permit", "dc-one", ", when: {time: mon 08:00-09:00 Europe/Lisbon}"));
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL_FATAL(bench.world->policies.rules->zone_count, 1);
    ASSERT_TEXT(bench.world->policies.rules->zones[0], "Europe/Lisbon");
    CU_ASSERT_EQUAL(freeze_at(monday_seven_utc, summer, POLICY_KNOWS_TIME), POLICY_VERDICT_PERMIT);
    CU_ASSERT_EQUAL(freeze_at(monday_seven_utc, winter, POLICY_KNOWS_TIME), POLICY_VERDICT_FORBID);
    CU_ASSERT_EQUAL(freeze_at(monday_seven_utc + 60, summer, POLICY_KNOWS_TIME),
                    POLICY_VERDICT_FORBID);
    CU_ASSERT_EQUAL(freeze_at(monday_seven_utc - 1, summer, POLICY_KNOWS_TIME),
                    POLICY_VERDICT_FORBID);
    CU_ASSERT_EQUAL(freeze_at(monday_seven_utc, NULL, POLICY_KNOWS_TIME), POLICY_VERDICT_FORBID);
    CU_ASSERT_EQUAL(freeze_at(monday_seven_utc, summer, 0), POLICY_VERDICT_FORBID);
}

#define NAME(text_)                                                                                \
    {                                                                                              \
        (text_), sizeof(text_) - 1                                                                 \
    }

/* Monday morning in Lisbon and Monday at eleven in Kolkata never meet, whatever the season. */
static void zones_come_from_the_caller(void)
{
    static const int16_t lisbon[] = { 0, 60 };
    static const int16_t kolkata[] = { 330 };
    static const struct zone zones[] = {
        { .name = NAME("Asia/Kolkata"), .offsets_min = kolkata, .offset_count = 1 },
        { .name = NAME("Europe/Lisbon"), .offsets_min = lisbon, .offset_count = 2 },
        { .name = NAME("UTC") }
    };
    static const struct {
        const char *first, *second;
        bool collide;
    } cases[] = {
        { "mon 09:00-10:00 Europe/Lisbon", "mon 11:00-12:00 Asia/Kolkata", false },
        { "mon 09:00-10:00 Europe/Lisbon", "mon 13:30-14:30 Asia/Kolkata", true }, /* in summer */
        { "mon 09:00-10:00 Europe/Lisbon", "mon 15:30-16:30 Asia/Kolkata", false },
        { "mon 09:00-10:00 Europe/Lisbon", "mon 14:30-15:30 Asia/Kolkata", true },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *text = arena_printf(&bench.arena,
                                        RULE("let", "permit", "dc-one", ", when: {time: %s}")
                                            RULE("not", "deny", "dc-one", ", when: {time: %s}"),
                                        cases[i].first, cases[i].second)
                               .ptr;
        know_zones(zones, COUNT_OF(zones));
        compile(text);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        CU_ASSERT_EQUAL(bench.world->conflict_count, cases[i].collide ? 1 : 0);
        know_zones(NULL, 0);
        compile(text);
        CU_ASSERT_EQUAL(bench.world->conflict_count, 1);
    }
}

static void an_unknown_zone_is_told_in_its_place(void)
{
    static const struct zone zones[] = { { .name = NAME("Europe/Lisbon") },
                                         { .name = NAME("UTC") } };

    know_zones(zones, COUNT_OF(zones));
    compile(RULE("x", "deny", "dc-one", ", when: {time: mon 08:00-09:00 Europe/Lisboa}"));
    ASSERT_TEXT(bench_findings(&bench), "206 7:116");
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.diags.first->fixes);
    ASSERT_TEXT(bench.diags.first->fixes->edits->text, "Europe/Lisbon");
    compile(RULE("x", "deny", "dc-one",
                 ", when: {time: [mon 08:00-09:00 Europe/Lisbon, \"tue "
                 "08:00-09:00 Europe/Lisbon\"]}"));
    ASSERT_TEXT(bench_findings(&bench), "");
}

static CU_TestInfo tests[] = {
    { "zones come from the caller", zones_come_from_the_caller },
    { "an unknown zone is told in its place", an_unknown_zone_is_told_in_its_place },
    { "a window is open by the clock of its zone", a_window_is_open_by_the_clock_of_its_zone },
    { "conditions become guards", conditions_become_guards },
    { "wrong conditions are told", wrong_conditions_are_told },
    { "a class that nothing holds is a warning in some documents",
      a_class_that_nothing_holds_is_a_warning_in_some_documents },
    { "a class stands on data only", a_class_stands_on_data_only },
    { "names have a limit", names_have_a_limit },
    { "clauses collide only when both speak", clauses_collide_only_when_both_speak },
    { "a permit under a condition is no policy", a_permit_under_a_condition_is_no_policy },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla conditions", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
