/* The reference holds what the tables say, and every example in the tables is a clause. */
#include <string.h>

#include "base/file.h"
#include "sla/read/schema.h"
#include "sla/resolve/assume.h"
#include "sla/terms/term.h"
#include "tests/unit/sla/worlds.h"

enum { PAGE_BYTES_MAX = 256 * 1024 };

static struct bench bench;

static void set_up(void)
{
    bench_start(&bench);
}

static void tear_down(void)
{
    bench_end(&bench);
}

/* To renew it: replace everything from "## Terms" with the output printed here on failure. */
static void the_reference_is_printed_from_the_tables(void)
{
    CLEANUP(buf_done) struct buf printed = { 0 };
    struct slice page = { 0 };

    sla_print_reference(&printed);
    ASSERT_OK(file_load(&bench.arena, "docs/reference/sla.md", PAGE_BYTES_MAX, &page));
    bool same = slice_ends(page, buf_slice(&printed));
    if (!same) {
        (void)printf("\n%.*s\n", SLICE_ARG(buf_slice(&printed)));
    }
    CU_ASSERT_TRUE(same);
}

/* Members of a target that the term can be about. */
static const char *chosen_for(const struct sla_term *term)
{
    for (unsigned i = 0; i < PLANE_KINDS; i++) {
        if ((term->planes & SLA_BIT(i)) != 0) {
            return arena_printf(&bench.arena, "plane: %s", plane_kind_name((enum plane_kind)i)).ptr;
        }
    }
    return "service: web";
}

static void every_example_of_a_term_compiles(void)
{
    for (size_t i = 0; i < sla_term_count(); i++) {
        const struct sla_term *term = sla_term_at(i);
        bool assumed = term->becomes == SLA_BECOMES_ASSUMPTION;
        struct slice spec =
            arena_printf(&bench.arena,
                         "  targets: [{id: web, %s}]\n  sets: [{id: ward, addresses: 10.0.0.1}]\n"
                         "  %s:\n    - {id: x, on: web, %s}\n",
                         chosen_for(term), assumed ? "assumptions" : "clauses", term->example);
        bench_clear(&bench);
        bench.options.partial = true;
        bench_add(&bench, text_sla(&bench, "shop", spec.ptr));
        bench_compile(&bench);
        CU_ASSERT_EQUAL(bench.diags.errors, 0);
        CU_ASSERT_PTR_EQUAL(assumed ? bench.world->assumptions[0].clause->term
                                    : bench.world->clauses[0]->term,
                            term);
        CU_ASSERT_PTR_EQUAL(sla_term_find(slice_from(term->name)), term);
        CU_ASSERT_EQUAL(sla_term_index(term), i);
    }
    CU_ASSERT_PTR_NULL(sla_term_find(SLICE("nonsense")));
    CU_ASSERT_PTR_NULL(sla_term_at(sla_term_count()));
}

static void every_table_row_is_complete(void)
{
    size_t count = 0;

    for (size_t i = 0; i < sla_term_count(); i++) {
        const struct sla_term *term = sla_term_at(i);
        CU_ASSERT_TRUE(strlen(term->doc) > 20);
        CU_ASSERT_TRUE(term->ops != 0 && term->planes != 0);
        CU_ASSERT_EQUAL(term->stances == 0, term->becomes == SLA_BECOMES_ASSUMPTION);
        CU_ASSERT_EQUAL(term->needed & ~term->extras, 0);
        CU_ASSERT_PTR_NOT_NULL(term->controls[0]);
        CU_ASSERT_PTR_NOT_NULL(term->domain);
    }
    const struct sla_record *const *records = sla_records(&count);
    for (size_t i = 0; i < count; i++) {
        CU_ASSERT_TRUE(records[i]->count <= SLA_FIELDS_MAX);
        for (size_t j = 0; j < records[i]->count; j++) {
            const struct sla_field *field = &records[i]->fields[j];
            CU_ASSERT_TRUE(field->key == NULL || (field->doc != NULL && field->example != NULL));
            CU_ASSERT_TRUE(field->offset < records[i]->size);
        }
    }
}

static void words_read_back(void)
{
    enum sla_op op = SLA_OP_IN;
    enum sla_stance stance = SLA_REQUIRES;
    enum sla_strength strength = SLA_MUST;

    for (unsigned i = 0; i < SLA_OPS; i++) {
        CU_ASSERT_TRUE(sla_op_parse(slice_from(sla_op_name((enum sla_op)i)), &op));
        CU_ASSERT_EQUAL(op, i);
    }
    for (unsigned i = 0; i < SLA_STANCES; i++) {
        CU_ASSERT_TRUE(sla_stance_parse(slice_from(sla_stance_name((enum sla_stance)i)), &stance));
        CU_ASSERT_EQUAL(stance, i);
    }
    for (unsigned i = 0; i < SLA_STRENGTHS; i++) {
        CU_ASSERT_TRUE(
            sla_strength_parse(slice_from(sla_strength_name((enum sla_strength)i)), &strength));
        CU_ASSERT_EQUAL(strength, i);
    }
    CU_ASSERT_FALSE(sla_op_parse(SLICE("=="), &op));
    CU_ASSERT_FALSE(sla_stance_parse(SLICE("wants"), &stance));
    CU_ASSERT_FALSE(sla_strength_parse(SLICE("may"), &strength));
}

static void every_code_has_a_page(void)
{
    static const unsigned codes[] = {
        101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 201, 202, 203, 204, 205, 206,
        207, 208, 209, 210, 211, 212, 213, 214, 215, 216, 217, 218, 219, 301, 302, 303,
        304, 305, 306, 307, 308, 309, 316, 401, 501, 502, 503, 504, 701, 702, 703, 704,
        705, 706, 221, 225, 312, 313, 314, 315, 901, 902, 903, 904, 908,
    };

    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        struct slice page = { 0 };
        struct slice path =
            arena_printf(&bench.arena, "docs/reference/diagnostics/RDN%04u.md", codes[i]);
        ASSERT_OK(file_load(&bench.arena, path.ptr, PAGE_BYTES_MAX, &page));
    }
}

static CU_TestInfo tests[] = {
    { "the reference is printed from the tables", the_reference_is_printed_from_the_tables },
    { "every example of a term compiles", every_example_of_a_term_compiles },
    { "every table row is complete", every_table_row_is_complete },
    { "words read back", words_read_back },
    { "every code has a page", every_code_has_a_page },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla reference", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
