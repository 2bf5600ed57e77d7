/* `to-enforce` is said of what some target has a field for, and of nothing else: each term that we
 * may hold ourselves, with each of its levels or its example, on each kind of resource. What is
 * printed is the judge: the call or row itself, not that the term is passed on. */
#include <string.h>

#include "sla/emit/desired.h"
#include "sla/emit/emit.h"
#include "sla/terms/domain.h"
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

/* --- what is printed -------------------------------------------------------------------------- */

static bool holds_text(struct slice text, const char *wanted)
{
    return slice_find_text(text, slice_from(wanted)) < text.len;
}

static struct slice print(const struct desired *desired, enum sla_emitter target)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct status status = sla_emit(desired, target, (struct slice){ 0 }, &out, NULL);

    return status_ok(&status) ? arena_copy(&bench.arena, buf_slice(&out)) : (struct slice){ 0 };
}

/* A term stands in a bucket's facts; not told by any store: in both lists of `untold`, too. */
static bool is_told_to_store(const struct desired *desired, const char *term)
{
    struct slice text = print(desired, SLA_EMITTER_STORE);
    struct slice quoted = arena_printf(&bench.arena, "\"%s\"", term);
    size_t untold = 0;

    if (text.len == 0 || !holds_text(text, quoted.ptr)) {
        return false;
    }
    for (size_t at = 0; at < text.len;) {
        struct slice rest = slice_sub(text, at, text.len);
        size_t found = slice_find_text(rest, SLICE("\"untold\": ["));
        struct slice list = slice_sub(rest, found, rest.len);
        size_t end = slice_find_text(list, SLICE("]"));
        untold += holds_text(slice_sub(list, 0, end), quoted.ptr) ? 1 : 0;
        at += found + end + 1;
    }
    return untold < 2;
}

static bool is_told_to_libvirt(const struct desired *desired, const char *term)
{
    struct slice text = print(desired, SLA_EMITTER_LIBVIRT);
    struct slice opened = arena_printf(&bench.arena, "<redan:fact term=\"%s\"", term);
    struct slice fact = slice_sub(text, slice_find_text(text, opened), text.len);

    fact = slice_sub(fact, 0, slice_find_text(fact, SLICE(">\n")));
    return holds_text(fact, "told=\"yes\"");
}

/* Of what the others print, what each term would write there. A segment is the switch of a port. */
static const struct {
    const char *term, *field;
    enum sla_emitter target;
} fields[] = {
    { "encryption.transit", "\"ipsec\": true", SLA_EMITTER_OVN },
    { "segment", "\"addresses\": \"unknown\"", SLA_EMITTER_OVN },
    { "rate", "limit rate", SLA_EMITTER_NFT },
};

static bool is_told(const struct desired *desired, const char *term)
{
    bool told = is_told_to_store(desired, term) || is_told_to_libvirt(desired, term);

    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        told |= strcmp(fields[i].term, term) == 0 &&
                holds_text(print(desired, fields[i].target), fields[i].field);
    }
    return told;
}

/* --- terms ------------------------------------------------------------------------------------ */

/* One resource of each kind, in no segment. */
static const struct {
    const char *kind, *plane, *more;
} resources[] = {
    { "vm", "compute", "" },
    { "container", "compute", "" },
    { "bucket", "data", "" },
    { "volume", "data", "" },
    { "host", "network", ", addresses: 10.0.0.1" },
    { "segment", "network", ", addresses: 10.1.0.0/24" },
};

static void compile(const char *clause, size_t on)
{
    bench_clear(&bench);
    bench_add(&bench, text_sla(&bench, "shop",
                               arena_printf(&bench.arena,
                                            "  targets: [{id: x, plane: %s, select: {name: it}}]\n"
                                            "  clauses:\n    - {id: c, on: x, %s}\n",
                                            resources[on].plane, clause)
                                   .ptr));
    bench_add(&bench, text_offer(&bench, "dc", "  targets: [{id: all}]\n  clauses: []\n"));
    bench_add(&bench,
              text_ucloud(&bench, "store", "shop",
                          arena_printf(&bench.arena,
                                       "    - {name: it, plane: %s, kind: %s, layer: L2, node: n1, "
                                       "provider: dc%s}\n"
                                       "    - {name: front, plane: network, kind: segment, layer: "
                                       "L1, node: n1, provider: dc, addresses: 10.2.0.0/24}\n"
                                       "    - {name: back, plane: network, kind: segment, layer: "
                                       "L1, node: n1, provider: dc, addresses: 10.3.0.0/24}\n",
                                       resources[on].plane, resources[on].kind, resources[on].more)
                              .ptr));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
}

/* True of what was said to be ours to hold. */
static bool check(const struct sla_term *term, const char *clause, size_t on)
{
    compile(clause, on);
    bool ours = bench.world->summary.verdicts[SLA_TO_ENFORCE] > 0;
    bool told = is_told(sla_desired(&bench.arena, bench.world), term->name);

    if (ours != told || bench_has(&bench, 404) == ours) {
        (void)printf("\n    %s on a %s: to-enforce %d, told %d", clause, resources[on].kind, ours,
                     told);
    }
    CU_ASSERT_EQUAL(ours, told);
    CU_ASSERT_EQUAL(bench_has(&bench, 404), !ours);
    return ours;
}

/* But for `none`, which asks nothing. */
static size_t check_values(const struct sla_term *term, size_t on)
{
    const struct sla_words *words = term->of;
    size_t ours = 0;

    if (term->domain != &sla_domain_level) {
        return check(term, term->example, on) ? 1 : 0;
    }
    for (size_t i = strcmp(words->names[0], "none") == 0 ? 1 : 0; i < words->count; i++) {
        struct slice clause = arena_printf(&bench.arena, "term: %s, op: \">=\", value: %s",
                                           term->name, words->names[i]);
        ours += check(term, clause.ptr, on) ? 1 : 0;
    }
    return ours;
}

/* Stages are those of others, what is measured is held by plans, and what detectors heed below. */
static bool is_printed(const struct sla_term *term)
{
    return term->chooser == SLA_BUILT && term->becomes == SLA_BECOMES_DESIRED &&
           (term->emit & SLA_EMIT_SIGMA) == 0;
}

static void nothing_is_to_enforce_that_no_plane_is_told(void)
{
    size_t ours = 0;

    for (size_t i = 0; i < sla_term_count(); i++) {
        const struct sla_term *term = sla_term_at(i);
        for (size_t j = 0; is_printed(term) && j < COUNT_OF(resources); j++) {
            enum plane_kind plane = PLANE_COMPUTE;
            CU_ASSERT_TRUE_FATAL(plane_kind_parse(slice_from(resources[j].plane), &plane));
            ours += (term->planes & SLA_BIT(plane)) != 0 ? check_values(term, j) : 0;
        }
    }
    CU_ASSERT(ours >= 8);
}

/* --- values ----------------------------------------------------------------------------------- */

enum { VM, CONTAINER, BUCKET, VOLUME, HOST, SEGMENT };

static const struct {
    size_t on;
    const char *clause, *note; /* NULL: it is ours to hold */
} rows[] = {
    { BUCKET, "term: encryption.rest, op: \">=\", value: provider", NULL },
    { BUCKET, "term: encryption.rest, op: \">=\", value: customer",
      "planes of ours hold `encryption.rest` of a bucket up to `provider`" },
    { VM, "term: encryption.rest, op: \">=\", value: client",
      "planes of ours hold `encryption.rest` of a vm up to `provider`" },
    { VOLUME, "term: encryption.rest, op: \">=\", value: provider",
      "nothing of ours holds `encryption.rest` of a volume" },
    { BUCKET, "term: replication.copies, op: \">=\", value: 2",
      "nothing of ours holds `replication.copies` of a bucket" },
    { BUCKET, "term: retention, op: \"<=\", value: 30d", NULL },
    { HOST, "term: segment, op: in, value: front", NULL },
    { HOST, "term: segment, op: in, value: [front, back]",
      "nothing of ours holds `segment in {back, front}` of this host" },
    { VM, "term: audit.events, op: includes, value: [auth.login, auth.failure, detection]", NULL },
    { BUCKET, "term: audit.events, op: includes, value: detection", NULL },
    { BUCKET, "term: audit.events, op: includes, value: [data.read]",
      "nothing of ours holds `audit.events includes {data.read}` of this bucket" },
    { HOST, "term: audit.events, op: includes, value: [config.change, detection]",
      "nothing of ours holds `audit.events includes {config.change, detection}` of this host" },
    { CONTAINER, "term: audit.events, op: includes, value: auth.login",
      "nothing of ours holds `audit.events includes {auth.login}` of this container" },
    { SEGMENT, "term: segment, op: in, value: front",
      "nothing of ours holds `segment in {front}` of this segment" },
    { SEGMENT, "term: encryption.transit, op: \">=\", value: mutual", NULL },
};

static struct slice first_note(void)
{
    for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
        if (at->code == 404) {
            return at->notes != NULL ? at->notes->text : (struct slice){ 0 };
        }
    }
    return (struct slice){ 0 };
}

static void what_nobody_holds_is_told_with_why(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        compile(rows[i].clause, rows[i].on);
        CU_ASSERT_EQUAL(bench.world->summary.verdicts[SLA_TO_ENFORCE],
                        rows[i].note == NULL ? 1 : 0);
        ASSERT_TEXT(first_note(), rows[i].note != NULL ? rows[i].note : "");
    }
}

static CU_TestInfo tests[] = {
    { "nothing is to enforce that no plane is told", nothing_is_to_enforce_that_no_plane_is_told },
    { "what nobody holds is told with why", what_nobody_holds_is_told_with_why },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla held", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
