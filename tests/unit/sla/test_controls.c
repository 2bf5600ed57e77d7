/* The table of NIST's controls is that of the catalogue, every control that a term names is in it,
 * and clauses that name others are told. The catalogue itself is not part of the project: where it
 * is not at hand the comparison is skipped. */
#include "sla/words/controls.h"

#include "base/file.h"
#include "base/json.h"
#include "base/parse.h"
#include "sla/terms/term.h"
#include "tests/unit/sla/worlds.h"

#define CATALOGUE "vectors/nist/sp800-53r5-controls.json"
enum { CATALOGUE_BYTES_MAX = 1024 * 1024, ROWS_MAX = 1024 };

static struct bench bench;

static void set_up(void)
{
    bench_start(&bench);
}

static void tear_down(void)
{
    bench_end(&bench);
}

/* --- the catalogue --------------------------------------------------------------------------- */

struct table {
    struct sla_control_row rows[ROWS_MAX];
    size_t count;
};

static uint32_t number_of(struct slice text)
{
    uint32_t number = 0;

    ASSERT_OK(parse_u32(text, 1, 63, &number));
    return number;
}

/* "AC-2(10)" */
static void add_control(struct table *table, struct slice label, bool withdrawn)
{
    struct slice rest = label;
    struct slice family = slice_cut(&rest, '-');
    uint32_t control = number_of(slice_cut(&rest, '('));
    uint32_t enhancement = rest.ptr != NULL ? number_of(slice_sub(rest, 0, rest.len - 1)) : 0;
    struct sla_control_row *row = NULL;

    for (size_t i = 0; i < table->count; i++) {
        if (slice_is(family, table->rows[i].family) && table->rows[i].control == control) {
            row = &table->rows[i];
        }
    }
    CU_ASSERT_FATAL(row != NULL || table->count < ROWS_MAX);
    if (row == NULL) {
        row = &table->rows[table->count++];
        *row = (struct sla_control_row){ .control = (uint8_t)control };
        slice_to_cstr(family, row->family, sizeof(row->family));
    }
    *(withdrawn ? &row->withdrawn : &row->there) |= UINT64_C(1) << enhancement;
}

static void add_controls(struct table *table, const struct json *list)
{
    for (const struct json *at = list->first; at != NULL; at = at->next) {
        add_control(table, json_text(at, "label"), json_get(at, "withdrawn") != NULL);
    }
}

static int row_order(const void *left, const void *right)
{
    const struct sla_control_row *a = left;
    const struct sla_control_row *b = right;
    int order = slice_cmp(slice_from(a->family), slice_from(b->family));

    return order != 0 ? order : a->control - b->control;
}

static void format_rows(const struct sla_control_row *rows, size_t count, struct buf *out)
{
    for (size_t i = 0; i < count; i++) {
        buf_printf(out, "    { \"%s\", %d, 0x%llx, 0x%llx },\n", rows[i].family, rows[i].control,
                   (unsigned long long)rows[i].there, (unsigned long long)rows[i].withdrawn);
    }
}

/* To renew the table: replace its rows with those printed here. */
static void the_table_is_that_of_the_catalogue(void)
{
    const char *root = suite_data(CATALOGUE);
    struct slice text = { 0 };
    const struct json *file = NULL;
    size_t count = 0;

    if (root == NULL) {
        return;
    }
    ASSERT_OK(file_load(&bench.arena, file_path(&bench.arena, root, CATALOGUE), CATALOGUE_BYTES_MAX,
                        &text));
    ASSERT_OK(json_read(&bench.arena, text, &file));
    struct table *table = ARENA_NEW(&bench.arena, struct table, 1);
    add_controls(table, json_get(file, "controls"));
    add_controls(table, json_get(file, "later_releases"));
    qsort(table->rows, table->count, sizeof(table->rows[0]), row_order);
    CU_ASSERT_TRUE(table->count > 300);
    CLEANUP(buf_done) struct buf wanted = { 0 };
    CLEANUP(buf_done) struct buf got = { 0 };
    format_rows(table->rows, table->count, &wanted);
    const struct sla_control_row *rows = sla_control_rows(&count);
    format_rows(rows, count, &got);
    if (!slice_eq(buf_slice(&got), buf_slice(&wanted))) {
        (void)printf("\n%.*s", SLICE_ARG(buf_slice(&wanted)));
    }
    CU_ASSERT_TRUE(slice_eq(buf_slice(&got), buf_slice(&wanted)));
}

/* --- what terms and clauses name ------------------------------------------------------------- */

static void labels_are_found_as_the_catalogue_prints_them(void)
{
    static const struct {
        const char *label;
        enum sla_control_state state;
        const char *spelled;
    } labels[] = {
        { "SA-9", SLA_CONTROL_THERE, "SA-9" },
        { "SA-9(5)", SLA_CONTROL_THERE, "SA-9(5)" },
        { "AC-4(32)", SLA_CONTROL_THERE, "AC-4(32)" },
        { "IA-13(1)", SLA_CONTROL_THERE, "IA-13(1)" },
        { "AC-2(10)", SLA_CONTROL_WITHDRAWN, "" },
        { "AC-13", SLA_CONTROL_WITHDRAWN, "" },
        { "sa-9.5", SLA_CONTROL_UNKNOWN, "SA-9(5)" },
        { "SA-09 (05)", SLA_CONTROL_UNKNOWN, "SA-9(5)" },
        { "SA-9 (5)", SLA_CONTROL_UNKNOWN, "SA-9(5)" },
        { "SA-9(50)", SLA_CONTROL_UNKNOWN, "" },
        { "SA-9(99)", SLA_CONTROL_UNKNOWN, "" },
        { "SA-99", SLA_CONTROL_UNKNOWN, "" },
        { "ZZ-1", SLA_CONTROL_UNKNOWN, "" },
        { "SA-9()", SLA_CONTROL_UNKNOWN, "SA-9" },
        { "SA-9(5", SLA_CONTROL_UNKNOWN, "SA-9(5)" },
        { "AC-2(100)", SLA_CONTROL_UNKNOWN, "" },
        { "AC-6(9)(10)", SLA_CONTROL_UNKNOWN, "" },
        { "SA-9(5) and SC-7", SLA_CONTROL_UNKNOWN, "" },
        { "SC-7 rev. 5", SLA_CONTROL_UNKNOWN, "" },
        { "SA", SLA_CONTROL_UNKNOWN, "" },
        { "", SLA_CONTROL_UNKNOWN, "" },
    };

    for (size_t i = 0; i < COUNT_OF(labels); i++) {
        CLEANUP(buf_done) struct buf spelled = { 0 };
        struct slice label = slice_from(labels[i].label);
        suite_check(sla_control_find(label) == labels[i].state, labels[i].label, __FILE__,
                    __LINE__);
        CU_ASSERT_EQUAL(sla_control_spell(label, &spelled), labels[i].spelled[0] != '\0');
        ASSERT_TEXT(buf_slice(&spelled), labels[i].spelled);
    }
}

static void every_control_of_a_term_is_in_the_catalogue(void)
{
    size_t checked = 0;

    for (size_t i = 0; i < sla_term_count(); i++) {
        const struct sla_term *term = sla_term_at(i);
        for (size_t j = 0; j < SLA_TERM_CONTROLS_MAX && term->controls[j] != NULL; j++) {
            struct slice control = slice_from(term->controls[j]);
            if (slice_starts(control, SLICE("nist:"))) {
                suite_check(sla_control_find(slice_sub(control, 5, control.len)) ==
                                SLA_CONTROL_THERE,
                            term->controls[j], __FILE__, __LINE__);
                checked++;
            }
        }
    }
    CU_ASSERT_TRUE(checked >= sla_term_count());
}

static const struct {
    const char *controls, *wanted, *fix;
} clauses[] = {
    { "nist:SA-9(5)", "", "" },
    { "[nist:SA-9(5), iso27001:A.5.23, own-rule-7]", "", "" },
    { "nist:sa-9.5", "no control of SP 800-53 is labelled `sa-9.5`", "nist:SA-9(5)" },
    { "[nist:SA-9, nist:SA-99]", "no control of SP 800-53 is labelled `SA-99`", "" },
    { "nist:AC-13", "control `AC-13` of SP 800-53 was withdrawn", "" },
};

static void clauses_that_name_other_controls_are_told(void)
{
    for (size_t i = 0; i < COUNT_OF(clauses); i++) {
        struct slice spec = arena_printf(
            &bench.arena,
            "  targets: [{id: web}]\n  clauses:\n    - {id: x, on: web, term: location, op: in, "
            "value: PT, controls: %s}\n",
            clauses[i].controls);
        bench_clear(&bench);
        bench.options.partial = true;
        bench_add(&bench, text_sla(&bench, "shop", spec.ptr));
        bench_compile(&bench);
        const struct diag *found = NULL;
        for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
            found = at->code == 908 ? at : found;
        }
        ASSERT_TEXT(found != NULL ? found->message : SLICE(""), clauses[i].wanted);
        bool fixed = found != NULL && found->fixes != NULL;
        ASSERT_TEXT(fixed ? found->fixes->edits->text : SLICE(""), clauses[i].fix);
        CU_ASSERT_EQUAL(bench.diags.errors, 0);
    }
}

static CU_TestInfo tests[] = {
    { "the table is that of the catalogue", the_table_is_that_of_the_catalogue },
    { "labels are found as the catalogue prints them",
      labels_are_found_as_the_catalogue_prints_them },
    { "every control of a term is in the catalogue", every_control_of_a_term_is_in_the_catalogue },
    { "clauses that name other controls are told", clauses_that_name_other_controls_are_told },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla controls", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
