#include "base/diag_export.h"
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

static void paths_become_relative_to_the_folder(void)
{
    static const struct {
        const char *name, *folder, *wanted;
        bool inside;
    } rows[] = {
        { "sla/w.yaml", "/home/a", "sla/w.yaml", true },
        { "./sla//./w.yaml", "/home/a", "sla/w.yaml", true },
        { "sla/../w.yaml", "/home/a", "w.yaml", true },
        { "/home/a/sla/w.yaml", "/home/a", "sla/w.yaml", true },
        { "/home/a/sla/w.yaml", "/home/a/", "sla/w.yaml", true },
        { "../a/w.yaml", "/home/a", "w.yaml", true },
        { "../b/w.yaml", "/home/a", "/home/b/w.yaml", false },
        { "/home/ab/w.yaml", "/home/a", "/home/ab/w.yaml", false },
        { "/etc/../../w.yaml", "/home/a", "/w.yaml", false },
        { "w.yaml", "/", "w.yaml", true },
        { "/w.yaml", "/", "w.yaml", true },
        { "a:b/\xc3\xa9 .yaml", "/x", "a:b/\xc3\xa9 .yaml", true },
        { "...", "/x", "...", true },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        buf_clear(&out);
        CU_ASSERT_EQUAL(diag_export_path(rows[i].name, rows[i].folder, &out), rows[i].inside);
        ASSERT_TEXT(buf_slice(&out), rows[i].wanted);
    }
}

static void the_worst_come_first_in_their_order(void)
{
    const struct diag_span nowhere = { 0 };

    (void)diag_add(&diags, DIAG_NOTE, 1, nowhere, "a");
    (void)diag_add(&diags, DIAG_ERROR, 2, nowhere, "b");
    (void)diag_add(&diags, DIAG_WARNING, 3, nowhere, "c");
    (void)diag_add(&diags, DIAG_ERROR, 4, nowhere, "d");
    struct diag_export found = diag_export_of(&arena, &diags);
    CU_ASSERT_EQUAL_FATAL(found.count, 4);
    CU_ASSERT_EQUAL(found.found, 4);
    CU_ASSERT_EQUAL(found.items[0]->code, 2);
    CU_ASSERT_EQUAL(found.items[1]->code, 4);
    CU_ASSERT_EQUAL(found.items[2]->code, 3);
    CU_ASSERT_EQUAL(found.items[3]->code, 1);
}

static void past_the_limit_no_error_is_left_out(void)
{
    const struct diag_span nowhere = { 0 };

    for (size_t i = 0; i < DIAG_EXPORT_MAX; i++) {
        (void)diag_add(&diags, DIAG_NOTE, 1, nowhere, "n");
    }
    (void)diag_add(&diags, DIAG_ERROR, 2, nowhere, "e");
    struct diag_export found = diag_export_of(&arena, &diags);
    CU_ASSERT_EQUAL_FATAL(found.count, DIAG_EXPORT_MAX);
    CU_ASSERT_EQUAL(found.found, DIAG_EXPORT_MAX + 1);
    CU_ASSERT_EQUAL(found.items[0]->code, 2);
    CU_ASSERT_EQUAL(found.items[1]->code, 1);
}

static void words_are_sentences(void)
{
    struct diag *diag =
        diag_add(&diags, DIAG_ERROR, 501, (struct diag_span){ 0 }, "both cannot be");

    diag_label(&diags, diag, "wants this");
    diag_note(&diags, diag, "conflict cf-1");
    diag_note(&diags, diag, "witness: `a` does `b`");
    diag_help(&diags, diag, "did you mean `c`?");
    diag_export_words(diag, &out);
    ASSERT_TEXT(buf_slice(&out), "both cannot be: wants this.\nWitness: `a` does `b`.\n"
                                 "Help: did you mean `c`?\nNote: conflict cf-1.");
}

static void a_label_stands_in_for_a_missing_place(void)
{
    static const struct diag_source source = { "a", { "x", 1 } };
    struct diag *diag = diag_add(&diags, DIAG_ERROR, 1, (struct diag_span){ 0 }, "m");

    CU_ASSERT_PTR_NULL(diag_export_place(diag).source);
    diag_secondary(&diags, diag, (struct diag_span){ &source, 1, 0, 1 }, "here");
    CU_ASSERT_PTR_EQUAL(diag_export_place(diag).source, &source);
}

static CU_TestInfo tests[] = {
    { "paths become relative to the folder", paths_become_relative_to_the_folder },
    { "the worst come first in their order", the_worst_come_first_in_their_order },
    { "past the limit no error is left out", past_the_limit_no_error_is_left_out },
    { "words are sentences", words_are_sentences },
    { "a label stands in for a missing place", a_label_stands_in_for_a_missing_place },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "findings for other programs", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
