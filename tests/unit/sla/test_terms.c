/* The term table says what the design says: section 4 of its page is read, row by row, and each row
 * is a term of the table. And every example of a term reads without a finding. */
#include <string.h>

#include "base/file.h"
#include "sla/code.h"
#include "sla/read/field.h"
#include "sla/terms/domain.h"
#include "tests/unit/sla/worlds.h"

#define PAGE "docs/design/sla-language.md"
enum { PAGE_BYTES_MAX = 512 * 1024, CELLS = 12 };

enum cell {
    CELL_NAME,
    CELL_VALUE,
    CELL_TIGHTER,
    CELL_OPS,
    CELL_STANCES,
    CELL_PLANES,
    CELL_CHOOSER,
    CELL_WHEN,
    CELL_EXTRAS,
    CELL_HELD,
    CELL_NIST,
    CELL_CCM
};

struct row {
    struct slice cells[CELLS];
};

static struct bench bench;

static void set_up(void)
{
    bench_start(&bench);
}

static void tear_down(void)
{
    bench_end(&bench);
}

/* "| `location` | COUNTRIES | ... |": of a term, as wide as its table. */
static bool read_row(struct slice line, struct row *out)
{
    struct slice rest = line;
    size_t count = 0;

    (void)slice_cut(&rest, '|');
    while (rest.ptr != NULL && rest.len > 0 && count < CELLS) {
        out->cells[count++] = slice_trim(slice_cut(&rest, '|'));
    }
    struct slice name = out->cells[CELL_NAME];
    if (count < CELLS || !slice_starts(name, SLICE("`"))) {
        return false;
    }
    out->cells[CELL_NAME] = slice_sub(name, 1, name.len - 1);
    return true;
}

typedef void(row_fn)(const struct sla_term *term, const struct row *row);

/* Calls for every row of section 4 whose term the table has; returns how many it does not have. */
static size_t each_row(row_fn *check)
{
    struct slice page = { 0 };
    size_t missing = 0;

    ASSERT_OK(file_load(&bench.arena, PAGE, PAGE_BYTES_MAX, &page));
    struct slice rest = slice_sub(page, slice_find_text(page, SLICE("## 4. ")), page.len);
    rest = slice_sub(rest, 0, slice_find_text(rest, SLICE("\n## 5. ")));
    while (rest.len > 0) {
        struct row row = { 0 };
        if (!read_row(slice_cut(&rest, '\n'), &row)) {
            continue;
        }
        const struct sla_term *term = sla_term_find(row.cells[CELL_NAME]);
        missing += term == NULL ? 1 : 0;
        if (term != NULL) {
            check(term, &row);
        }
    }
    return missing;
}

/* --- one row --------------------------------------------------------------------------------- */

static bool says(struct slice cell, const char *word)
{
    CLEANUP(buf_done) struct buf quoted = { 0 };

    buf_printf(&quoted, "`%s`", word);
    return slice_find_text(cell, buf_slice(&quoted)) < cell.len;
}

/* Of letters such as "cdn", the bits by their places in `letters`. */
static unsigned bits_of(struct slice cell, const char *letters)
{
    unsigned bits = 0;

    for (size_t i = 0; i < cell.len; i++) {
        const char *at = strchr(letters, cell.ptr[i]);
        bits |= cell.ptr[i] != ' ' && at != NULL ? 1U << (unsigned)(at - letters) : 0;
    }
    return bits;
}

static void is_same(bool same, const struct sla_term *term, const char *what)
{
    if (!same) {
        (void)printf("\n    %s: %s differ", term->name, what);
    }
    CU_ASSERT_TRUE(same);
}

static void check_words(const struct sla_term *term, const struct row *row)
{
    static const char *const choosers[] = {
        [SLA_OURS] = "ours",   [SLA_THEIRS] = "theirs", [SLA_BUDGET] = "budget",
        [SLA_BUILT] = "built", [SLA_RULE] = "rule",     [SLA_GIVEN] = "given",
    };
    unsigned ops = 0;

    for (unsigned i = 0; i < SLA_OPS; i++) {
        ops |= says(row->cells[CELL_OPS], sla_op_name((enum sla_op)i)) ? SLA_BIT(i) : 0;
    }
    is_same(term->ops == ops || term->chooser == SLA_RULE, term, "operators");
    unsigned stances = bits_of(row->cells[CELL_STANCES], "ROS");
    is_same((term->stances & ~stances) == 0 && (term->stances & SLA_BIT(SLA_REQUIRES)) != 0, term,
            "stances");
    is_same(term->planes == bits_of(row->cells[CELL_PLANES], "cdns"), term, "planes");
    is_same(slice_is(row->cells[CELL_CHOOSER], choosers[term->chooser]), term, "choosers");
    is_same((term->when & ~bits_of(row->cells[CELL_WHEN], "spctlu")) == 0, term, "conditions");
}

static void rows_say_what_the_design_says(void)
{
    CU_ASSERT_EQUAL(each_row(check_words), 0); /* all are in the table */
}

static bool has_control(const struct sla_term *term, const char *scheme, struct slice id)
{
    for (size_t i = 0; i < SLA_TERM_CONTROLS_MAX && term->controls[i] != NULL; i++) {
        struct slice control = slice_from(term->controls[i]);
        struct slice found = slice_cut(&control, ':');
        if (slice_is(found, scheme) && slice_eq(control, id)) {
            return true;
        }
    }
    return false;
}

static size_t check_listed(const struct sla_term *term, const char *scheme, struct slice cell)
{
    size_t count = 0;

    for (struct slice rest = cell; rest.len > 0; count++) {
        struct slice id = slice_trim(slice_cut(&rest, ','));
        is_same(has_control(term, scheme, id), term, scheme);
    }
    return count;
}

/* Those of the design and no others. */
static void check_controls(const struct sla_term *term, const struct row *row)
{
    size_t listed = check_listed(term, "nist", row->cells[CELL_NIST]) +
                    check_listed(term, "ccm", row->cells[CELL_CCM]);
    size_t count = 0;

    while (count < SLA_TERM_CONTROLS_MAX && term->controls[count] != NULL) {
        count++;
    }
    is_same(count == listed, term, "numbers of controls");
}

static void controls_are_those_of_the_design(void)
{
    (void)each_row(check_controls);
}

/* "`none` `provider` `customer`": each asks for more than the one before. */
static void check_levels(const struct sla_term *term, const struct row *row)
{
    const struct sla_words *words = term->of;
    struct slice rest = row->cells[CELL_VALUE];
    size_t count = 0;

    if (term->domain != &sla_domain_level || words == &sla_flag_words) {
        return;
    }
    while (slice_starts(rest, SLICE("`"))) {
        (void)slice_cut(&rest, '`');
        struct slice word = slice_cut(&rest, '`');
        rest = slice_trim(rest);
        is_same(count < words->count && slice_is(word, words->names[count]), term, "levels");
        count++;
    }
    is_same(count == words->count, term, "numbers of levels");
    for (size_t i = 1; i < words->count; i++) {
        struct sla_value lower = { .range = { (int64_t)i - 1, (int64_t)words->count - 1 } };
        struct sla_value higher = { .range = { (int64_t)i, (int64_t)words->count - 1 } };
        CU_ASSERT_TRUE(term->domain->implies(term, &higher, &lower));
        CU_ASSERT_FALSE(term->domain->implies(term, &lower, &higher));
    }
}

static void levels_order_as_the_design_says(void)
{
    (void)each_row(check_levels);
}

/* --- examples -------------------------------------------------------------------------------- */

static const char *plane_of(const struct sla_term *term)
{
    for (unsigned i = 0; i < PLANE_KINDS; i++) {
        if ((term->planes & SLA_BIT(i)) != 0) {
            return plane_kind_name((enum plane_kind)i);
        }
    }
    return "compute";
}

/* But that the U-Cloud is not here. Assumptions are no clauses: test_reference.c. */
static void every_example_reads_without_a_finding(void)
{
    for (size_t i = 0; i < sla_term_count(); i++) {
        const struct sla_term *term = sla_term_at(i);
        if (term->becomes == SLA_BECOMES_ASSUMPTION) {
            continue;
        }
        bool network =
            slice_find_text(slice_from(term->example), SLICE("ward")) < strlen(term->example);
        struct slice spec = arena_printf(
            &bench.arena,
            "  targets: [{id: web, plane: %s}]\n%s"
            "  clauses:\n    - {id: x, on: web, %s}\n",
            plane_of(term), network ? "  sets: [{id: ward, addresses: 10.0.0.1}]\n" : "",
            term->example);
        bench_clear(&bench);
        bench.options.partial = true;
        bench_add(&bench, text_sla(&bench, "shop", spec.ptr));
        bench_compile(&bench);
        for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
            if (at->code != SLA_CODE_UCLOUD) {
                (void)printf("\n    %s: RDN%04u %.*s", term->name, at->code,
                             SLICE_ARG(at->message));
                CU_FAIL("an example has a finding");
            }
        }
    }
}

/* --- everyday names ----------------------------------------------------------------------------
 */

static bool leads_to(struct slice word, const char *term)
{
    struct slice *names = ARENA_NEW(&bench.arena, struct slice, sla_term_count());
    size_t count = sla_terms_called(word, names);
    size_t at = 0;

    while (at < count && !slice_is(names[at], term)) {
        at++;
    }
    return at < count;
}

static void every_everyday_name_leads_to_its_term_and_is_none(void)
{
    for (size_t i = 0; i < sla_term_count(); i++) {
        const struct sla_term *term = sla_term_at(i);
        for (size_t j = 0; j < SLA_TERM_CALLED_MAX && term->called[j] != NULL; j++) {
            struct slice word = slice_from(term->called[j]);
            CU_ASSERT_TRUE(leads_to(word, term->name));
            CU_ASSERT_PTR_NULL(sla_term_find(word));
            for (size_t k = 0; k < word.len; k++) {
                CU_ASSERT_TRUE(word.ptr[k] < 'A' || word.ptr[k] > 'Z');
            }
        }
    }
    CU_ASSERT_TRUE(leads_to(SLICE("Data-Residency"), "location"));
    CU_ASSERT_TRUE(leads_to(SLICE("UpTime"), "availability"));
    CU_ASSERT_FALSE(leads_to(SLICE("uptim"), "availability"));
    CU_ASSERT_FALSE(leads_to(SLICE("uptimes"), "availability"));
    CU_ASSERT_FALSE(leads_to(SLICE(""), "availability"));
}

static void an_everyday_name_is_told_by_its_term(void)
{
    static const struct {
        const char *term, *help;
        bool has_fix;
    } rows[] = {
        { "uptime", "did you mean `availability`?", true },
        { "Countries", "did you mean `location`?", true },
        { "response-time", "did you mean `latency`?", true },
        { "backup", "did you mean one of `replication.copies`, `recovery.point`?", false },
        { "encryption",
          "did you mean one of `encryption.rest`, `encryption.transit`, `encryption.use`?", false },
        { "capacity",
          "did you mean one of `capacity.cpu`, `capacity.memory`, `capacity.storage`, "
          "`capacity.bandwidth`?",
          false },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct slice spec = arena_printf(&bench.arena,
                                         "  targets: [{id: web}]\n  clauses:\n"
                                         "    - {id: x, on: web, term: %s, op: is, value: 1}\n",
                                         rows[i].term);
        bench_clear(&bench);
        bench.options.partial = true;
        bench_add(&bench, text_sla(&bench, "shop", spec.ptr));
        bench_compile(&bench);
        const struct diag *found = bench.diags.first;
        while (found != NULL && found->code != SLA_CODE_TERM) {
            found = found->next;
        }
        CU_ASSERT_PTR_NOT_NULL_FATAL(found);
        ASSERT_TEXT(found->helps->text, rows[i].help);
        CU_ASSERT_EQUAL(found->fixes != NULL, rows[i].has_fix);
        CU_ASSERT_TRUE(found->fixes == NULL || !found->fixes->safe); /* it may mean another */
    }
}

static CU_TestInfo tests[] = {
    { "rows say what the design says", rows_say_what_the_design_says },
    { "controls are those of the design", controls_are_those_of_the_design },
    { "levels order as the design says", levels_order_as_the_design_says },
    { "every example reads without a finding", every_example_reads_without_a_finding },
    { "every everyday name leads to its term and is none",
      every_everyday_name_leads_to_its_term_and_is_none },
    { "an everyday name is told by its term", an_everyday_name_is_told_by_its_term },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla terms", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
