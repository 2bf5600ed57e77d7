/* The layout of documents: a table of what becomes of what, and that whatever it makes of a text
 * says the same and stays as it is. */
#include "sla/edit/fmt.h"

#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "tests/suite.h"

enum { FILE_BYTES_MAX = 16 * 1024 * 1024, FOLDER_NAMES_MAX = 1000 };

static struct status format(struct arena *arena, struct slice text, struct slice *out)
{
    struct diag_source source = { "a.yaml", text };
    struct diag_list diags;

    diag_list_init(&diags, arena);
    return sla_fmt(arena, &source, &diags, out);
}

struct row {
    const char *what, *from, *to; /* to NULL: stays */
};

/* What a failing row prints names it. */
static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        CLEANUP(arena_done) struct arena arena = { 0 };
        const char *to = rows[i].to != NULL ? rows[i].to : rows[i].from;
        struct slice got = { 0 };
        struct status status = format(&arena, slice_from(rows[i].from), &got);
        if (!status_ok(&status) || !slice_is(got, to)) {
            (void)printf("\n    %s", rows[i].what);
        }
        ASSERT_OK(status);
        ASSERT_TEXT(got, to);
    }
}

static const struct row indents[] = {
    { "two blanks a level", "a:\n    b:\n       c: 1\n", "a:\n  b:\n    c: 1\n" },
    { "indents of 3 and 7", "a:\n   b: 1\n   c:\n          d: 2\n   e: 3\n",
      "a:\n  b: 1\n  c:\n    d: 2\n  e: 3\n" },
    { "one blank a level", "a:\n b:\n  - c\n", "a:\n  b:\n    - c\n" },
    { "a list at the indent of its key grows, its siblings stay",
      "on:\n- a\n- b: 1\n  c: 2\nnext: 3\n", "on:\n  - a\n  - b: 1\n    c: 2\nnext: 3\n" },
    { "such lists, nested", "a:\n- b:\n  - c\n  - d\n  e: 1\nf: 2\n",
      "a:\n  - b:\n      - c\n      - d\n    e: 1\nf: 2\n" },
    { "lists in lists", "-   - a\n    - b\n-  - - c\n", "- - a\n  - b\n- - - c\n" },
    { "a mapping behind a dash", "-    a: 1\n     b: 2\n", "- a: 1\n  b: 2\n" },
    { "a mapping below a dash", "-\n    a: 1\n    b: 2\n", "-\n  a: 1\n  b: 2\n" },
    { "a value on a line of its own", "a:\n      1\nb:\n  -\n     2\n",
      "a:\n  1\nb:\n  -\n    2\n" },
    { "no value at all", "a:\nb:\n  -\n  -\n", NULL },
    { "blanks between words", "a :   1\n\"b\"   :  'c'\n", "a: 1\n\"b\": 'c'\n" },
    { "documents", "--- \na:   1\n...\n---\n- b\n", "---\na: 1\n...\n---\n- b\n" },
    { "a value beside the mark", "---   a\n--- [b,c]\n", "--- a\n--- [b, c]\n" },
    { "a version line", "%YAML 1.1\n---\na:   1\n", "%YAML 1.1\n---\na: 1\n" },
};

static const struct row lines[] = {
    { "an empty file", "", NULL },
    { "nothing but blanks", "  \n\n \n", "" },
    { "only comments", "\n# a\n\n\n#  b  \n\n", "# a\n\n#  b\n" },
    { "runs of empty lines", "\n\na: 1\n\n\n\nb: 2\n\n", "a: 1\n\nb: 2\n" },
    { "blanks at the ends of lines", "a: 1  \n   \nb: \t\n  c: 2 \n", "a: 1\n\nb:\n  c: 2\n" },
    { "no end of the last line", "a: 1", "a: 1\n" },
    { "Windows line ends", "a:\r\n    b: 1\r\n\r\n\r\n    c: |\r\n      d\r\n\r\n",
      "a:\r\n  b: 1\r\n\r\n  c: |\r\n    d\r\n" },
    { "mixed line ends", "a: 1\nb: 2\r\n", "a: 1\nb: 2\n" },
    { "a byte order mark", "\xEF\xBB\xBF# c\na:\n    b: 1\n", "\xEF\xBB\xBF# c\na:\n  b: 1\n" },
    { "a mark before a list", "\xEF\xBB\xBF-   a: 1\n    b: 2\n", "\xEF\xBB\xBF- a: 1\n  b: 2\n" },
    { "nothing but a mark", "\xEF\xBB\xBF\n", "\xEF\xBB\xBF" },
    { "the modeline stays first", "# yaml-language-server: $schema=x\n\n\nkind: a\n",
      "# yaml-language-server: $schema=x\n\nkind: a\n" },
};

static const struct row flows[] = {
    { "blanks in brackets", "a: [b,c ,  d]\ne: { f : g,h: [ ] , i: { } }\n",
      "a: [b, c, d]\ne: {f: g, h: [], i: {}}\n" },
    { "a comma before the bracket", "a: [b , ]\n", "a: [b,]\n" },
    { "keys without a value", "a: {b: , c: }\n", NULL },
    { "a quoted key", "a: {\"b\":1, 'c' : 2}\n", "a: {\"b\": 1, 'c': 2}\n" },
    { "pairs in a list", "[a: 1,b: 2]\n", "[a: 1, b: 2]\n" },
    { "over several lines", "a: [b,\n      c,\n   d\n ]\n", "a: [b,\n  c,\n  d\n  ]\n" },
    { "at the outermost level", "{\n    a: 1,\n    b: [\n  2\n   ]\n   }\n",
      "{\n  a: 1,\n  b: [\n    2\n  ]\n}\n" },
    { "in a list", "a:\n- {b: 1,\n   c: 2}\n- d: [e,\n      f]\n",
      "a:\n  - {b: 1,\n    c: 2}\n  - d: [e,\n      f]\n" },
    { "on a line of its own", "a:\n    [b,\n     c\n    ]\n", "a:\n  [b,\n    c\n  ]\n" },
    { "brackets of one line are one step", "a: [{\n   b: c,\n},{ d: e\n}]\n",
      "a: [{\n  b: c,\n  }, {d: e\n  }]\n" },
    { "brackets that follow do not creep", "[[\na], [\nb], [\nc]]\n",
      "[[\n  a], [\n    b], [\n    c]]\n" },
    { "comments inside", "a: [ # one\n# two\n b, # three\n\n\n   # four\n]\n",
      "a: [  # one\n  # two\n  b,  # three\n\n  # four\n  ]\n" },
    { "longer than any line",
      "a: {b: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
      "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'}\n",
      NULL },
    { "wide characters", "\xE5\x90\x8D:   {\xE5\xAD\x97 : [\xE5\x90\x8D,b]}   # \xE5\xAD\x97\n",
      "\xE5\x90\x8D: {\xE5\xAD\x97: [\xE5\x90\x8D, b]}  # \xE5\xAD\x97\n" },
};

static const struct row scalars[] = {
    { "marks inside of words", "a:   b#c\nd: \"e # f\"\ng: 'it''s #1'\n",
      "a: b#c\nd: \"e # f\"\ng: 'it''s #1'\n" },
    { "quotes stay", "a: \"NO\"\nb: 'on'\nc: NO\nd: \"012\"\n", NULL },
    { "plain over several lines", "a: b\n c  \n\n\n     d\ne: 1\n", "a: b\n  c\n\n\n  d\ne: 1\n" },
    { "plain in a list", "-    a\n b\n- c: d\n     e\n", "- a\n  b\n- c: d\n    e\n" },
    { "quoted over several lines", "a: \"b\n c   \n\n\t  d\\\n   e\"\n",
      "a: \"b\n  c   \n\n  d\\\n  e\"\n" },
    { "single quotes over lines", "- 'a\n     b'\n", "- 'a\n  b'\n" },
    { "never a mark in column 1", "a\n --- b\n ... c\n", "a\n  --- b\n  ... c\n" },
    { "what only looks like a mark", " ---a: 1\n ... : 2\n", "---a: 1\n...: 2\n" },
    { "quoted, never a mark in column 1", "\"a\n --- b\n ...\"\n", "\"a\n  --- b\n  ...\"\n" },
    { "text in brackets", "a: {b: c\n d, e: 'f\n  g'}\n", "a: {b: c\n  d, e: 'f\n    g'}\n" },
};

static const struct row blocks[] = {
    { "moves with its key", "a:\n    b: |\n          c\n            d\n\n          e\n    f: 1\n",
      "a:\n  b: |\n    c\n      d\n\n    e\n  f: 1\n" },
    { "in a list", "-   |\n      a\n-  >-\n   b\n\n   c\n", "- |\n  a\n- >-\n  b\n\n  c\n" },
    { "a comment in its header", "a: |   # c\n     b\nd: >-  # e  \n  f\n",
      "a: |  # c\n  b\nd: >-  # e\n  f\n" },
    { "a comment too near to its mark", "a: >#c\n  b\n", "a: >  #c\n  b\n" },
    { "its indicator is recomputed", "a:\n     b: |4\n            c\n         d\n",
      "a:\n  b: |2\n       c\n    d\n" },
    { "indicators in both orders", "a: |1-\n   b\nc: >+3\n   d\n\n",
      "a: |2-\n    b\nc: >+2\n  d\n\n" },
    { "an indicator without a key", "--- |1\n  a\n", "--- |2\n   a\n" },
    { "starts with empty lines", "a: |\n\n \n   b\n", "a: |\n\n\n  b\n" },
    { "lines of blanks that are text", "a: |\n  b\n     \n  c\n", NULL },
    { "empty lines at its end go", "a: |\n   b\n\n\n   \nc: 1\n", "a: |\n  b\n\nc: 1\n" },
    { "but stay where they are kept", "a: |+\n   b\n\n \n\nc: 1\n", "a: |+\n  b\n\n\n\nc: 1\n" },
    { "also at the end of the file", "a: |+\n   b\n\n\n", "a: |+\n  b\n\n\n" },
    { "empty", "a: |\nb: >-\n\nc: |+\n\nd: 1\n", NULL },
    { "nothing but empty lines, kept", "a: |+\n   \n\n", "a: |+\n\n\n" },
    { "a last line without an end has none in the value", "a: |\n    b", "a: |\n  b" },
    { "stripped, it gets one", "a: |-\n    b", "a: |-\n  b\n" },
    { "what is no comment there", "a: |\n    # b\n    c # d\n  # e\nf: 1\n",
      "a: |\n  # b\n  c # d\n# e\nf: 1\n" },
    { "tabs in it", "a: |\n    b\tc\n    \td\n", "a: |\n  b\tc\n  \td\n" },
};

static const struct row comments[] = {
    { "at the ends of lines: two blanks, not aligned", "a: 1 # b\nccc: 2     # d\n",
      "a: 1  # b\nccc: 2  # d\n" },
    { "behind tabs", "a: 1\t\t# b\n", "a: 1  # b\n" },
    { "between key and value", "a:  # b\n      # c\n      d\n", "a:  # b\n  # c\n  d\n" },
    { "between key and mapping", "a: # b\n# c\n    # d\n    e: 1\n",
      "a:  # b\n  # c\n  # d\n  e: 1\n" },
    { "between dash and mapping", "-   # a\n    # b\n    c: 1\n", "-  # a\n  # b\n  c: 1\n" },
    { "before, on and behind the marks of a document", "# a\n---   # b\nc: 1\n...   # d\n# e\n",
      "# a\n---  # b\nc: 1\n...  # d\n# e\n" },
    { "behind a version", "%YAML 1.1 # a\n---\nb\n", "%YAML 1.1  # a\n---\nb\n" },
    { "with what follows", "a:\n    b: 1\n    # c\n    d: 2\n# e\nf: 3\n",
      "a:\n  b: 1\n  # c\n  d: 2\n# e\nf: 3\n" },
    { "left of what follows", "a:\n    b: 1\n # c\n    d: 2\n", "a:\n  b: 1\n  # c\n  d: 2\n" },
    { "deeper than what follows: with the block above",
      "a:\n    b:\n       c: 1\n       # d\n    # e\n  # f\n# g\nh: 2\n",
      "a:\n  b:\n    c: 1\n    # d\n  # e\n  # f\n# g\nh: 2\n" },
    { "deeper than all", "a:\n    b: 1\n            # c\nd: 2\n", "a:\n  b: 1\n  # c\nd: 2\n" },
    { "deeper than its neighbours", "a: 1\n    # b\nc: 2\n", "a: 1\n# b\nc: 2\n" },
    { "below a list", "a:\n- b\n# c\n- d\n# e\nf: 1\n", "a:\n  - b\n  # c\n  - d\n# e\nf: 1\n" },
    { "at the end", "a:\n    b: 1\n    # c\n# d\n", "a:\n  b: 1\n  # c\n# d\n" },
    { "instead of a value", "a:\n    # - b\nc: 1\n", "a:\n  # - b\nc: 1\n" },
    { "instead of the last value", "a:\n  b:\n         # c\n", "a:\n  b:\n    # c\n" },
    { "behind a block text", "a:\n    b: |\n        c\n    # d\n# e\n",
      "a:\n  b: |\n    c\n  # d\n# e\n" },
    { "behind a kept one", "a: |+\n    c\n\n# d\n\n\n# e\n", "a: |+\n  c\n\n# d\n\n# e\n" },
};

static void indents_are_as_in_the_table(void)
{
    check_rows(indents, COUNT_OF(indents));
}

static void lines_are_as_in_the_table(void)
{
    check_rows(lines, COUNT_OF(lines));
}

static void flow_is_as_in_the_table(void)
{
    check_rows(flows, COUNT_OF(flows));
}

static void scalars_are_as_in_the_table(void)
{
    check_rows(scalars, COUNT_OF(scalars));
}

static void block_texts_are_as_in_the_table(void)
{
    check_rows(blocks, COUNT_OF(blocks));
}

static void comments_are_as_in_the_table(void)
{
    check_rows(comments, COUNT_OF(comments));
}

static void what_cannot_be_read_is_refused(void)
{
    static const char *const texts[] = {
        "a: [1,\n",     "a: &b 1\nc: *b\n",    "a: !!str 1\n",    "? a\n: 1\n",
        "a: 1\na: 2\n", "a:\n\t- b\n",         "[a]: 1\n",        "a: |\n b\n  ",
        "a: \x01\n",    "%TAG ! x:\n---\na\n", "a: 1\rb: 2\rc\r",
    };

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        CLEANUP(arena_done) struct arena arena = { 0 };
        struct diag_source source = { "a.yaml", slice_from(texts[i]) };
        struct slice got = { 0 };
        struct diag_list diags;
        diag_list_init(&diags, &arena);
        ASSERT_CODE(sla_fmt(&arena, &source, &diags, &got), STATUS_INVALID);
        CU_ASSERT_TRUE(diags.errors > 0);
        CU_ASSERT_PTR_NULL(got.ptr);
    }
}

static void a_word_that_would_be_a_mark_is_not_moved(void)
{
    static const char *const texts[] = { " ... a\n", " ---\n", " --- a: 1\n b: 2\n" };

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        CLEANUP(arena_done) struct arena arena = { 0 };
        struct slice got = { 0 };
        ASSERT_CODE(format(&arena, slice_from(texts[i]), &got), STATUS_UNSUPPORTED);
        CU_ASSERT_PTR_NULL(got.ptr);
    }
}

/* `[b,b,...]` becomes `[b, b, ...]`. */
static void a_line_that_grows_too_long_is_left(void)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    CLEANUP(buf_done) struct buf text = { 0 };
    struct slice got = { 0 };

    buf_add_cstr(&text, "a: [b");
    while (text.len < YAML_LINE_BYTES_MAX - 10) {
        buf_add_cstr(&text, ",b");
    }
    buf_add_cstr(&text, "]\n");
    ASSERT_CODE(format(&arena, buf_slice(&text), &got), STATUS_EXHAUSTED);
    CU_ASSERT_PTR_NULL(got.ptr);
}

/* --- whatever is read ------------------------------------------------------------------------ */

struct tally {
    unsigned formatted, refused, failed;
};

/* sla_fmt compares by itself, and refuses with an internal error: that would be one here. */
static void check_text(struct slice text, const char *name, struct tally *tally)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct slice once = { 0 };
    struct slice twice = { 0 };
    struct status status = format(&arena, text, &once);

    if (status.code == STATUS_INVALID || status.code == STATUS_UNSUPPORTED) {
        tally->refused++;
        return;
    }
    if (status_ok(&status)) {
        status = format(&arena, once, &twice);
    }
    if (!status_ok(&status) || !slice_eq(once, twice)) {
        (void)printf("\n    %s: %s", name, status.msg);
        tally->failed++;
        return;
    }
    tally->formatted++;
}

static void check_file(const char *path, struct tally *tally)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct slice text = { 0 };

    ASSERT_OK(file_load(&arena, path, FILE_BYTES_MAX, &text));
    check_text(text, path, tally);
}

static void check_folder(const char *path, struct tally *tally)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const char **names = NULL;
    size_t count = 0;

    ASSERT_OK(file_list(&arena, path, FOLDER_NAMES_MAX, &names, &count));
    for (size_t i = 0; i < count; i++) {
        if (slice_ends(slice_from(names[i]), SLICE(".yaml"))) {
            check_file(file_path(&arena, path, names[i]), tally);
        }
    }
}

static void our_documents_keep_what_they_say(void)
{
    static const char *const folders[] = {
        "examples/hospital",
        "examples/imaging",
        "examples/laboratory",
        "tests/fuzz/corpus/sla",
        "tests/integration/cli/files/hospital",
        "tests/integration/cli/files/junk",
        "tests/integration/cli/files/one",
    };
    struct tally tally = { 0 };

    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        check_folder(folders[i], &tally);
    }
    (void)printf("\n    %u formatted, %u refused, %u failed ", tally.formatted, tally.refused,
                 tally.failed);
    CU_ASSERT_EQUAL(tally.failed, 0);
    CU_ASSERT_TRUE(tally.formatted > 30);
}

static void examples_have_the_layout(void)
{
    static const char *const paths[] = {
        "examples/hospital/imaging-archive.yaml",
        "examples/hospital/imaging-ucloud.yaml",
        "examples/hospital/private-dc.yaml",
    };

    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        CLEANUP(arena_done) struct arena arena = { 0 };
        struct slice text = { 0 };
        struct slice got = { 0 };
        ASSERT_OK(file_load(&arena, paths[i], FILE_BYTES_MAX, &text));
        ASSERT_OK(format(&arena, text, &got));
        CU_ASSERT_TRUE(slice_eq(text, got));
    }
}

static void the_public_suite_keeps_what_it_says(void)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct tally tally = { 0 };
    struct slice text = { 0 };
    const char *root = suite_data("vectors/yaml/yaml-test-suite.jsonl");

    if (root == NULL) {
        return;
    }
    const char *path = file_path(&arena, root, "vectors/yaml/yaml-test-suite.jsonl");
    ASSERT_OK(file_load(&arena, path, FILE_BYTES_MAX, &text));
    while (text.len > 0) {
        const struct json *item = NULL;
        struct slice line = slice_cut(&text, '\n');
        ASSERT_OK(json_read(&arena, line, &item));
        if (item != NULL) {
            check_text(json_text(item, "yaml"), arena_cstr(&arena, json_text(item, "id")), &tally);
        }
    }
    (void)printf("\n    %u formatted, %u refused, %u failed ", tally.formatted, tally.refused,
                 tally.failed);
    CU_ASSERT_EQUAL(tally.failed, 0);
    CU_ASSERT_TRUE(tally.formatted > 100);
}

static CU_TestInfo tests[] = {
    { "indents are as in the table", indents_are_as_in_the_table },
    { "lines are as in the table", lines_are_as_in_the_table },
    { "flow is as in the table", flow_is_as_in_the_table },
    { "scalars are as in the table", scalars_are_as_in_the_table },
    { "block texts are as in the table", block_texts_are_as_in_the_table },
    { "comments are as in the table", comments_are_as_in_the_table },
    { "what cannot be read is refused", what_cannot_be_read_is_refused },
    { "a word that would be a mark is not moved", a_word_that_would_be_a_mark_is_not_moved },
    { "a line that grows too long is left", a_line_that_grows_too_long_is_left },
    { "our documents keep what they say", our_documents_keep_what_they_say },
    { "examples have the layout", examples_have_the_layout },
    { "the public suite keeps what it says", the_public_suite_keeps_what_it_says },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla fmt", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
