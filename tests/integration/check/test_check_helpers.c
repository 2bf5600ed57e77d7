/* The privileged helpers: `--check` and the start agree, and each unit's own lines start it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/integration/check/bench.h"
#include "tests/integration/network/private_network.h"
#include "tests/suite.h"

enum { UNIT_BYTES_MAX = 1 << 16 };

static struct bench bench;

static const char sma_config[] = "state: @/state\nkeys: @/keys-sma\n"
                                 "aggregators: [tcp://127.0.0.1:1]\nrules: [@/rules.yaml]\n"
                                 "sensors: [{kind: file, path: @/auth.log}]\nlog_format: text\n";

static int enter(void)
{
    const char *cannot = geteuid() == 0 ? private_network_enter() : "needs root";

    if (cannot != NULL) {
        suite_skip_all("%s", cannot);
    }
    return 0;
}

static void set_up(void)
{
    ASSERT_OK(bench_new(&bench));
    ASSERT_OK(bench_write(&bench, "sma.yaml", sma_config));
    ASSERT_OK(file_make_folder(bench_path(&bench, "store"), 0755));
}

static void tear_down(void)
{
    bench_done(&bench);
}

static bool nft(const char *line)
{
    char copy[256];
    const char *words[32] = { "nft" };

    (void)snprintf(copy, sizeof(copy), "%s", line);
    (void)private_split(copy, words + 1, COUNT_OF(words) - 2);
    return private_run(words);
}

/* --- rows --------------------------------------------------------------------------------------
 */

enum verdict { STARTS, WARNS, FAILS };

struct row {
    const char *name;
    const char *line;   /* the command line; `@` is the folder, `%` that of our programs */
    const char *broken; /* is removed below the folder; NULL: nothing */
    enum verdict verdict;
    int start_code;
    const char *finding;
    bool as_user; /* without any privilege, where a check only warns */
};

#define NETD  "%/redan-netd --user nobody --protect 10.0.0.0/8 "
#define DATAD "%/redan-datad --user nobody --root @/store "
#define SMA   "-- %/redan-sma --config @/sma.yaml"

static const struct row rows[] = {
    { "netd", NETD SMA, NULL, STARTS, 0, "ok  SMA", false },
    { "nothing protected", "%/redan-netd --user nobody " SMA, NULL, WARNS, 0,
      "network.isolate is not offered", false },
    { "no SMA", NETD "-- @/none", NULL, FAILS, 127, "none: No such file", false },
    { "the SMA is no program", NETD "-- @/rules.yaml", NULL, FAILS, 127, "Permission denied",
      false },
    { "the SMA's keys", NETD SMA, "keys-sma/identity.yaml", FAILS, 1, "identity.yaml: No such",
      false },
    { "the SMA's configuration", NETD SMA, "sma.yaml", FAILS, 1, "sma.yaml: No such", false },
    { "no such user", "%/redan-netd --user nobody-here " SMA, NULL, FAILS, 2, "no user", false },
    { "no network", "%/redan-netd --protect 10.0.0.1/8 " SMA, NULL, FAILS, 2, "10.0.0.1/8", false },
    { "another option", "%/redan-netd --protet 10.0.0.0/8 " SMA, NULL, FAILS, 2,
      "did you mean `--protect`", false },
    { "no privilege", "%/redan-netd --protect 10.0.0.0/8 " SMA, NULL, WARNS, 6,
      "cap_net_admin is missing", true },
    { "datad", DATAD SMA, NULL, STARTS, 0, "ok  root", false },
    { "no store", "%/redan-datad --user nobody --root @/none " SMA, NULL, FAILS, 6,
      "none: No such file", false },
    { "the store is a file", "%/redan-datad --user nobody --root @/rules.yaml " SMA, NULL, FAILS, 6,
      "Not a directory", false },
    { "no root", "%/redan-datad --user nobody " SMA, NULL, FAILS, 6, "no --root", false },
    { "a writer", DATAD "--writer x " SMA, NULL, FAILS, 2, "not BUCKET:PID_OR_PATH:MOUNTPOINT",
      false },
};

/* The words of a line, with `check` before the `--`. */
static void split(const char *line, bool check, const char *words[BENCH_ARGS_MAX])
{
    CLEANUP(buf_done) struct buf text = { 0 };
    size_t count = 0;

    for (; *line != '\0'; line++) {
        if (*line == '@') {
            buf_add_cstr(&text, bench.folder);
        } else if (*line == '%') {
            buf_add_cstr(&text, bench_program(&bench, "."));
        } else {
            buf_add_char(&text, *line);
        }
    }
    struct slice rest = arena_copy(&bench.arena, buf_slice(&text));
    while (rest.len > 0 && count + 2 < BENCH_ARGS_MAX) {
        struct slice word = slice_cut(&rest, ' ');
        if (check && slice_is(word, "--")) {
            words[count++] = "--check";
        }
        words[count++] = arena_cstr(&bench.arena, word);
    }
    words[count] = NULL;
}

static void expect(const struct row *row, bool good, const char *what, const struct bench_run *run)
{
    if (!good) {
        (void)printf("\n    %s: %s, exit %d\n%.*s\n", row->name, what, run->code,
                     SLICE_ARG(run->out));
    }
    suite_check(good, what, __FILE__, __LINE__);
}

static void judge(const struct row *row)
{
    const char *words[BENCH_ARGS_MAX];
    int code = row->start_code == 2 ? 2 : row->verdict == FAILS ? 1 : 0;

    split(row->line, true, words);
    struct slice before = bench_tree(&bench);
    struct bench_run checked = bench_run(&bench, words, false, !row->as_user);
    expect(row, checked.code == code, "exit code of --check", &checked);
    expect(row, bench_count(checked.out, row->finding) == 1, row->finding, &checked);
    expect(row, (bench_count(checked.out, "warning[") > 0) == (row->verdict == WARNS), "warnings",
           &checked);
    expect(row, slice_eq(before, bench_tree(&bench)), "--check left something", &checked);
    expect(row, !nft("list table inet redan"), "--check made the table", &checked);
    split(row->line, false, words);
    struct bench_run started = bench_run(&bench, words, true, !row->as_user);
    expect(row, started.code == row->start_code, "exit code of the start", &started);
    expect(row, started.ready == (row->start_code == 0), "READY=1", &started);
    if (row->start_code == 0) {
        expect(row, bench_count(started.out, "stopped reason=\"signal\" signal=\"TERM\"") == 2,
               "both say why they stopped", &started);
        expect(row, bench_count(started.out, " error ") == 0, "errors", &started);
    } else if (row->start_code != 2) {
        expect(row,
               bench_count(started.out, " error ") + bench_count(started.out, "redan-sma: ") == 1,
               "one line for one cause", &started);
    }
    (void)nft("delete table inet redan");
}

static void test_check_and_start_agree(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (i > 0) {
            tear_down();
            set_up();
        }
        if (!bench.is_other_user) {
            suite_skip("others may not run what was built");
            return;
        }
        if (rows[i].broken != NULL) {
            CU_ASSERT_EQUAL(remove(bench_path(&bench, rows[i].broken)), 0);
        }
        bench_give(&bench);
        judge(&rows[i]);
    }
}

/* A table of our name and another shape: the kernel refuses ours, and is asked before. */
static void test_a_foreign_table_is_found(void)
{
    static const struct row row = { "foreign table", NETD SMA, NULL, FAILS, 6, "", false };
    const char *words[BENCH_ARGS_MAX];

    bench_give(&bench);
    if (!nft("add table inet redan") || !nft("add set inet redan deny4_0 { type inet_service; }")) {
        suite_skip("nft is not here");
        return;
    }
    split(row.line, true, words);
    struct bench_run checked = bench_run(&bench, words, false, true);
    split(row.line, false, words);
    struct bench_run started = bench_run(&bench, words, true, true);
    expect(&row, checked.code == 1, "the check fails", &checked);
    expect(&row, started.code == 6, "the start fails", &started);
    (void)nft("delete table inet redan");
}

/* --- units -------------------------------------------------------------------------------------
 */

/* The unit's line of this key, its paths led into the site. */
static const char *unit_line(const char *unit, const char *key)
{
    static const struct {
        const char *from, *to;
    } paths[] = { { "/usr/sbin", "%" },
                  { "/etc/redan/sma-data.yaml", "@/sma.yaml" },
                  { "/etc/redan", "@" },
                  { "/srv/redan", "@/store" },
                  { "--user redan-sma", "--user nobody" } };
    struct slice text = { 0 };
    const char *path = arena_printf(&bench.arena, "packaging/systemd/%s.service", unit).ptr;
    const char *wanted = arena_printf(&bench.arena, "\n%s=", key).ptr;

    ASSERT_OK(file_load(&bench.arena, path, UNIT_BYTES_MAX, &text));
    size_t at = slice_find_text(text, slice_from(wanted));
    suite_check(at < text.len, unit, __FILE__, __LINE__);
    struct slice rest = slice_sub(text, at + strlen(wanted), text.len);
    const char *line = arena_cstr(&bench.arena, slice_cut(&rest, '\n'));
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        const char *found = NULL;
        while ((found = strstr(line, paths[i].from)) != NULL) {
            line = arena_printf(&bench.arena, "%.*s%s%s", (int)(found - line), line, paths[i].to,
                                found + strlen(paths[i].from))
                       .ptr;
        }
    }
    return line;
}

static void test_units_start_their_program(void)
{
    static const struct {
        const char *unit;
        bool as_root; /* as the unit says */
    } units[] = {
        { "redand", false }, { "redan-agg", false }, { "redan-netd", true }, { "redan-datad", true }
    };

    ASSERT_OK(bench_write(&bench, "redand.yaml",
                          "state: @/redand\nkeys: @/keys\nlisten: tcp://127.0.0.1:*\n"
                          "api: @/api.sock\n"));
    ASSERT_OK(bench_write(&bench, "agg.yaml",
                          "keys: @/keys-agg\nregistry: @/keys/registry.yaml\n"
                          "listen: tcp://127.0.0.1:*\n"));
    bench_give(&bench);
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        const char *words[BENCH_ARGS_MAX];
        split(unit_line(units[i].unit, "ExecStartPre"), false, words);
        struct bench_run checked = bench_run(&bench, words, false, units[i].as_root);
        split(unit_line(units[i].unit, "ExecStart"), false, words);
        struct bench_run started = bench_run(&bench, words, true, units[i].as_root);
        suite_check(checked.code == 0, units[i].unit, __FILE__, __LINE__);
        suite_check(started.ready && started.told_stop && started.code == 0, units[i].unit,
                    __FILE__, __LINE__);
        if (!started.ready || checked.code != 0) {
            (void)printf("\n%.*s%.*s\n", SLICE_ARG(checked.out), SLICE_ARG(started.out));
        }
    }
    (void)nft("delete table inet redan");
}

static void test_options_are_in_help_and_manual(void)
{
    static const struct {
        const char *program;
        const char *options[6];
    } helpers[] = { { "redan-netd", { "-protect", "-user", "-check" } },
                    { "redan-datad", { "-root", "-writer", "-user", "-check" } } };

    for (size_t i = 0; i < COUNT_OF(helpers); i++) {
        const char *words[] = { bench_program(&bench, helpers[i].program), "--help", NULL };
        struct bench_run helped = bench_run(&bench, words, false, false);
        struct slice page = { 0 };
        ASSERT_OK(file_load(&bench.arena,
                            arena_printf(&bench.arena, "docs/man/%s.8", helpers[i].program).ptr,
                            UNIT_BYTES_MAX, &page));
        CU_ASSERT_EQUAL(helped.code, 0);
        for (size_t at = 0; helpers[i].options[at] != NULL; at++) {
            const char *option = helpers[i].options[at];
            const char *item = arena_printf(&bench.arena, ".It Fl %s", option).ptr;
            CU_ASSERT_TRUE(bench_count(helped.out, option) >= 1);
            suite_check(bench_count(page, item) == 1, item, __FILE__, __LINE__);
        }
    }
}

static CU_TestInfo tests[] = {
    { "check and start agree", test_check_and_start_agree },
    { "a foreign table is found", test_a_foreign_table_is_found },
    { "units start their program", test_units_start_their_program },
    { "options are in help and manual", test_options_are_in_help_and_manual },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "check of helpers", enter, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
