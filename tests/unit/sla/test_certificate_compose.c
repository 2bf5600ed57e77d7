/* Random services with random offers and assumptions: each figure is checked by what shares no code
 * with it, by all small timetables and by all states of the parts. */
#include "sla/certificate/compose.h"

#include <string.h>

#include "base/wide.h"
#include "sla/certificate/kofn.h"
#include "sla/compose/kofn.h"
#include "tests/unit/sla/worlds.h"

enum { ROUNDS = 150, RESOURCES = 5, SERVICES = 4, CELLS = 3, TENTHS = 10 };

static struct bench bench;
static uint64_t state;

static void set_up(void)
{
    bench_start(&bench);
    state = 20260301;
}

static void tear_down(void)
{
    bench_end(&bench);
}

/* xorshift64: 0..below - 1 */
static unsigned draw(unsigned below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state % below);
}

/* --- worlds ---------------------------------------------------------------------------------- */

/* What is drawn of a world; the text follows from it. */
struct drawn {
    unsigned parts[SERVICES]; /* bits: resources, then services below */
    unsigned need[SERVICES];
    unsigned down[RESOURCES];    /* of each window: in `unit` percent */
    unsigned planned[RESOURCES]; /* ms */
    unsigned unit, window_ms, offer_window_ms;
    unsigned apart, mean, beta, aligned, switching, pausing; /* bits: services */
    bool reacts;
};

static unsigned count_of(unsigned bits)
{
    return (unsigned)__builtin_popcount(bits);
}

static void draw_services(struct drawn *out)
{
    for (unsigned i = 0; i < SERVICES; i++) {
        unsigned all = (1U << (RESOURCES + i)) - 1;
        out->parts[i] = draw(all) + 1;
        out->need[i] = draw(2) == 0 ? count_of(out->parts[i]) : 1 + draw(count_of(out->parts[i]));
    }
}

static void draw_world(struct drawn *out)
{
    static const unsigned windows[] = { 1000, 7, 3600000, 2592000000, 86400000 };

    *out = (struct drawn){ .unit = 1 };
    draw_services(out);
    out->window_ms = windows[draw(COUNT_OF(windows))];
    out->offer_window_ms = draw(2) == 0 ? out->window_ms : windows[draw(COUNT_OF(windows))];
    for (unsigned i = 0; i < RESOURCES; i++) {
        out->down[i] = draw(4) == 0 ? draw(101) : draw(3);
        out->planned[i] = draw(3) == 0 ? draw(out->offer_window_ms / 4 + 1) : 0;
    }
    out->apart = draw(1U << SERVICES);
    out->mean = draw(1U << SERVICES);
    out->beta = draw(1U << SERVICES) & out->apart;
    out->aligned = draw(1U << SERVICES);
    out->switching = draw(1U << SERVICES);
    out->switching &= draw(1U << SERVICES); /* a quarter of them */
    out->pausing = draw(1U << SERVICES);
    out->reacts = draw(4) == 0;
}

static void add_service(const struct drawn *drawn, unsigned at, struct buf *out)
{
    bool all = drawn->need[at] == count_of(drawn->parts[at]);

    buf_printf(out, "    - {id: s%u, needs: %s", at, all ? "[" : "");
    if (!all) {
        buf_printf(out, "{atLeast: %u, of: [", drawn->need[at]);
    }
    bool first = true;
    for (unsigned i = 0; i < RESOURCES + at; i++) {
        if ((drawn->parts[at] >> i & 1U) != 0) {
            bool resource = i < RESOURCES;
            buf_printf(out, "%s%c%u", first ? "" : ", ", resource ? 'r' : 's',
                       resource ? i : i - RESOURCES);
            first = false;
        }
    }
    buf_printf(out, "]%s}\n", all ? "" : "}");
}

static void add_assumptions(unsigned services, const char *name, const char *rest, struct buf *out)
{
    for (unsigned i = 0; i < SERVICES; i++) {
        if ((services >> i & 1U) != 0) {
            buf_printf(out, "    - {id: %s-%u, owner: shop, on: t%u, %s}\n", name, i, i, rest);
        }
    }
}

static void add_sla(const struct drawn *drawn, struct buf *out)
{
    buf_add_cstr(out, "apiVersion: redan/v1\nkind: SecuritySLA\nmetadata: {name: shop, party: "
                      "shop, role: tenant, ucloud: store}\nspec:\n  targets:\n    - {id: all}\n");
    for (unsigned i = 0; i < SERVICES; i++) {
        buf_printf(out, "    - {id: t%u, service: s%u}\n", i, i);
    }
    buf_add_cstr(out, "  clauses:\n");
    for (unsigned i = 0; i < SERVICES; i++) {
        buf_printf(out,
                   "    - {id: c%u, on: t%u, term: availability, op: \">=\", value: %u %%, "
                   "window: %u ms}\n",
                   i, i, 95 + i, drawn->window_ms);
    }
    if (drawn->reacts) {
        buf_add_cstr(out, "  reactions:\n    - {id: stop, on: all, when: {rule: r}, respond: "
                          "compute.suspend, lease: 5 ms}\n");
    }
    buf_add_cstr(out, "  assumptions:\n    - {id: none, owner: shop, on: t0, term: window.mean, "
                      "op: is, value: no}\n");
    add_assumptions(drawn->apart, "apart", "term: failure.independent, op: is, value: yes", out);
    add_assumptions(drawn->mean, "mean", "term: window.mean, op: is, value: yes", out);
    add_assumptions(drawn->beta, "beta", "term: failure.common, op: \"<=\", value: 10 %", out);
    add_assumptions(drawn->aligned, "same", "term: window.aligned, op: is, value: yes", out);
    add_assumptions(drawn->switching, "time", "term: failover.time, op: \"<=\", value: 3 ms", out);
    add_assumptions(drawn->switching & drawn->pausing, "often",
                    "term: failover.count, op: \"<=\", value: 2, window: 100 ms", out);
    add_assumptions(drawn->pausing, "stops",
                    "term: pause.count, op: \"<=\", value: 3, window: 400 ms", out);
}

static void add_offers(const struct drawn *drawn, struct buf *out)
{
    for (unsigned i = 0; i < RESOURCES; i++) {
        unsigned up = 100 - drawn->down[i] * drawn->unit;
        buf_printf(out,
                   "---\napiVersion: redan/v1\nkind: ProviderOffer\nmetadata: {name: p%u, "
                   "party: p%u, role: provider, assertedBy: {party: p%u, how: "
                   "transcribed}}\nspec:\n  targets: [{id: "
                   "all}]\n  clauses:\n    - {id: o, on: all, stance: offers, term: "
                   "availability, op: \">=\", value: %u %%, window: %u ms",
                   i, i, i, up, drawn->offer_window_ms);
        if (drawn->planned[i] > 0) {
            buf_printf(out, ", planned: %u ms", drawn->planned[i]);
        }
        buf_add_cstr(out, "}\n");
    }
}

static void compile(const struct drawn *drawn)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    add_sla(drawn, &text);
    add_offers(drawn, &text);
    buf_add_cstr(&text, "---\napiVersion: redan/v1\nkind: UCloud\nmetadata: {name: store, party: "
                        "shop, role: tenant}\nspec:\n  resources:\n");
    for (unsigned i = 0; i < RESOURCES; i++) {
        buf_printf(&text, "    - {name: r%u, plane: compute, layer: L2, node: n1, provider: p%u}\n",
                   i, i);
    }
    buf_add_cstr(&text, "  services:\n");
    for (unsigned i = 0; i < SERVICES; i++) {
        add_service(drawn, i, &text);
    }
    bench_clear(&bench);
    bench_add(&bench, arena_copy(&bench.arena, buf_slice(&text)));
    bench_compile(&bench);
    if (bench.world == NULL || bench.world->figure_count != SERVICES) {
        (void)printf("\n%.*s\n%.*s\n", SLICE_ARG(bench_findings(&bench)), (int)text.len, text.ptr);
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL_FATAL(bench.world->figure_count, SERVICES);
}

/* Starts each round with little memory. */
static void turn(void)
{
    bench_end(&bench);
    bench_start(&bench);
}

static const struct sla_step *last_of(const struct sla_figure *figure)
{
    return &figure->steps[figure->step_count - 1];
}

/* --- each figure is checked ------------------------------------------------------------------ */

static void every_figure_follows(void)
{
    size_t seen[SLA_VERDICTS] = { 0 };

    for (int round = 0; round < ROUNDS; round++) {
        struct drawn drawn;
        draw_world(&drawn);
        compile(&drawn);
        for (size_t i = 0; i < SERVICES; i++) {
            ASSERT_OK(sla_figure_check(bench.world, &bench.world->figures[i]));
            seen[bench.world->figures[i].verdict]++;
        }
        turn();
    }
    CU_ASSERT_TRUE(seen[SLA_ADVERTISED] > 0 && seen[SLA_ASSUMED] > 0 && seen[SLA_UNPROVEN] > 0 &&
                   seen[SLA_IMPOSSIBLE] > 0);
}

/* Any number three less or more is refused: fixed point may have cost the mean a unit. */
static void tampered_figures_are_refused(void)
{
    static const size_t members[] = {
        offsetof(struct sla_step, bound_ms),  offsetof(struct sla_step, assumed_ms),
        offsetof(struct sla_step, best_ms),   offsetof(struct sla_step, mean_ppb),
        offsetof(struct sla_step, apart_ppb), offsetof(struct sla_step, planned_ms),
    };

    for (int round = 0; round < ROUNDS / 3; round++) {
        struct drawn drawn;
        draw_world(&drawn);
        compile(&drawn);
        struct sla_figure figure = bench.world->figures[draw(SERVICES)];
        struct sla_step *steps = ARENA_NEW(&bench.arena, struct sla_step, figure.step_count);
        memcpy(steps, figure.steps, figure.step_count * sizeof(*steps));
        figure.steps = steps;
        for (size_t i = 0; i < figure.step_count; i++) {
            for (size_t j = 0; j < COUNT_OF(members); j++) {
                int64_t *number = (int64_t *)(void *)((char *)&steps[i] + members[j]);
                *number -= 3;
                ASSERT_CODE(sla_figure_check(bench.world, &figure), STATUS_INVALID);
                *number += 6;
                ASSERT_CODE(sla_figure_check(bench.world, &figure), STATUS_INVALID);
                *number -= 3;
            }
        }
        ASSERT_OK(sla_figure_check(bench.world, &figure));
        figure.spent_ms++;
        ASSERT_CODE(sla_figure_check(bench.world, &figure), STATUS_INVALID);
        turn();
    }
}

/* --- small timetables ------------------------------------------------------------------------ */

// NOLINTNEXTLINE(misc-no-recursion): four services
static bool is_up(const struct sla_service *service, unsigned downs)
{
    size_t up = 0;

    for (size_t i = 0; i < service->part_count; i++) {
        const struct sla_part *part = &service->parts[i];
        bool works = part->service != NULL ? is_up(part->service, downs)
                                           : (downs >> part->resources[0] & 1U) == 0;
        up += works ? 1 : 0;
    }
    return up >= service->need;
}

/* A timetable is CELLS rows of RESOURCES bits; is no resource down for more than it may, and is
 * each down for all that it may? */
static bool fits(const struct drawn *drawn, uint32_t bits, bool *out_full)
{
    *out_full = true;
    for (unsigned i = 0; i < RESOURCES; i++) {
        unsigned down = 0;
        for (unsigned cell = 0; cell < CELLS; cell++) {
            down += bits >> (cell * RESOURCES + i) & 1U;
        }
        unsigned may = drawn->planned[i];
        if (down > may) {
            return false;
        }
        *out_full = *out_full && down == may;
    }
    return true;
}

/* What was seen of all timetables: of one service in any of them, and in those in which each
 * resource is down for all that it may. */
struct outages {
    int64_t most, least;
};

static void see(uint32_t bits, bool full, const struct sla_service *service, struct outages *out)
{
    int64_t down = 0;

    for (unsigned cell = 0; cell < CELLS; cell++) {
        down += is_up(service, bits >> (cell * RESOURCES) & ((1U << RESOURCES) - 1)) ? 0 : 1;
    }
    out->most = down > out->most ? down : out->most;
    out->least = full && down < out->least ? down : out->least;
}

static struct outages outages_of(const struct drawn *drawn, const struct sla_service *service)
{
    struct outages out = { .least = CELLS };

    for (uint32_t bits = 0; bits < UINT32_C(1) << (CELLS * RESOURCES); bits++) {
        bool full = false;
        if (fits(drawn, bits, &full)) {
            see(bits, full, service, &out);
        }
    }
    return out;
}

/* Windows of three cells that begin together: work of so many cells, and nothing else. */
static void no_timetable_is_worse_than_the_bound(void)
{
    for (int round = 0; round < ROUNDS / 5; round++) {
        struct drawn drawn = { .unit = 1, .window_ms = CELLS, .offer_window_ms = CELLS };
        draw_services(&drawn);
        for (unsigned i = 0; i < RESOURCES; i++) {
            drawn.planned[i] = draw(CELLS + 1);
        }
        drawn.aligned = (1U << SERVICES) - 1;
        compile(&drawn);
        for (size_t i = 0; i < SERVICES; i++) {
            const struct sla_figure *figure = &bench.world->figures[i];
            struct outages seen = outages_of(&drawn, figure->service);
            CU_ASSERT_TRUE(last_of(figure)->assumed_ms >= seen.most);
            CU_ASSERT_TRUE(last_of(figure)->best_ms <= seen.least);
        }
        turn();
    }
}

/* --- all states ------------------------------------------------------------------------------ */

/* P(down) of independent resources, in 1 / TENTHS^RESOURCES. */
static int64_t probability(const struct drawn *drawn, const struct sla_service *service)
{
    int64_t sum = 0;

    for (unsigned downs = 0; downs < 1U << RESOURCES; downs++) {
        int64_t product = is_up(service, downs) ? 0 : 1;
        for (unsigned i = 0; i < RESOURCES; i++) {
            bool down = (downs >> i & 1U) != 0;
            product *= down ? drawn->down[i] : TENTHS - drawn->down[i];
        }
        sum += product;
    }
    return sum;
}

static void no_mean_is_better_than_the_probability(void)
{
    for (int round = 0; round < ROUNDS; round++) {
        struct drawn drawn = { .unit = TENTHS, .window_ms = 1000, .offer_window_ms = 1000 };
        draw_services(&drawn);
        for (unsigned i = 0; i < RESOURCES; i++) {
            drawn.down[i] = draw(TENTHS + 1);
        }
        drawn.apart = (1U << SERVICES) - 1;
        compile(&drawn);
        for (size_t i = 0; i < SERVICES; i++) {
            const struct sla_figure *figure = &bench.world->figures[i];
            int64_t exact_ppb = probability(&drawn, figure->service) * (SLA_PPB / 100000);
            CU_ASSERT_TRUE(last_of(figure)->apart_ppb >= exact_ppb);
            CU_ASSERT_EQUAL(last_of(figure)->apart_ppb, last_of(figure)->mean_ppb);
        }
        turn();
    }
}

/* --- monotone -------------------------------------------------------------------------------- */

static void a_better_part_never_makes_it_worse(void)
{
    for (int round = 0; round < ROUNDS; round++) {
        struct drawn drawn;
        int64_t before[SERVICES][4];
        draw_world(&drawn);
        drawn.beta = 0; /* of the common cause a unit may be lost */
        compile(&drawn);
        for (size_t i = 0; i < SERVICES; i++) {
            const struct sla_step *last = last_of(&bench.world->figures[i]);
            const int64_t now[] = { last->bound_ms, last->assumed_ms, last->mean_ppb,
                                    last->best_ms };
            memcpy(before[i], now, sizeof(now));
        }
        unsigned at = draw(RESOURCES);
        drawn.down[at] /= 2;
        drawn.planned[at] /= 2;
        compile(&drawn);
        for (size_t i = 0; i < SERVICES; i++) {
            const struct sla_step *last = last_of(&bench.world->figures[i]);
            CU_ASSERT_TRUE(last->bound_ms <= before[i][0]);
            CU_ASSERT_TRUE(last->assumed_ms <= before[i][1]);
            CU_ASSERT_TRUE(last->mean_ppb <= before[i][2]);
            CU_ASSERT_TRUE(last->best_ms <= before[i][3]);
        }
        turn();
    }
}

static void assumptions_only_ever_help(void)
{
    for (int round = 0; round < ROUNDS; round++) {
        struct drawn drawn;
        int64_t before[SERVICES];
        draw_world(&drawn);
        drawn.beta = 0;
        drawn.apart = drawn.mean = drawn.aligned = 0;
        compile(&drawn);
        for (size_t i = 0; i < SERVICES; i++) {
            before[i] = last_of(&bench.world->figures[i])->assumed_ms;
            CU_ASSERT_EQUAL(before[i], last_of(&bench.world->figures[i])->bound_ms);
        }
        drawn.apart = draw(1U << SERVICES);
        drawn.mean = draw(1U << SERVICES);
        drawn.aligned = draw(1U << SERVICES);
        compile(&drawn);
        for (size_t i = 0; i < SERVICES; i++) {
            CU_ASSERT_TRUE(last_of(&bench.world->figures[i])->assumed_ms <= before[i]);
        }
        turn();
    }
}

/* --- k of n ---------------------------------------------------------------------------------- */

static void k_of_n_is_checked_at_every_size(void)
{
    for (size_t count = 1; count <= SLA_KOFN_PARTS_MAX; count++) {
        int64_t down[SLA_KOFN_PARTS_MAX];
        for (size_t i = 0; i < count; i++) {
            down[i] = draw(3) == 0 ? draw(SLA_PPB) : draw(SLA_PPB / 100);
        }
        struct sla_kofn group = { down, count, 1 + draw((unsigned)count), SLA_PPB };
        struct sla_range any = { 0 }, mean = { 0 };
        ASSERT_OK(sla_kofn_bounds(&group, &any));
        ASSERT_OK(sla_kofn_independent(&group, &mean));
        CU_ASSERT_TRUE(sla_is_bound(down, count, group.need, SLA_PPB, any.most));
        CU_ASSERT_TRUE(sla_is_mean(down, count, group.need, SLA_PPB, mean.most) ||
                       mean.most == any.most);
        CU_ASSERT_FALSE(sla_is_bound(down, count, group.need, SLA_PPB, any.most - 1));
        CU_ASSERT_FALSE(sla_is_bound(down, count, group.need, SLA_PPB, any.most + 2));
        CU_ASSERT_FALSE(sla_is_mean(down, count, group.need, SLA_PPB, mean.least - 1));
        CU_ASSERT_FALSE(sla_is_mean(down, count, group.need, SLA_PPB, mean.most + 3));
    }
}

static CU_TestInfo tests[] = {
    { "every figure follows", every_figure_follows },
    { "tampered figures are refused", tampered_figures_are_refused },
    { "no timetable is worse than the bound", no_timetable_is_worse_than_the_bound },
    { "no mean is better than the probability", no_mean_is_better_than_the_probability },
    { "a better part never makes it worse", a_better_part_never_makes_it_worse },
    { "assumptions only ever help", assumptions_only_ever_help },
    { "k of n is checked at every size", k_of_n_is_checked_at_every_size },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla certificates of composition", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
