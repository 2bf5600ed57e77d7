/* bench_search: what it costs where each is held against each. A duty of persons over 500 permits
 * of the same 500 names, beside the same world without the duty; and mending 4,000 mistakes, half
 * of which come back until the other half is mended, beside half as many: linear work gives 2. */
#include "base/buf.h"
#include "bench/report.h"
#include "sla/fix.h"

#include <stdio.h>

enum { RUNS = 5, PERMITS = 500, NAMES = 500, MISTAKES = 4000 };

/* --- duties ---------------------------------------------------------------------------------- */

static void put_permits(struct buf *out, bool with_duty)
{
    buf_add_cstr(out,
                 "apiVersion: redan/v1\nkind: UCloud\nmetadata: {name: u, party: t, role: "
                 "tenant}\nspec:\n  resources:\n    - {name: a, plane: data, layer: L2, node: "
                 "n, provider: p}\n---\napiVersion: redan/v1\nkind: SecuritySLA\nmetadata: "
                 "{name: s, party: t, role: tenant, ucloud: u}\nspec:\n  tiers: [{id: first}]\n"
                 "  targets: [{id: all, plane: data}]\n  clauses:\n");
    for (unsigned i = 0; i < PERMITS; i++) {
        buf_printf(out,
                   "    - {id: p%u, on: all, term: authorization, action: data.%s, op: permit, "
                   "value: [",
                   i, i % 2 == 0 ? "delete" : "export");
        for (unsigned j = 0; j < NAMES; j++) {
            buf_printf(out, "%suser/u%u", j > 0 ? ", " : "", j);
        }
        buf_add_cstr(out, "]}\n");
    }
    /* Nobody is left to find, so that everybody is looked at. */
    buf_add_cstr(out,
                 "    - {id: not, on: all, term: authorization, action: data.delete, op: deny, "
                 "value: anyone, tier: first}\n");
    if (with_duty) {
        buf_add_cstr(out, "    - {id: duty, on: all, term: duty, op: apart, value: [data.delete, "
                          "data.export], per: subject}\n");
    }
}

static struct status compile_us(struct slice text, int64_t *out)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const struct diag_source source = { "world.yaml", text };
    struct sla_options options = { .without_repairs = true };
    struct diag_list diags;
    int64_t start_us = report_now_us();

    diag_list_init(&diags, &arena);
    const struct sla_world *world = sla_compile(&arena, &source, 1, &options, &diags);
    *out = report_now_us() - start_us;
    if (world == NULL || diags.errors > 0) {
        struct slice why = diags.first != NULL ? diags.first->message : SLICE("no world");
        return status_error(STATUS_INVALID, "the world of duties does not compile: %.*s",
                            SLICE_ARG(why));
    }
    return STATUS_SUCCESS;
}

static struct status measure_duty(void)
{
    CLEANUP(buf_done) struct buf with = { 0 };
    CLEANUP(buf_done) struct buf without = { 0 };
    int64_t with_us[RUNS];
    int64_t without_us[RUNS];

    put_permits(&with, true);
    put_permits(&without, false);
    for (size_t i = 0; i < RUNS; i++) {
        TRY(compile_us(buf_slice(&without), &without_us[i]));
        TRY(compile_us(buf_slice(&with), &with_us[i]));
    }
    report_print(&(struct report_row){ .name = "search.duty_500_permits_500_names",
                                       .value_milli = report_median(with_us, RUNS),
                                       .unit = "ms",
                                       .reference = "the same world without the duty",
                                       .reference_milli = report_median(without_us, RUNS),
                                       .runs = RUNS,
                                       .noisy = report_is_noisy(0) });
    return STATUS_SUCCESS;
}

/* --- repairs --------------------------------------------------------------------------------- */

/* An agreement pins each offer by a digest that is not its own, and each is written as of old. */
static void put_mistakes(struct buf *out, unsigned count)
{
    buf_add_cstr(out, "apiVersion: redan/v1\nkind: Agreement\nmetadata: {name: deal, party: shop, "
                      "role: tenant}\nspec:\n  state: draft\n  documents:\n");
    for (unsigned i = 0; i < count / 2; i++) {
        buf_printf(out,
                   "    - {kind: ProviderOffer, party: dc, name: o%u, version: 1, digest: "
                   "\"sha256:%064u\"}\n",
                   i, i);
    }
    for (unsigned i = 0; i < count / 2; i++) {
        buf_printf(out,
                   "---\napiVersion: redan/v1\nkind: ProviderOffer\nmetadata: {name: o%u, party: "
                   "dc, role: provider, assertedBy: shop}\nspec:\n  targets: [{id: all}]\n  "
                   "clauses: []\n",
                   i);
    }
}

/* `out`: where it is less. */
static struct status fix_us(struct slice text, size_t mistakes, int64_t *out)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const struct diag_source source = { "world.yaml", text };
    struct sla_options options = { .without_repairs = true };
    struct sla_fix_result fixed;
    int64_t start_us = report_now_us();

    sla_fix(&arena, &source, 1, &options, &fixed);
    int64_t took_us = report_now_us() - start_us;
    *out = took_us < *out ? took_us : *out;
    return fixed.applied_count == mistakes
               ? STATUS_SUCCESS
               : status_error(STATUS_INVALID, "%zu of %zu mistakes were mended",
                              fixed.applied_count, mistakes);
}

static struct status measure_fix(void)
{
    CLEANUP(buf_done) struct buf large = { 0 };
    CLEANUP(buf_done) struct buf small = { 0 };
    int64_t large_us = INT64_MAX; /* the fastest, as in all rows of growth */
    int64_t small_us = INT64_MAX;

    put_mistakes(&large, MISTAKES);
    put_mistakes(&small, MISTAKES / 2);
    for (size_t i = 0; i < RUNS; i++) {
        TRY(fix_us(buf_slice(&small), MISTAKES / 2, &small_us));
        TRY(fix_us(buf_slice(&large), MISTAKES, &large_us));
    }
    report_print(&(struct report_row){ .name = "search.fix_4000_mistakes",
                                       .value_milli = large_us,
                                       .unit = "ms",
                                       .goal = "<= 2.6 x reference",
                                       .has_goal = true,
                                       .pass = large_us * 10 <= small_us * 26,
                                       .reference = "half as many mistakes",
                                       .reference_milli = small_us,
                                       .runs = RUNS,
                                       .noisy = report_is_noisy(0) });
    return STATUS_SUCCESS;
}

int main(void)
{
    struct status status = measure_duty();

    if (status_ok(&status)) {
        status = measure_fix();
    }
    if (!status_ok(&status)) {
        (void)fprintf(stderr, "bench_search: %s\n", status.msg);
    }
    return status_ok(&status) ? 0 : 1;
}
