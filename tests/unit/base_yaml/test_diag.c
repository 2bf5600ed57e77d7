#include <string.h>

#include "base/diag.h"
#include "tests/suite.h"

static struct arena arena;
static struct diag_list diags;
static struct buf out;

static void set_up(void)
{
    arena = (struct arena){ 0 };
    out = (struct buf){ 0 };
    diag_list_init(&diags, &arena);
}

static void tear_down(void)
{
    buf_done(&out);
    arena_done(&arena);
}

#define TEXT(literal)                                                                              \
    {                                                                                              \
        "" literal, sizeof(literal) - 1                                                            \
    } /* constant, unlike SLICE */

static const struct diag_source first = {
    "sla/w.yaml",
    TEXT(
        "a: 1\n# b\n  data: { label: \"\xe7\x97\x85\xe9\x99\xa2\xe3\x83\x87\xe3\x83\xbc\xe3\x82\xbf"
        "\", countries: [FR, DEU, NL] }\n\tx: y\n")
};
static const struct diag_source second = { "providers/dc.yaml", TEXT("one\ntwo: 2\nthree") };

/* Of the only occurrence of `what`. */
static struct diag_span span_at(const struct diag_source *source, const char *what)
{
    size_t at = slice_find_text(source->text, slice_from(what));
    struct diag_span span = { .source = source, .line = 1 };

    span.line += (uint32_t)slice_count(slice_sub(source->text, 0, at), '\n');
    span.byte = (uint32_t)at;
    span.byte_end = (uint32_t)(at + strlen(what));
    return span;
}

static void check_render(const char *wanted)
{
    buf_clear(&out);
    diag_render_list(&diags, (struct diag_style){ 0 }, &out);
    ASSERT_TEXT(buf_slice(&out), wanted);
    diag_list_init(&diags, &arena);
}

static void carets_stand_below_wide_characters(void)
{
    struct diag *diag = diag_add(&diags, DIAG_ERROR, 207, span_at(&first, "DEU"),
                                 "`%s` is not a country code", "DEU");

    diag_label(&diags, diag, "expected an ISO 3166-1 alpha-2 code");
    diag_help(&diags, diag, "did you mean `DE`?");
    diag_note(&diags, diag, "field docs: redan explain sla.spec.data.countries");
    (void)diag_fix(&diags, diag, true, diag->span, SLICE("DE"), "replace with `DE`");
    check_render(
        "error[RDN0207]: `DEU` is not a country code\n"
        "  --> sla/w.yaml:3:43\n"
        "   |\n"
        " 3 |   data: { label: \"\xe7\x97\x85\xe9\x99\xa2\xe3\x83\x87\xe3\x83\xbc\xe3\x82\xbf"
        "\", countries: [FR, DEU, NL] }\n"
        "   |                                                ^^^ expected an ISO 3166-1 "
        "alpha-2 code\n"
        "   |\n"
        "   = help: did you mean `DE`?\n"
        "   = fix: replace with `DE`\n"
        "   = note: field docs: redan explain sla.spec.data.countries\n");
}

static void two_files_make_two_excerpts(void)
{
    struct diag *diag = diag_add(&diags, DIAG_ERROR, 501, span_at(&first, "a: 1"), "both\ncannot");

    diag_label(&diags, diag, "tenant: this");
    diag_secondary(&diags, diag, span_at(&second, "two"), "provider: that");
    diag_secondary(&diags, diag, span_at(&second, "three"), "and that");
    diag_note(&diags, diag, "witness: flow x");
    diag_help(&diags, diag, "1) one\n2) two");
    check_render("error[RDN0501]: both\\ncannot\n"
                 "  --> sla/w.yaml:1:1\n"
                 "   |\n"
                 " 1 | a: 1\n"
                 "   | ^^^^ tenant: this\n"
                 "   |\n"
                 "  ::: providers/dc.yaml:2:1\n"
                 "   |\n"
                 " 2 | two: 2\n"
                 "   | --- provider: that\n"
                 " 3 | three\n"
                 "   | ----- and that\n"
                 "   |\n"
                 "   = witness: flow x\n"
                 "   = help: 1) one\n"
                 "           2) two\n");
}

static void places_in_one_file_come_in_order(void)
{
    struct diag *diag =
        diag_add(&diags, DIAG_WARNING, 106, span_at(&first, "countries"), "repeated");

    diag_secondary(&diags, diag, span_at(&first, "a:"), "first here");
    diag_secondary(&diags, diag, span_at(&first, "data"), "same line");
    diag_secondary(&diags, diag, (struct diag_span){ 0 }, "nowhere");
    check_render(
        "warning[RDN0106]: repeated\n"
        "  --> sla/w.yaml:3:27\n"
        "   |\n"
        " 1 | a: 1\n"
        "   | -- first here\n"
        "...\n"
        " 3 |   data: { label: \"\xe7\x97\x85\xe9\x99\xa2\xe3\x83\x87\xe3\x83\xbc\xe3\x82\xbf"
        "\", countries: [FR, DEU, NL] }\n"
        "   |   ---- same line\n"
        "   |                                ^^^^^^^^^\n"
        "   |\n");
}

static void tabs_are_four_and_controls_are_escaped(void)
{
    static const struct diag_source hostile = { "h\033.yaml",
                                                TEXT("\tx: \033[2J\xff\xe2\x80\xae\n") };
    struct diag_span span = { &hostile, 1, 1, 2 };
    struct diag *diag = diag_add(&diags, DIAG_NOTE, 102, span, "\033[31m");

    diag_label(&diags, diag, "\a");
    check_render("note[RDN0102]: \\x1b[31m\n"
                 "  --> h\\x1b.yaml:1:2\n"
                 "   |\n"
                 " 1 |     x: \\x1b[2J\\xff\\u{202e}\n"
                 "   |     ^ \\x07\n"
                 "   |\n");
}

static void a_long_line_is_cut_around_the_place(void)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct diag_source source = { "long.yaml", { 0 } };
    struct diag_span span = { &source, 1, 1000, 1008 };

    for (int i = 0; i < 1000; i++) {
        buf_add_cstr(&text, "\xc3\xa9");
    }
    source.text = buf_slice(&text);
    (void)diag_add(&diags, DIAG_ERROR, 101, span, "long");
    diag_render_list(&diags, (struct diag_style){ 0 }, &out);
    CU_ASSERT_TRUE(out.len < 400);
    CU_ASSERT_TRUE(slice_find_text(buf_slice(&out), SLICE("...\xc3\xa9")) < out.len);
    CU_ASSERT_TRUE(slice_find_text(buf_slice(&out), SLICE("\xc3\xa9...")) < out.len);
    CU_ASSERT_TRUE(slice_find_text(buf_slice(&out), SLICE(" ^^^^\n")) < out.len);
}

static void a_place_at_the_end_of_the_text_has_a_caret(void)
{
    struct diag_span span = { &second, 3, 16, 16 };

    (void)diag_add(&diags, DIAG_ERROR, 101, span, "ends");
    check_render("error[RDN0101]: ends\n"
                 "  --> providers/dc.yaml:3:6\n"
                 "   |\n"
                 " 3 | three\n"
                 "   |      ^\n"
                 "   |\n");
}

static void line_numbers_widen_the_gutter(void)
{
    struct diag_span span = { &second, 1234, 0, 3 };

    (void)diag_add(&diags, DIAG_ERROR, 101, span, "far");
    check_render("error[RDN0101]: far\n"
                 "    --> providers/dc.yaml:1234:1\n"
                 "     |\n"
                 "1234 | one\n"
                 "     | ^^^\n"
                 "     |\n");
}

static void colour_is_added_on_demand(void)
{
    struct diag *diag = diag_add(&diags, DIAG_ERROR, 1, span_at(&second, "two"), "x");

    diag_render(diag, (struct diag_style){ .color = true }, &out);
    CU_ASSERT_TRUE(slice_starts(buf_slice(&out), SLICE("\033[1;31merror[RDN0001]\033[0m")));
}

static void only_the_first_are_shown_and_kept(void)
{
    struct diag_span nowhere = { .source = NULL };
    struct diag *last = NULL;

    for (int i = 0; i < DIAG_KEPT_MAX + 10; i++) {
        last = diag_add(&diags, DIAG_ERROR, 1, nowhere, "x");
    }
    CU_ASSERT_EQUAL(diags.errors, DIAG_KEPT_MAX + 10);
    size_t used = arena.used_bytes;
    diag_label(&diags, last, "dropped");
    diag_secondary(&diags, last, nowhere, "dropped");
    diag_note(&diags, last, "dropped");
    diag_help(&diags, last, "dropped");
    diag_fix_edit(&diags, diag_fix(&diags, last, true, nowhere, SLICE("x"), "dropped"), nowhere,
                  SLICE("y"));
    CU_ASSERT_EQUAL(arena.used_bytes, used);
    diag_render_list(&diags, (struct diag_style){ 0 }, &out);
    CU_ASSERT_TRUE(slice_ends(buf_slice(&out), SLICE("\n... and 4960 more (--all)\n")));
    buf_clear(&out);
    diag_render_list(&diags, (struct diag_style){ .all = true }, &out);
    CU_ASSERT_TRUE(slice_ends(buf_slice(&out), SLICE("\n... and 10 more\n")));
}

static void who_needs_more_keeps_more(void)
{
    struct diag_span nowhere = { .source = NULL };
    size_t kept = 0;

    diags.kept_max = DIAG_KEPT_MAX + 5;
    for (int i = 0; i < DIAG_KEPT_MAX + 10; i++) {
        (void)diag_add(&diags, DIAG_WARNING, 1, nowhere, "x");
    }
    for (const struct diag *at = diags.first; at != NULL; at = at->next) {
        kept++;
    }
    CU_ASSERT_EQUAL(kept, DIAG_KEPT_MAX + 5);
    CU_ASSERT_EQUAL(diags.warnings, DIAG_KEPT_MAX + 10);
}

static void an_error_is_shown_before_all_else(void)
{
    struct diag_span nowhere = { .source = NULL };

    for (int i = 0; i < DIAG_KEPT_MAX + 10; i++) {
        (void)diag_add(&diags, DIAG_NOTE, 1, nowhere, "a note");
    }
    (void)diag_add(&diags, DIAG_ERROR, 2, nowhere, "an error");
    (void)diag_add(&diags, DIAG_WARNING, 3, nowhere, "a warning");
    diag_render_list(&diags, (struct diag_style){ 0 }, &out);
    size_t error = slice_find_text(buf_slice(&out), SLICE("an error"));
    CU_ASSERT_TRUE(error < out.len);
    CU_ASSERT_TRUE(slice_find_text(buf_slice(&out), SLICE("a warning")) < out.len);
    CU_ASSERT_TRUE(slice_find_text(buf_slice(&out), SLICE("a note")) < error); /* by place */
    CU_ASSERT_TRUE(slice_ends(buf_slice(&out), SLICE("\n... and 4962 more (--all)\n")));
    buf_clear(&out);
    diag_render_list(&diags, (struct diag_style){ .no_notes = true }, &out);
    ASSERT_TEXT(buf_slice(&out), "error[RDN0002]: an error\n\nwarning[RDN0003]: a warning\n");
}

static void a_long_text_is_cut(void)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct diag_span nowhere = { .source = NULL };

    for (int i = 0; i < 2 * DIAG_TEXT_MAX; i++) {
        buf_add_char(&text, 'x');
    }
    struct diag *diag = diag_add(&diags, DIAG_ERROR, 1, nowhere, "%s", text.ptr);
    CU_ASSERT_EQUAL(diag->message.len, DIAG_TEXT_MAX - 1);
}

static void sorting_is_by_file_and_place(void)
{
    struct diag_span nowhere = { .source = NULL };

    (void)diag_add(&diags, DIAG_ERROR, 9, nowhere, "none");
    (void)diag_add(&diags, DIAG_ERROR, 5, span_at(&first, "countries"), "x");
    (void)diag_add(&diags, DIAG_ERROR, 3, span_at(&first, "a:"), "x");
    (void)diag_add(&diags, DIAG_ERROR, 4, span_at(&first, "a:"), "x");
    (void)diag_add(&diags, DIAG_ERROR, 2, span_at(&second, "two"), "x");
    (void)diag_add(&diags, DIAG_ERROR, 1, span_at(&second, "one"), "x");
    diag_sort(&diags);
    (void)diag_add(&diags, DIAG_ERROR, 10, nowhere, "appended");
    uint32_t wanted[] = { 1, 2, 3, 4, 5, 9, 10 };
    const struct diag *at = diags.first;
    for (size_t i = 0; i < COUNT_OF(wanted); i++, at = at->next) {
        CU_ASSERT_EQUAL_FATAL(at != NULL, true);
        CU_ASSERT_EQUAL(at->code, wanted[i]);
    }
}

static void edits_apply_in_order_of_place(void)
{
    struct diag *diag = diag_add(&diags, DIAG_ERROR, 1, span_at(&second, "one"), "x");
    struct diag_span before = span_at(&second, "two");
    struct slice text = { 0 };

    before.byte_end = before.byte;
    struct diag_fix *fix =
        diag_fix(&diags, diag, false, span_at(&second, "three"), SLICE("3"), "numbers");
    diag_fix_edit(&diags, fix, span_at(&second, "one"), SLICE("1"));
    diag_fix_edit(&diags, fix, span_at(&second, "two"), SLICE("2"));
    diag_fix_edit(&diags, fix, before, SLICE(">"));
    diag_fix_edit(&diags, fix, span_at(&first, "a:"), SLICE("z"));
    ASSERT_OK(diag_apply_edits(&arena, &second, fix->edits, &text));
    ASSERT_TEXT(text, "1\n>2: 2\n3");
    ASSERT_OK(diag_apply_edits(&arena, &second, NULL, &text));
    ASSERT_TEXT(text, "one\ntwo: 2\nthree");
    diag_fix_edit(&diags, fix, span_at(&second, "wo: "), SLICE("x"));
    ASSERT_CODE(diag_apply_edits(&arena, &second, fix->edits, &text), STATUS_CONFLICT);
    struct diag_edit outside = { .span = { &second, 1, 10, 99 } };
    ASSERT_CODE(diag_apply_edits(&arena, &second, &outside, &text), STATUS_INVALID);
}

static void json_holds_spans_and_fixes(void)
{
    struct diag *diag = diag_add(&diags, DIAG_ERROR, 207, span_at(&second, "two"), "bad");
    struct json_writer writer = { .out = &out };
    const struct json *read = NULL;

    diag_label(&diags, diag, "here");
    diag_secondary(&diags, diag, span_at(&first, "DEU"), "there");
    diag_secondary(&diags, diag, (struct diag_span){ 0 }, "nowhere");
    diag_help(&diags, diag, "help");
    diag_note(&diags, diag, "note");
    (void)diag_fix(&diags, diag, true, diag->span, SLICE("2"), "replace");
    diag_write_json(diag, &writer);
    ASSERT_OK(json_read(&arena, buf_slice(&out), &read));
    ASSERT_TEXT(json_text(read, "code"), "RDN0207");
    ASSERT_TEXT(json_text(read, "level"), "error");
    const struct json *spans = json_get(read, "spans");
    CU_ASSERT_EQUAL(spans->count, 2);
    ASSERT_TEXT(json_get(spans->first, "col")->text, "1");
    ASSERT_TEXT(json_get(spans->first->next, "col")->text, "43");
    ASSERT_TEXT(json_get(spans->first->next, "byte")->text, "61");
    const struct json *fix = json_get(read, "fixes")->first;
    ASSERT_TEXT(json_text(json_get(fix, "edits")->first, "text"), "2");
    CU_ASSERT_TRUE(json_text(read, "rendered").len > 0);
}

static void findings_can_move_to_copies_of_their_sources(void)
{
    struct diag_source sources[] = { first, second };
    struct diag_source copies[] = { first, second };
    struct diag_span span = span_at(&sources[1], "two");
    struct diag *diag = diag_add(&diags, DIAG_ERROR, 1, span_at(&sources[0], "DEU"), "x");

    diag_secondary(&diags, diag, span, "y");
    (void)diag_fix(&diags, diag, true, span, SLICE("2"), "z");
    (void)diag_add(&diags, DIAG_ERROR, 2, span_at(&first, "DEU"), "elsewhere");
    diag_move_sources(&diags, sources, COUNT_OF(sources), copies);
    CU_ASSERT_PTR_EQUAL(diag->span.source, &copies[0]);
    CU_ASSERT_PTR_EQUAL(diag->labels->span.source, &copies[1]);
    CU_ASSERT_PTR_EQUAL(diag->fixes->edits->span.source, &copies[1]);
    CU_ASSERT_PTR_EQUAL(diag->next->span.source, &first);
}

static CU_TestInfo tests[] = {
    { "carets stand below wide characters", carets_stand_below_wide_characters },
    { "two files make two excerpts", two_files_make_two_excerpts },
    { "places in one file come in order", places_in_one_file_come_in_order },
    { "tabs are four and controls are escaped", tabs_are_four_and_controls_are_escaped },
    { "a long line is cut around the place", a_long_line_is_cut_around_the_place },
    { "a place at the end of the text has a caret", a_place_at_the_end_of_the_text_has_a_caret },
    { "line numbers widen the gutter", line_numbers_widen_the_gutter },
    { "colour is added on demand", colour_is_added_on_demand },
    { "only the first are shown and kept", only_the_first_are_shown_and_kept },
    { "who needs more keeps more", who_needs_more_keeps_more },
    { "an error is shown before all else", an_error_is_shown_before_all_else },
    { "a long text is cut", a_long_text_is_cut },
    { "sorting is by file and place", sorting_is_by_file_and_place },
    { "edits apply in order of place", edits_apply_in_order_of_place },
    { "findings can move to copies of their sources",
      findings_can_move_to_copies_of_their_sources },
    { "JSON holds spans and fixes", json_holds_spans_and_fixes },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "diag", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
