/* Parties that are slips of those who wrote a document. */
#include "sla/resolve/misnamed.h"

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

/* Members of two resources (lines 6 and 7), the metadata of an offer (its `metadata` in line 10),
 * and what is then said: "CODE LINE name other". */
static const struct {
    const char *first, *second, *offer, *said;
} rows[] = {
    { "provider: hoster", "provider: hoster",
      "party: hoster, role: provider, assertedBy: {party: hoster, how: transcribed}", "" },
    { "provider: hoster", "provider: hostr",
      "party: hoster, role: provider, assertedBy: {party: hoster, how: transcribed}",
      "906 7 hostr hoster" },
    { "provider: hoster", "provider: hoster",
      "party: hostr, role: provider, assertedBy: {party: shop, how: transcribed}",
      "906 10 hostr hoster" },
    /* A brother is none, nor is one who offers detection. */
    { "provider: dc-fr", "provider: dc-es",
      "party: dc-fr, role: provider, assertedBy: {party: shop, how: transcribed}", "" },
    { "provider: hoster", "provider: hoster",
      "party: hostr, role: operator, assertedBy: {party: hostr, how: transcribed}", "" },
    { "provider: hoster", "provider: other",
      "party: hoster, role: provider, assertedBy: {party: hostr, how: transcribed}",
      "305 10 hostr hoster" },
    { "provider: hoster", "provider: other",
      "party: hoster, role: provider, assertedBy: {party: auditor, how: transcribed}", "" },
    { "provider: hoster, owner: shopp", "provider: hoster, owner: shop",
      "party: hoster, role: provider, assertedBy: {party: hoster, how: transcribed}",
      "906 6 shopp shop" },
};

static void add_said(struct buf *out)
{
    for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
        if (at->code == SLA_CODE_RESEMBLING || at->code == SLA_CODE_PARTY) {
            struct slice text = at->span.source->text;
            struct slice name = slice_sub(text, at->span.byte, at->span.byte_end);
            CU_ASSERT_TRUE(at->level == DIAG_WARNING && !at->fixes->safe);
            buf_printf(out, "%s%u %u %.*s %.*s", out->len > 0 ? "; " : "", at->code, at->span.line,
                       SLICE_ARG(name), SLICE_ARG(at->fixes->edits->text));
        }
    }
}

static void a_party_that_is_a_slip_of_another_is_told(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(buf_done) struct buf world = { 0 };
        CLEANUP(buf_done) struct buf said = { 0 };
        buf_printf(&world,
                   "apiVersion: redan/v1\nkind: UCloud\n"
                   "metadata: {name: store, party: shop, role: tenant}\nspec:\n  resources:\n"
                   "    - {name: a, plane: compute, layer: L2, %s}\n"
                   "    - {name: b, plane: compute, layer: L2, %s}\n"
                   "---\napiVersion: redan/v1\n"
                   "metadata: {name: o, %s}\nkind: ProviderOffer\nspec:\n  targets: [{id: all}]\n  "
                   "clauses: []\n",
                   rows[i].first, rows[i].second, rows[i].offer);
        bench_compile_part(&bench, buf_slice(&world));
        CU_ASSERT_PTR_NOT_NULL(bench.world);
        add_said(&said);
        ASSERT_TEXT(buf_slice(&said), rows[i].said);
    }
}

static void of_two_who_wrote_an_offer_none_is_told(void)
{
    CLEANUP(buf_done) struct buf said = { 0 };

    bench_compile_part(
        &bench,
        SLICE("apiVersion: redan/v1\nkind: UCloud\n"
              "metadata: {name: store, party: shop, role: tenant}\nspec:\n  resources:\n"
              "    - {name: a, plane: compute, layer: L2, provider: hoster}\n"
              "---\napiVersion: redan/v1\nkind: ProviderOffer\n"
              "metadata: {name: o, party: hoster, role: provider, assertedBy: {party: shop, "
              "how: transcribed}}\nspec:\n  targets: [{id: all}]\n  clauses: []\n"
              "---\napiVersion: redan/v1\nkind: ProviderOffer\n"
              "metadata: {name: p, party: hostr, role: provider, assertedBy: {party: shop, "
              "how: transcribed}}\nspec:\n  targets: [{id: all}]\n  clauses: []\n"));
    CU_ASSERT_PTR_NOT_NULL(bench.world);
    add_said(&said);
    ASSERT_TEXT(buf_slice(&said), "");
}

static CU_TestInfo tests[] = {
    { "a party that is a slip of another is told", a_party_that_is_a_slip_of_another_is_told },
    { "of two who wrote an offer none is told", of_two_who_wrote_an_offer_none_is_told },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla misnamed", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
