#include "sla/edit/edit.h"
#include "tests/suite.h"

static struct arena arena;

static void set_up(void)
{
    arena = (struct arena){ 0 };
}

static void tear_down(void)
{
    arena_done(&arena);
}

/* A document whose member `a` is the mapping to change, the change, and what comes of it. */
static const struct {
    const char *text, *key, *value, *wanted;
} rows[] = {
    { "a: {x: 1}\n", "x", "2", "a: {x: 2}\n" },
    { "a: {x: 1}\n", "y", "[2]", "a: {x: 1, y: [2]}\n" },
    { "a: {x: 1, }\n", "y", "2", "a: {x: 1, y: 2, }\n" },
    { "a: {x: [1,\n  2] # c\n }\nb: 3\n", "y", "2", "a: {x: [1,\n  2], y: 2 # c\n }\nb: 3\n" },
    { "a: {x: [1,\n  2], z: 3}\n", "x", "2", "a: {x: 2, z: 3}\n" },
    { "a: {x: }\n", "x", "2", "a: {x: 2}\n" },
    { "a: {x: \"q}\"}\n", "y", "2", "a: {x: \"q}\", y: 2}\n" },
    { "a:\n  x: 1\nb: 3\n", "y", "2", "a:\n  x: 1\n  y: 2\nb: 3\n" },
    { "a:\n  x: 1 # c\nb: 3\n", "y", "2", "a:\n  x: 1\n  y: 2 # c\nb: 3\n" },
    { "a:\n  x: 1 # c\n  z: 3\n", "x", "2", "a:\n  x: 2 # c\n  z: 3\n" },
    { "a:\n  x:\n  - 1\n  - 2\n  z: 3\n", "x", "[4]", "a:\n  x: [4]\n  z: 3\n" },
    { "a:\n  x:\n    y:\n      - 1\nb: 2\n", "z", "3",
      "a:\n  x:\n    y:\n      - 1\n  z: 3\nb: 2\n" },
    { "a:\n  x: |\n    one\n    two\nb: 2\n", "z", "3",
      "a:\n  x: |\n    one\n    two\n  z: 3\nb: 2\n" },
    { "a:\n  x: |\n    one\n    two\n  y: 1\n", "x", "3", "a:\n  x: 3\n  y: 1\n" },
    { "a:\n  x:\n", "x", "3", "a:\n  x: 3\n" },
    { "a:\n  \"x\" : 1\n", "x", "3", "a:\n  \"x\": 3\n" },
    { "a:\r\n  x: 1\r\nb: 3\r\n", "y", "2", "a:\r\n  x: 1\r\n  y: 2\r\nb: 3\r\n" },
    { "a:\r\n  x: |\r\n    one\r\nb: 2\r\n", "z", "3",
      "a:\r\n  x: |\r\n    one\r\n  z: 3\r\nb: 2\r\n" },
    { "a:\r\n  x: |\r\n    one\r\n  y: 1\r\n", "x", "3", "a:\r\n  x: 3\r\n  y: 1\r\n" },
    { "a: {\xe7\x97\x85: 1}\n", "y", "2", "a: {\xe7\x97\x85: 1, y: 2}\n" },
};

static void the_rest_stays_as_it_is(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct diag_list diags;
        struct diag_source source = { "e.yaml", slice_from(rows[i].text) };
        struct slice text = { 0 };

        diag_list_init(&diags, &arena);
        const struct yaml_document *document = yaml_read(&arena, &source, &diags);
        const struct yaml_node *mapping = yaml_get(document->root, "a");
        const struct diag_edit *edit =
            sla_edit_member(&arena, mapping, rows[i].key, slice_from(rows[i].value));
        ASSERT_OK(diag_apply_edits(&arena, &source, edit, &text));
        ASSERT_TEXT(text, rows[i].wanted);
        struct diag_source after = { "e.yaml", text };
        const struct yaml_document *again = yaml_read(&arena, &after, &diags);
        CU_ASSERT_EQUAL(diags.errors, 0);
        CU_ASSERT_PTR_NOT_NULL(yaml_get(yaml_get(again->root, "a"), rows[i].key));
    }
}

static void an_edit_knows_its_place(void)
{
    struct diag_list diags;
    struct diag_source source = { "e.yaml", SLICE("a: {x: [1,\n  2], z: 3}\n") };

    diag_list_init(&diags, &arena);
    const struct yaml_node *a = yaml_get(yaml_read(&arena, &source, &diags)->root, "a");
    const struct diag_edit *edit = sla_edit_member(&arena, a, "x", SLICE("2"));
    CU_ASSERT_EQUAL(edit->span.line, 1);
    CU_ASSERT_EQUAL(diag_span_start(edit->span).col, 6);
    CU_ASSERT_EQUAL(diag_span_end(edit->span).line, 2);
    CU_ASSERT_EQUAL(diag_span_end(edit->span).col, 5);
}

/* The same, with an item put at the end of list `l`. */
static const struct {
    const char *text, *wanted;
} appends[] = {
    { "a: {x: 1}\n", "a: {x: 1, l: [{p: q, r: 2}]}\n" },
    { "a: {l: []}\n", "a: {l: [{p: q, r: 2}]}\n" },
    { "a: {l: [{p: o}], x: 1}\n", "a: {l: [{p: o}, {p: q, r: 2}], x: 1}\n" },
    { "a:\n  x: 1 # c\nb: 3\n", "a:\n  x: 1 # c\n  l:\n    - p: q\n      r: 2\nb: 3\n" },
    { "a:\n  x: 1", "a:\n  x: 1\n  l:\n    - p: q\n      r: 2" },
    { "a:\n  l: []\nb: 3\n", "a:\n  l: [{p: q, r: 2}]\nb: 3\n" },
    { "a:\n  l:\n    - p: o # c\n  x: 1\n",
      "a:\n  l:\n    - p: o # c\n    - p: q\n      r: 2\n  x: 1\n" },
    { "a:\n  l:\n  - {p: o} # c\n  # d\n  x: 1\n",
      "a:\n  l:\n  - {p: o} # c\n  - p: q\n    r: 2\n  # d\n  x: 1\n" },
    { "a:\n  l:\n    - p: |\n        o\nb: 3\n",
      "a:\n  l:\n    - p: |\n        o\n    - p: q\n      r: 2\nb: 3\n" },
    { "a:\n  l:\n    # c\n    - p: o\nb: 3\n",
      "a:\n  l:\n    # c\n    - p: o\n    - p: q\n      r: 2\nb: 3\n" },
    { "a:\n  l: # c\n    - p: o\n", "a:\n  l: # c\n    - p: o\n    - p: q\n      r: 2\n" },
    { "a:\n  l:\n    - # c\n      p: o\nb: 3\n",
      "a:\n  l:\n    - # c\n      p: o\n    - p: q\n      r: 2\nb: 3\n" },
    { "a:\n  l:\n    -\n      # c: - d\n\n      p: o\nb: 3\n",
      "a:\n  l:\n    -\n      # c: - d\n\n      p: o\n    - p: q\n      r: 2\nb: 3\n" },
    { "a:\n  l: # nobody yet\nb: 3\n", "a:\n  l: [{p: q, r: 2}] # nobody yet\nb: 3\n" },
    { "a:\n  l:\n  # nobody yet\nb: 3\n", "a:\n  l: [{p: q, r: 2}]\n  # nobody yet\nb: 3\n" },
    { "a:\n  l: [] # nobody yet\nb: 3\n", "a:\n  l: [{p: q, r: 2}] # nobody yet\nb: 3\n" },
    { "a:\n  l: [\n    # nobody yet\n  ]\nb: 3\n",
      "a:\n  l: [{p: q, r: 2}\n    # nobody yet\n  ]\nb: 3\n" },
    { "a: {l: [\n  # c\n  {p: o} # d\n  ]}\n",
      "a: {l: [\n  # c\n  {p: o}, {p: q, r: 2} # d\n  ]}\n" },
    { "a:\n  l: [\n    {p: o}, # c\n  ]\n", "a:\n  l: [\n    {p: o}, {p: q, r: 2}, # c\n  ]\n" },
    { "a:\r\n  l:\r\n    - p: o\r\nb: 3\r\n",
      "a:\r\n  l:\r\n    - p: o\r\n    - p: q\r\n      r: 2\r\nb: 3\r\n" },
};

static void an_item_is_put_at_the_end(void)
{
    const struct sla_written_member members[] = { { "p", SLICE("q") }, { "r", SLICE("2") } };

    for (size_t i = 0; i < COUNT_OF(appends); i++) {
        struct diag_list diags;
        struct diag_source source = { "e.yaml", slice_from(appends[i].text) };
        struct slice text = { 0 };

        diag_list_init(&diags, &arena);
        const struct yaml_document *document = yaml_read(&arena, &source, &diags);
        const struct diag_edit *edit =
            sla_edit_append(&arena, yaml_get(document->root, "a"), "l", members, COUNT_OF(members));
        ASSERT_OK(diag_apply_edits(&arena, &source, edit, &text));
        ASSERT_TEXT(text, appends[i].wanted);
        struct diag_source after = { "e.yaml", text };
        const struct yaml_document *again = yaml_read(&arena, &after, &diags);
        CU_ASSERT_EQUAL(diags.errors, 0);
        CU_ASSERT_PTR_NOT_NULL_FATAL(again);
        const struct yaml_node *list = yaml_get(yaml_get(again->root, "a"), "l");
        CU_ASSERT_PTR_NOT_NULL_FATAL(list);
        const struct yaml_node *last = list->first;
        while (last->next != NULL) {
            last = last->next;
        }
        ASSERT_TEXT(yaml_get(last, "r")->text, "2");
    }
}

static CU_TestInfo tests[] = {
    { "an item is put at the end", an_item_is_put_at_the_end },
    { "the rest stays as it is", the_rest_stays_as_it_is },
    { "an edit knows its place", an_edit_knows_its_place },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla edits", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
