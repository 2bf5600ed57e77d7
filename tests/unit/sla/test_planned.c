/* Work that an offer plans has to find room in the windows it names for it. */
#include "sla/resolve/planned.h"

#include "sla/code.h"
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

#define SUNDAYS "term: maintenance, op: in, value: [sun 02:00-04:00 Europe/Paris]"

static const struct {
    const char *windows, *window, *planned;
    bool refused;
} cases[] = {
    { SUNDAYS, "7d", "2 h", false },
    { SUNDAYS, "7d", "121 m", true },
    { SUNDAYS, "30d", "10 h", false }, /* five Sundays at most */
    { SUNDAYS, "30d", "601 m", true },
    { SUNDAYS ", valid: {until: 2026-01-31}", "7d", "3 h", false }, /* not on all days */
};

static void planned_work_finds_room_or_is_told(void)
{
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bench_clear(&bench);
        bench_add(&bench,
                  text_offer(&bench, "dc",
                             arena_printf(&bench.arena,
                                          "  targets: [{id: all}]\n  clauses:\n"
                                          "    - {id: nights, on: all, stance: offers, %s}\n"
                                          "    - {id: up, on: all, stance: offers, term: "
                                          "availability, op: \">=\", value: 99.9 %%, window: %s, "
                                          "planned: %s}\n",
                                          cases[i].windows, cases[i].window, cases[i].planned)
                                 .ptr));
        bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                      "    - {name: vm, plane: compute, layer: L2, node: n1, "
                                      "provider: dc}\n"));
        bench_compile(&bench);
        CU_ASSERT_EQUAL(bench_has(&bench, SLA_CODE_MEMBERS), cases[i].refused);
        CU_ASSERT_EQUAL(bench.world == NULL, cases[i].refused);
    }
}

static CU_TestInfo tests[] = {
    { "planned work finds room or is told", planned_work_finds_room_or_is_told },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "sla planned", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
