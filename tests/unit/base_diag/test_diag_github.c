#include "base/diag_github.h"
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

static void check(const char *wanted)
{
    buf_clear(&out);
    diag_write_github(&diags, "/srv", &out);
    ASSERT_TEXT(buf_slice(&out), wanted);
}

static void a_finding_is_one_line(void)
{
    static const struct diag_source source = { "sla/w.yaml", { "a: 1\nb: \xc3\xa9x\n", 12 } };
    struct diag *diag =
        diag_add(&diags, DIAG_WARNING, 207, (struct diag_span){ &source, 2, 10, 11 }, "50 %% off");

    diag_help(&diags, diag, "a: b, c\nand d");
    check("::warning file=sla/w.yaml,line=2,endLine=2,col=5,endColumn=6,title=RDN0207::50 %25 off."
          "%0AHelp: a: b, c%0Aand d.\n");
}

static void over_lines_there_are_no_columns(void)
{
    static const struct diag_source source = { "w.yaml", { "a\nb\n", 4 } };

    (void)diag_add(&diags, DIAG_NOTE, 7, (struct diag_span){ &source, 1, 0, 3 }, "m");
    (void)diag_add(&diags, DIAG_ERROR, 8, (struct diag_span){ 0 }, "no place");
    check("::error title=RDN0008::no place.\n"
          "::notice file=w.yaml,line=1,endLine=2,title=RDN0007::m.\n");
}

/* A name chosen by somebody else, and words that quote him. */
static void nothing_starts_another_command(void)
{
    static const struct diag_source source = {
        "a\n::error::x\r%0A,line=9:\xff\x1b[2J\xe2\x80\xa8.yaml", { "x", 1 }
    };

    (void)diag_add(&diags, DIAG_ERROR, 1, (struct diag_span){ &source, 1, 0, 1 }, "%s",
                   "`\n::set-output name=a::b\r\n\x1b`");
    check("::error file=a%0A%3A%3Aerror%3A%3Ax%0D%250A%2Cline=9%3A\\xff\\u{1b}[2J\\u{2028}.yaml,"
          "line=1,endLine=1,col=1,endColumn=2,title=RDN0001::`%0A::set-output "
          "name=a::b%0D%0A\\u{1b}`.\n");
}

static void what_is_cut_is_told(void)
{
    for (int i = 0; i < 5001; i++) {
        (void)diag_add(&diags, DIAG_ERROR, 1, (struct diag_span){ 0 }, "m");
    }
    diag_write_github(&diags, "/srv", &out);
    CU_ASSERT_EQUAL(slice_count(buf_slice(&out), '\n'), 5001);
    CU_ASSERT_TRUE(slice_ends(
        buf_slice(&out),
        SLICE("::notice title=redan::Only 5000 of 5001 findings are listed, the worst first.\n")));
}

static void what_has_no_place_is_one_line_too(void)
{
    diag_github_annotate(DIAG_WARNING, SLICE("new: a,b"), SLICE("x: 1\n::error::y %"), &out);
    ASSERT_TEXT(buf_slice(&out), "::warning title=new%3A a%2Cb::x: 1%0A::error::y %25\n");
}

static CU_TestInfo tests[] = {
    { "a finding is one line", a_finding_is_one_line },
    { "over lines there are no columns", over_lines_there_are_no_columns },
    { "nothing starts another command", nothing_starts_another_command },
    { "what is cut is told", what_is_cut_is_told },
    { "what has no place is one line too", what_has_no_place_is_one_line_too },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "annotations", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
