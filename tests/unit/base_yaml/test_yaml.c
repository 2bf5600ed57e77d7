#include <string.h>

#include "base/yaml.h"
#include "tests/suite.h"

static struct arena arena;
static struct diag_list diags;
static struct diag_source source;

static void set_up(void)
{
    arena = (struct arena){ 0 };
    diag_list_init(&diags, &arena);
}

static void tear_down(void)
{
    arena_done(&arena);
}

static const struct yaml_document *read_text(struct slice text)
{
    diag_list_init(&diags, &arena);
    source = (struct diag_source){ "t.yaml", text };
    return yaml_read(&arena, &source, &diags);
}

static void positions_count_code_points_and_bytes(void)
{
    const struct yaml_document *document =
        read_text(SLICE("data: { label: \"\xe7\x97\x85\xe9\x99\xa2\", countries: [FR, DEU] }\n"));

    CU_ASSERT_EQUAL(diags.errors, 0);
    const struct yaml_node *countries = yaml_get(yaml_get(document->root, "data"), "countries");
    const struct yaml_node *second = countries->first->next;
    ASSERT_TEXT(second->text, "DEU");
    CU_ASSERT_EQUAL(yaml_span(second).line, 1);
    CU_ASSERT_EQUAL(diag_span_start(yaml_span(second)).col, 38);
    CU_ASSERT_EQUAL(diag_span_end(yaml_span(second)).col, 41);
    ASSERT_TEXT(slice_sub(source.text, yaml_span(second).byte, yaml_span(second).byte_end), "DEU");
    ASSERT_TEXT(slice_sub(source.text, yaml_span(countries).byte, countries->byte_last),
                "[FR, DEU]");
}

static void a_byte_order_mark_and_crlf_do_not_shift_places(void)
{
    const struct yaml_document *document = read_text(SLICE("\xef\xbb\xbf"
                                                           "a: 1\r\nb: 2\r\n"));

    CU_ASSERT_EQUAL(diags.errors, 0);
    const struct yaml_node *b = yaml_get(document->root, "b");
    CU_ASSERT_EQUAL(yaml_span(b).line, 2);
    CU_ASSERT_EQUAL(diag_span_start(yaml_span(b)).col, 4);
    ASSERT_TEXT(slice_sub(source.text, yaml_span(b).byte, yaml_span(b).byte_end), "2");
}

static void every_scalar_is_text(void)
{
    const struct yaml_document *document =
        read_text(SLICE("a: NO\nb: 1e3\nc: ~\nd: 'x'\ne: |\n  two\n  lines\nf:\n"));

    CU_ASSERT_EQUAL(diags.errors, 0);
    CU_ASSERT_EQUAL(document->root->count, 6);
    ASSERT_TEXT(yaml_get(document->root, "a")->text, "NO");
    ASSERT_TEXT(yaml_get(document->root, "b")->text, "1e3");
    ASSERT_TEXT(yaml_get(document->root, "c")->text, "~");
    CU_ASSERT_FALSE(yaml_get(document->root, "a")->quoted);
    CU_ASSERT_TRUE(yaml_get(document->root, "d")->quoted);
    ASSERT_TEXT(yaml_get(document->root, "e")->text, "two\nlines\n");
    ASSERT_TEXT(yaml_get(document->root, "f")->text, "");
    CU_ASSERT_PTR_NULL(yaml_get(document->root, "g"));
    CU_ASSERT_PTR_NULL(yaml_get(yaml_get(document->root, "a"), "x"));
    CU_ASSERT_PTR_NULL(yaml_get(NULL, "x"));
}

static void several_documents_are_a_list(void)
{
    const struct yaml_document *document = read_text(SLICE("a: 1\n---\n- b\n---\n---\nc\n"));

    CU_ASSERT_EQUAL(document->root->kind, YAML_MAPPING);
    CU_ASSERT_EQUAL(document->next->root->kind, YAML_SEQUENCE);
    ASSERT_TEXT(document->next->next->root->text, "");
    ASSERT_TEXT(document->next->next->next->root->text, "c");
    CU_ASSERT_PTR_NULL(document->next->next->next->next);
    CU_ASSERT_PTR_NULL(read_text(SLICE("")));
    CU_ASSERT_EQUAL(diags.errors, 0);
}

/* One row: a text and, for each finding in order of place, "LINE:COL CODE". */
static const struct {
    const char *text;
    const char *wanted;
} rows[] = {
    { "a: 1\nb: 2\na: 3\n", "3:1 106" },
    { "{a: 1, b, b}\n", "" }, /* a list without brackets: nothing is lost */
    { "{a, a: 1}\n", "1:5 106" },
    { "{a: '', a: ''}\n", "1:9 106" },
    { "a: 1\na: 2\na: 3\nb: 1\nb: 2\n", "2:1 106, 3:1 106, 5:1 106" },
    { "a: &x 1\n", "1:4 104" },
    { "a: *x\n*x : 1\nb: 1\n", "1:4 104, 2:1 104" },
    { "- *x\n", "1:3 104" },
    { "a: !!int 1\n", "1:4 105" },
    { "a: &x !!map {b: 1}\n", "1:4 104, 1:4 105" },
    { "a: !!seq [b]\n", "1:4 105" },
    { "? [x, *y, [!!str z]]\n: 1\nb: 2\n", "1:3 107, 1:7 104, 1:12 105" },
    { "? {x: {y: 1}}\n: 1\n", "1:3 107" },
    { "? b\n: 1\n", "1:3 107" },
    { "a: [? b : 1]\n", "1:7 107" },
    { "a: {? b : 1}\n", "1:7 107" },
    { "a: b?\n? # c\n  d\n: 1\n", "3:3 107" },
    { "a: what?\nb: 'why?'\n# c?\nd: {e: f?, g: [h?]} # how?\ni: |\n  who?\nj: 1\n", "" },
    { "a?: 1\n'b?': 1\n- ?", "3:1 101" },
    { "{ ?b: 1, c: 2 }\n", "1:4 107" },
    { "[?x]\n", "1:3 107" },
    { "a: |\n  x\n   ", "1:4 101" },
    { "a: x\n   ", "" },
    { "<<: 1\n", "1:1 107" },
    { "'<<': 1\n", "" },
    { "? \n: 1\n", "1:2 107" },
    { "%TAG !e! tag:e.org:\n---\na: 1\n", "1:1 110" },
    { "%YAML 1.2\n---\na: 1\n", "" },
    { "a: [1, 2\n", "2:1 101" },
    { "a: [1, 2", "1:9 101" },
    { "# two lines\na: {b: [\xC3\xA9", "2:10 101" },
    { "a: 1\n b: 2\n", "2:2 101" },
    { " a: 1\nb: 2\n", "2:1 101" },
    { "a: {b: 1,\n\tc: 2}\n", "" },
    { "a:\n\tb: 1\n", "2:1 103" },
    { "a: \"\x01\"\n", "1:5 102" },
    { "a: \xff\xfe\n", "1:4 102" },
    { "a: 1\rb: 2\n", "1:5 102" },
    { "a: \x01"
      "b\x02\x03\xff"
      "c\n",
      "1:4 102, 1:6 102" },
    { "\x01", "1:1 102" },
    { "a: \xe2\x80\xae x\n", "1:4 102" },
    { "a: \xc2\x85 x\n", "1:4 102" },
    { "a: \xef\xbf\xbe\n", "1:4 102" },
    { "a: x\xef\xbb\xbf\n", "1:5 102" },
    { "a: \"\\u0000\"\n", "" },
    { "a: \"\\xZZ\"\n", "1:7 101" },
    { "@a\n", "1:1 101" },
    { "a: b: c\n", "1:5 101" },
};

static struct slice listed(void)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    diag_sort(&diags);
    for (const struct diag *at = diags.first; at != NULL; at = at->next) {
        buf_printf(&text, "%s%u:%u %u", at == diags.first ? "" : ", ", at->span.line,
                   diag_span_start(at->span).col, at->code);
    }
    return arena_copy(&arena, buf_slice(&text));
}

static void what_is_not_in_the_subset_is_refused_with_its_place(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        (void)read_text(slice_from(rows[i].text));
        ASSERT_TEXT(listed(), rows[i].wanted);
    }
}

static void findings_say_what_to_do(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        (void)read_text(slice_from(rows[i].text));
        for (const struct diag *at = diags.first; at != NULL; at = at->next) {
            CU_ASSERT_PTR_NOT_NULL(at->helps);
        }
    }
}

static void documents_that_nothing_divides_are_told_by_the_keys_they_begin_with(void)
{
    static const struct {
        const char *text, *wanted;
        bool offers_a_marker;
    } undivided[] = {
        { "a: 1\nb: 2\nc: 3\na: 1\nb: 2\n", "4:1 106", true },
        { "a: 1\nb: 2\nc: 3\na: 1\n", "4:1 106", false },
        { "x:\n  a: 1\n  b: 2\n  a: 1\n  b: 2\n", "4:3 106, 5:3 106", false },
        /* within braces no line begins a document */
        { "{\na: 1,\nb: 2,\nc: 3,\na: 1,\nb: 2\n}\n", "5:1 106, 6:1 106", false },
    };

    for (size_t i = 0; i < COUNT_OF(undivided); i++) {
        (void)read_text(slice_from(undivided[i].text));
        ASSERT_TEXT(listed(), undivided[i].wanted);
        CU_ASSERT_EQUAL(diags.first->fixes != NULL, undivided[i].offers_a_marker);
    }
}

static struct slice repeated(const char *part, size_t times)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    for (size_t i = 0; i < times; i++) {
        buf_add_cstr(&text, part);
    }
    return arena_copy(&arena, buf_slice(&text));
}

static void depth_is_bounded(void)
{
    char text[512] = "";

    memset(text, '[', YAML_DEPTH_MAX);
    memset(text + YAML_DEPTH_MAX, ']', YAML_DEPTH_MAX);
    (void)read_text(slice_from(text));
    CU_ASSERT_EQUAL(diags.errors, 0);
    (void)read_text(repeated("[", 60000));
    ASSERT_TEXT(listed(), "1:65 108");
    (void)read_text(repeated("[\n", 100000));
    ASSERT_TEXT(listed(), "65:1 108");
    (void)read_text(repeated("- ", 30000));
    ASSERT_TEXT(listed(), "1:129 108");
    (void)read_text(repeated("{a: ", 100));
    ASSERT_TEXT(listed(), "1:257 108");
    (void)read_text(arena_printf(&arena, "? %s",
                                 "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
                                 "[[[[[[[[[[[[[[[["));
    ASSERT_TEXT(listed(), "1:3 107, 1:66 108");
}

static void size_is_bounded(void)
{
    (void)read_text(
        repeated("- [a, b, c]\n", 1 + YAML_MEMORY_MAX / (4 * sizeof(struct yaml_node))));
    CU_ASSERT_EQUAL(diags.errors, 1);
    CU_ASSERT_EQUAL(diags.first->code, 109);
    (void)read_text(repeated("#2345678", YAML_BYTES_MAX / 8 + 1));
    ASSERT_TEXT(listed(), "1:1 109");
}

static void lines_are_bounded(void)
{
    struct slice longest = repeated("#", YAML_LINE_BYTES_MAX);

    (void)read_text(arena_printf(&arena, "a: 1\n%.*s\nb: 2\n", SLICE_ARG(longest)));
    ASSERT_TEXT(listed(), "");
    (void)read_text(arena_printf(&arena, "a: 1\n%.*s#\nb: 2\n", SLICE_ARG(longest)));
    ASSERT_TEXT(listed(), "2:1 109");
    (void)read_text(arena_printf(&arena, "a: 1\n%.*s#", SLICE_ARG(longest)));
    ASSERT_TEXT(listed(), "2:1 109");
    (void)read_text(repeated("#\n", YAML_LINES_MAX));
    ASSERT_TEXT(listed(), "");
    (void)read_text(arena_printf(&arena, "%.*sa", SLICE_ARG(repeated("#\n", YAML_LINES_MAX))));
    ASSERT_TEXT(listed(), "500001:1 109");
    CU_ASSERT_PTR_NOT_NULL(diags.first->helps);
}

static void same_span(struct diag_span a, struct diag_span b)
{
    CU_ASSERT_EQUAL(a.line, b.line);
    CU_ASSERT_EQUAL(a.byte, b.byte);
    CU_ASSERT_EQUAL(a.byte_end, b.byte_end);
}

static void same_node(const struct yaml_node *a, const struct yaml_node *b);

/* NOLINTBEGIN(misc-no-recursion): as deep as the text of the test */
static void same_nodes(const struct yaml_node *a, const struct yaml_node *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next) {
        same_node(a, b);
    }
    CU_ASSERT_TRUE(a == NULL && b == NULL);
}

static void same_node(const struct yaml_node *a, const struct yaml_node *b)
{
    CU_ASSERT_EQUAL(a->kind, b->kind);
    same_span(yaml_span(a), yaml_span(b));
    same_span(yaml_key_span(a), yaml_key_span(b));
    CU_ASSERT_EQUAL(a->byte_last, b->byte_last);
    ASSERT_TEXT(a->text, arena_cstr(&arena, b->text));
    same_nodes(a->first, b->first);
}
/* NOLINTEND(misc-no-recursion) */

/* A text of ASCII alone takes its places from libyaml, another walks to them. */
static void one_wide_character_moves_no_place_before_it(void)
{
    static const char text[] = "\xef\xbb\xbf"
                               "a: {b: [c,\r\n  'd e', \"f\\tg\"],\n\n  h: i}\r\n"
                               "j:\n  - k: |\n      l\r\n      m\n    n: >-\n      o\n\n      p\n"
                               "  - q\n \nr: s t\n  u\n";
    struct diag_source wide = { "w.yaml", arena_printf(&arena, "%s# \xc3\xa9\n", text) };
    const struct yaml_document *plain = read_text(slice_from(text));
    const struct yaml_document *walked = yaml_read(&arena, &wide, &diags);

    CU_ASSERT_EQUAL(diags.errors, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(plain);
    CU_ASSERT_PTR_NOT_NULL_FATAL(walked);
    same_node(plain->root, walked->root);
}

/* Each was quadratic in some reader once: finishing is the test (the runner has a time limit). */
static void hostile_shapes_take_linear_time(void)
{
    (void)read_text(arena_printf(&arena, "[%.*s]", SLICE_ARG(repeated("[],\n", 300000))));
    CU_ASSERT_EQUAL(diags.errors, 0);
    (void)read_text(repeated("a: 1\n", 200000));
    CU_ASSERT_EQUAL(diags.errors, YAML_ERRORS_MAX);
    CU_ASSERT_EQUAL(diags.notes, 1);
    (void)read_text(arena_printf(&arena, "\"%.*s\": 1", SLICE_ARG(repeated("k ", 30000))));
    (void)read_text(repeated("\xff", 500000));
    CU_ASSERT_TRUE(diags.errors > 0);
}

static void collections_know_where_they_end(void)
{
    const struct yaml_document *document =
        read_text(SLICE("a:\n  - b: 1 # c\n    d: {e: [f,\n      g]}\n  - h\ni: 2\n"));
    const struct yaml_node *a = yaml_get(document->root, "a");

    ASSERT_TEXT(slice_sub(source.text, yaml_span(a->first).byte, a->first->byte_last),
                "b: 1 # c\n    d: {e: [f,\n      g]}");
    ASSERT_TEXT(slice_sub(source.text, yaml_span(a).byte, a->byte_last),
                "- b: 1 # c\n    d: {e: [f,\n      g]}\n  - h");
    ASSERT_TEXT(slice_sub(source.text, yaml_span(a).byte, yaml_span(a).byte_end), "- b: 1 # c");
}

static void a_document_that_a_column_cuts_off_is_not_returned(void)
{
    static const struct {
        const char *text;
        size_t count;
    } cases[] = {
        { " a: 1\nb: 2\n", 0 },
        { "a: 1\n---\n b: 1\nc: 2\n", 1 },
        { "a: 1\n---\nb: 1\n", 2 },
        { "a: 1\n---\nb: [1\n", 1 },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_t count = 0;
        for (const struct yaml_document *at = read_text(slice_from(cases[i].text)); at != NULL;
             at = at->next) {
            count++;
        }
        CU_ASSERT_EQUAL(count, cases[i].count);
    }
}

static CU_TestInfo tests[] = {
    { "positions count code points and bytes", positions_count_code_points_and_bytes },
    { "a byte order mark and CRLF do not shift places",
      a_byte_order_mark_and_crlf_do_not_shift_places },
    { "every scalar is text", every_scalar_is_text },
    { "several documents are a list", several_documents_are_a_list },
    { "what is not in the subset is refused with its place",
      what_is_not_in_the_subset_is_refused_with_its_place },
    { "documents that nothing divides are told by the keys they begin with",
      documents_that_nothing_divides_are_told_by_the_keys_they_begin_with },
    { "findings say what to do", findings_say_what_to_do },
    { "depth is bounded", depth_is_bounded },
    { "size is bounded", size_is_bounded },
    { "lines are bounded", lines_are_bounded },
    { "one wide character moves no place before it", one_wide_character_moves_no_place_before_it },
    { "hostile shapes take linear time", hostile_shapes_take_linear_time },
    { "collections know where they end", collections_know_where_they_end },
    { "a document that a column cuts off is not returned",
      a_document_that_a_column_cuts_off_is_not_returned },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "yaml", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
