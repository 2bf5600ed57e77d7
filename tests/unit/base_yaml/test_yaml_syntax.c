#include "base/yaml.h"
#include "tests/suite.h"

static struct arena arena;
static struct diag_list diags;
static struct diag_source source;

static void set_up(void)
{
    arena = (struct arena){ 0 };
}

static void tear_down(void)
{
    arena_done(&arena);
}

static const struct diag *finding_of(const char *text)
{
    diag_list_init(&diags, &arena);
    source = (struct diag_source){ "t.yaml", slice_from(text) };
    (void)yaml_read(&arena, &source, &diags);
    CU_ASSERT_EQUAL_FATAL(diags.errors, 1);
    CU_ASSERT_EQUAL(diags.first->code, 101);
    CU_ASSERT_PTR_NOT_NULL_FATAL(diags.first->helps);
    return diags.first;
}

static const struct {
    const char *text, *help;
} habits[] = {
    /* quotes */
    { "a: {op: \">=, value: 1}\nb: {op: \">=\", value: 1}\n",
      "close the quote at the end of its text" },
    { "a: \"one\nb: 'two'\n", "close the quote at the end of its text" },
    { "a: {when: >= high, b: 1}\n",
      "a text that begins with `>` needs quotes: write `\">= high\"`" },
    { "a: >= high\n", "a text that begins with `>` needs quotes: write `\">= high\"`" },
    { "a: @daily\n", "a text that begins with `@` needs quotes: write `\"@daily\"`" },
    { "a: {b: > \"x\"}\n", "put the text in quotes" },
    /* brackets */
    { "a: [x, y\nb: 1\n", "close it with `]`" },
    { "- {a: 1, b: [2]\n- {a: 2}\n", "close it with `}`" },
    { "a: {b: [x, y}\n", "close it with `]` before this" },
    { "a: {b: x c: y}\n",
      "put a comma before this key, or quotes around a text that has a colon in it" },
    { "a: [\"x\" y]\n", "put a comma before this, or quotes around the whole text" },
    /* columns */
    { "a:\n    - one\n   - two\n",
      "items of one list begin in the same column: move this one from column 4 to 5" },
    { "a:\n    - {b: 1}\n      - {b: 2}\n",
      "items of one list begin in the same column: move this one from column 7 to 5" },
    { "a:\n    - {b: 1}\n      {b: 2}\n", "an item of the list begins with `- ` in column 5" },
    { "a:\n  b: 1\n c: 2\n",
      "this line begins in column 2, where nothing above begins: move it to column 3 or 1" },
    { "a:\n- b: 1\n c: 2\n",
      "this line begins in column 2, where nothing above begins: move it to column 3 or 1" },
    { "- a: 1\n b: 2\n",
      "this line begins in column 2, where nothing above begins: move it to column 3" },
    { "a:\n  - {b: 1}\n c: 2\n",
      "this line begins in column 2, where nothing above begins: move it to column 1" },
    { "a:\n  - b: 1\n  c: 2\n",
      "move this line from column 3 to 5 if it belongs to that item, or begin another one with "
      "`- `" },
    { "a:\n  - {b: 1}\n  c: 2\n",
      "begin an item with `- `, or move this line to column 1, where keys around the list "
      "begin" },
    { "a:\n  - {b: 1}\n  -{b: 2}\n",
      "an item of a list begins with a dash and a blank: write `- `" },
    { "a:\n  -b: 1\n    c: 2\n", "an item of a list begins with a dash and a blank: write `- `" },
    { "a:\n  \u2013 {b: 1, c: 2}\n", "only the plain character counts here: write `- `" },
    { "a:\n  \u2022 b: 1\n    c: 2\n", "only the plain character counts here: write `- `" },
    { "a: 1\nb\uff1a 2\nc: 3\n", "only the plain character counts here: write `: `" },
    { "{a: 1\uff0c b: 2}\n", "only the plain character counts here: write `, `" },
    /* what only stands beside a problem */
    { "a:\n  - {b: \u90e8\uff1a\u4e8c}\n - {b: 2}\n",
      "items of one list begin in the same column: move this one from column 2 to 3" },
    { "a: x\uff0cy\uff1az\nb: c: d\n",
      "a text with a colon and a blank in it needs quotes; a key stands on a line of its own" },
    { "a: {b: \u6ce8\uff1a\u610f\uff0c\u91cd, c: 1\nd: 2\n", "close it with `}`" },
    { "a: see\n  -the board\nb: c: d\n",
      "a text with a colon and a blank in it needs quotes; a key stands on a line of its own" },
    { "a:\n  - {b: 1}\n  -\u00a0{b: 2}\n",
      "only a plain blank divides and indents: write one in place of this character" },
    { "a:\n  - b: 1\n  c:\u202f{d: 2}\n",
      "only a plain blank divides and indents: write one in place of this character" },
    { "a:\n  - {b: 1}\n  \u3000- {b: 2}\n",
      "only a plain blank divides and indents: write one in place of this character" },
    { "a: x\n  b: y\n", "this line begins in column 3: move it to column 1 to be beside that key" },
    { "- a: x\n   b: y\n",
      "this line begins in column 4: move it to column 3 to be beside that key" },
    { " a: x\nb: y\n", "keys of one mapping begin in the same column: move line 1 to column 1" },
    /* colons */
    { "a: 1\nb\nc: 1\n", "a key is followed by a colon, a blank and its value" },
    { "a: b: c\n",
      "a text with a colon and a blank in it needs quotes; a key stands on a line of its own" },
    { "a: - b\n", "a list begins on the line after its key" },
    /* what nobody knows */
    { "a: 1\n- b: 1\n", "items stand below the key of their list: its line is missing above this" },
    { "a: 1\n%\n", "check indentation, colons, quotes and brackets just before" },
};

static void each_habit_is_named(void)
{
    for (size_t i = 0; i < COUNT_OF(habits); i++) {
        ASSERT_TEXT(finding_of(habits[i].text)->helps->text, habits[i].help);
    }
}

static void what_was_left_open_is_pointed_at(void)
{
    static const struct {
        const char *text, *label;
        uint32_t line, byte;
    } rows[] = {
        { "a: {op: \">=, value: 1}\nb: {op: \">=\", value: 1}\n", "not closed on its line", 1, 8 },
        { "a: 1\nb: \"one\nc: two\n", "not closed", 2, 8 },
        { "a: [x, y\nb: 1\n", "not closed", 1, 3 },
        { "a:\n    - one\n   - two\n", "this item begins in column 5", 2, 7 },
        { "a:\n   - b:\n      - one\n     - two\n", "this item begins in column 7", 3, 17 },
        { "a:\n  - b: 1\n  c: 2\n", "this item has its members in column 5", 2, 5 },
        { "- a: x\n   b: y\n", "this key begins in column 3, and has a value", 1, 2 },
        { "---\n a: x\nb: y\n", "the document begins in column 2", 2, 5 },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct diag *diag = finding_of(rows[i].text);
        CU_ASSERT_PTR_NOT_NULL_FATAL(diag->labels);
        ASSERT_TEXT(diag->labels->text, rows[i].label);
        CU_ASSERT_EQUAL(diag->labels->span.line, rows[i].line);
        CU_ASSERT_EQUAL(diag->labels->span.byte, rows[i].byte);
        CU_ASSERT_PTR_NULL(diag->labels->next);
    }
}

static void what_is_sure_is_mended(void)
{
    static const struct {
        const char *text, *mended;
    } rows[] = {
        { "a: {when: >= high, b: 1}\n", "a: {when: \">= high\", b: 1}\n" },
        { "a: >= high  \nb: 1\n", "a: \">= high\"  \nb: 1\n" },
        { "a:\n  - {b: 1}\n  -\u00a0{b: 2}\n", "a:\n  - {b: 1}\n  - {b: 2}\n" },
        { "a:\n  - \u00a0{b: 2, c: 3}\n", "a:\n  -  {b: 2, c: 3}\n" },
        { "a: |\n  one\n\u00a0 two\nb: 1\n", "a: |\n  one\n  two\nb: 1\n" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct diag *diag = finding_of(rows[i].text);
        struct slice mended = { 0 };
        CU_ASSERT_PTR_NOT_NULL_FATAL(diag->fixes);
        CU_ASSERT_TRUE(diag->fixes->safe);
        ASSERT_OK(diag_apply_edits(&arena, &source, diag->fixes->edits, &mended));
        ASSERT_TEXT(mended, rows[i].mended);
    }
}

/* One that is text, in a line where something else is wrong. */
static void what_looks_like_a_blank_and_is_text_is_not_blamed(void)
{
    static const struct {
        const char *text;
        uint32_t line, byte; /* of the finding */
    } rows[] = {
        { "a: |\n  one\n  \u00a0two\n b: 1\n", 4, 20 },
        { "a:\n  - why: >-\n      one:\u00a0two\n    c: \"x\" y\n", 4, 42 },
        { "a:\n  - \u00a0one\n b: 1\n", 3, 14 },
        { "a: see:\u00a0there\nb: [x y: z\n", 3, 26 },
        { "a: one, b:\u00a0two\nc: \"x\" y\n", 2, 23 },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct diag *diag = finding_of(rows[i].text);
        CU_ASSERT_EQUAL(diag->span.line, rows[i].line);
        CU_ASSERT_EQUAL(diag->span.byte, rows[i].byte);
        CU_ASSERT_PTR_NULL(diag->fixes);
        CU_ASSERT_EQUAL(slice_find_text(diag->helps->text, SLICE("plain blank")),
                        diag->helps->text.len);
    }
}

static CU_TestInfo tests[] = {
    { "each habit is named", each_habit_is_named },
    { "what was left open is pointed at", what_was_left_open_is_pointed_at },
    { "what is sure is mended", what_is_sure_is_mended },
    { "what looks like a blank and is text is not blamed",
      what_looks_like_a_blank_and_is_text_is_not_blamed },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "yaml syntax", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
