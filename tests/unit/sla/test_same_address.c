/* Hosts of one U-Cloud that have one address. */
#include "sla/resolve/same_address.h"

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

#define HOST(name, addresses)                                                                      \
    "    - {name: " name                                                                           \
    ", plane: network, layer: L2, node: n1, provider: dc, addresses: " addresses "}\n"
#define SEGMENT(name, addresses)                                                                   \
    "    - {name: " name ", plane: network, kind: segment, layer: L1, node: n1, provider: dc, "    \
    "addresses: " addresses "}\n"

/* Resources of two U-Clouds, and what is then said: "LINE address the other's line", for each. */
static const struct {
    const char *one, *two, *said;
} rows[] = {
    { HOST("a", "10.0.0.1") HOST("b", "10.0.0.2"), "", "" },
    { HOST("a", "10.0.0.1") HOST("b", "10.0.0.1"), "", "7 10.0.0.1 6" },
    { HOST("a", "[10.0.0.1, 2001:db8::1]") HOST("b", "[10.0.0.2, '2001:0db8::1']"), "",
      "7 '2001:0db8::1' 6" },
    { HOST("a", "10.0.0.1") HOST("b", "10.0.0.1") HOST("c", "10.0.0.1"), "",
      "7 10.0.0.1 6; 8 10.0.0.1 6" },
    { HOST("a", "[10.0.0.1, 10.0.0.1]"), "", "" },              /* one host */
    { HOST("a", "10.0.0.1"), HOST("a", "10.0.0.1"), "" },       /* private to each U-Cloud */
    { HOST("a", "10.0.0.0/24") HOST("b", "10.0.0.1"), "", "" }, /* not the same */
    { SEGMENT("a", "10.0.0.1") HOST("b", "10.0.0.1"), "", "" }, /* a network, not a host */
};

static struct slice said(void)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
        if (at->code == SLA_CODE_SAME_ADDRESS) {
            struct slice text = at->span.source->text;
            struct slice name = slice_sub(text, at->span.byte, at->span.byte_end);
            CU_ASSERT_EQUAL(at->level, DIAG_WARNING);
            buf_printf(&out, "%s%u %.*s %u", out.len > 0 ? "; " : "", at->span.line,
                       SLICE_ARG(name), at->labels->span.line);
        }
    }
    return arena_copy(&bench.arena, buf_slice(&out));
}

static void hosts_of_one_address_are_told(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bench_clear(&bench);
        bench_add(&bench, text_ucloud(&bench, "one", "shop", rows[i].one));
        if (rows[i].two[0] != '\0') {
            bench_add(&bench, text_ucloud(&bench, "two", "shop", rows[i].two));
        }
        bench_compile(&bench);
        ASSERT_TEXT(said(), rows[i].said);
    }
}

static CU_TestInfo tests[] = {
    { "hosts of one address are told", hosts_of_one_address_are_told },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla same address", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
