/* `--check` finds what makes a start fail, and nothing else: each row breaks a good site in one
 * way, asks the check, and starts the program for real. */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/integration/check/bench.h"
#include "tests/site/process.h"
#include "tests/suite.h"

enum { CHECK_MS = 1000, EDITS_MAX = 3 };

static struct bench bench;

static void set_up(void)
{
    ASSERT_OK(bench_new(&bench));
}

static void tear_down(void)
{
    bench_done(&bench);
}

/* --- what can be done to a site ----------------------------------------------------------------
 */

enum edit_kind {
    EDIT_NONE,
    EDIT_CONFIG, /* in the configuration `path` becomes `text` */
    EDIT_REMOVE,
    EDIT_WRITE,
    EDIT_COPY, /* of `text` to `path` */
    EDIT_FOLDER,
    EDIT_MODE,  /* an octal text */
    EDIT_SCHEMA /* a database of another version */
};

struct edit {
    enum edit_kind kind;
    const char *path;
    const char *text;
};

static void copy_file(const char *from, const char *to)
{
    struct slice text = { 0 };

    ASSERT_OK(file_load(&bench.arena, bench_path(&bench, from), 1 << 20, &text));
    ASSERT_OK(file_store(bench_path(&bench, to), text, 0600));
}

static void make_database(const char *path, const char *sql)
{
    sqlite3 *db = NULL;

    CU_ASSERT_EQUAL(sqlite3_open(path, &db), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(db);
}

static void apply(const struct edit *edit)
{
    const char *path = bench_path(&bench, edit->path != NULL ? edit->path : "");

    switch (edit->kind) {
    case EDIT_NONE:
    case EDIT_CONFIG:
        break;
    case EDIT_REMOVE:
        CU_ASSERT_EQUAL(remove(path), 0);
        break;
    case EDIT_WRITE:
        ASSERT_OK(bench_write(&bench, edit->path, edit->text));
        break;
    case EDIT_COPY:
        copy_file(edit->text, edit->path);
        break;
    case EDIT_FOLDER:
        ASSERT_OK(file_make_folder(path, 0700));
        break;
    case EDIT_MODE:
        CU_ASSERT_EQUAL(chmod(path, strcmp(edit->text, "500") == 0   ? 0500
                                    : strcmp(edit->text, "644") == 0 ? 0644
                                                                     : 0),
                        0);
        break;
    case EDIT_SCHEMA:
        make_database(path, edit->text);
        break;
    }
}

/* --- the programs ------------------------------------------------------------------------------
 */

struct subject {
    const char *program;
    const char *config; /* of a good site */
};

static const struct subject redand = { "redand", "state: @/state\n"
                                                 "keys: @/keys\n"
                                                 "listen: tcp://127.0.0.1:*\n"
                                                 "api: @/api.sock\n"
                                                 "log_format: text\n" };
static const struct subject agg = { "redan-agg", "keys: @/keys-agg\n"
                                                 "registry: @/keys/registry.yaml\n"
                                                 "listen: tcp://127.0.0.1:*\n"
                                                 "orchestrator: tcp://127.0.0.1:1\n"
                                                 "log_format: text\n" };
static const struct subject sma = { "redan-sma", "state: @/state\n"
                                                 "keys: @/keys-sma\n"
                                                 "aggregators: [tcp://127.0.0.1:1]\n"
                                                 "rules: [@/rules.yaml]\n"
                                                 "sensors: [{kind: file, path: @/auth.log}]\n"
                                                 "protect: [10.0.0.0/8]\n"
                                                 "log_format: text\n" };

/* The subject's configuration with the rows' edits in it. */
static void write_config(const struct subject *subject, const struct edit *edits)
{
    const char *text = subject->config;

    for (size_t i = 0; i < EDITS_MAX; i++) {
        if (edits[i].kind != EDIT_CONFIG) {
            continue;
        }
        const char *at = strstr(text, edits[i].path);
        CU_ASSERT_PTR_NOT_NULL_FATAL(at);
        text = arena_printf(&bench.arena, "%.*s%s%s", (int)(at - text), text, edits[i].text,
                            at + strlen(edits[i].path))
                   .ptr;
    }
    ASSERT_OK(bench_write(&bench, "config.yaml", text));
}

static struct bench_run run(const char *program, const char *flag, bool supervised)
{
    const char *words[] = { bench_program(&bench, program), "--config",
                            bench_path(&bench, "config.yaml"), flag, NULL };

    return bench_run(&bench, words, supervised, false);
}

/* --- the rows ----------------------------------------------------------------------------------
 */

enum verdict { STARTS, WARNS, FAILS };

struct row {
    const char *name;
    const struct subject *subject;
    struct edit edits[EDITS_MAX];
    enum verdict verdict;
    const char *finding; /* in the check's output */
    const char *place;   /* "2:7" in the configuration; NULL: none */
    bool needs_user;     /* cannot be seen by root */
};

#define CONFIG(from, to)                                                                           \
    {                                                                                              \
        EDIT_CONFIG, from, to                                                                      \
    }
#define REMOVE(path)                                                                               \
    {                                                                                              \
        EDIT_REMOVE, path, NULL                                                                    \
    }
#define WRITE(path, to)                                                                            \
    {                                                                                              \
        EDIT_WRITE, path, to                                                                       \
    }
#define LONG_PATH                                                                                  \
    "/run/"                                                                                        \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"   \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct row redand_rows[] = {
    { "good", &redand, { { 0 } }, STARTS, "9 ok, 0 warnings, 0 errors", NULL, false },
    { "no keys",
      &redand,
      { CONFIG("@/keys", "@/none") },
      FAILS,
      "none: No such file",
      "2:7",
      false },
    { "no identity",
      &redand,
      { REMOVE("keys/identity.yaml") },
      FAILS,
      "identity.yaml: No such",
      "2:7",
      false },
    { "open identity",
      &redand,
      { { EDIT_MODE, "keys/identity.yaml", "644" } },
      FAILS,
      "others may read secrets",
      "2:7",
      false },
    { "unreadable identity",
      &redand,
      { { EDIT_MODE, "keys/identity.yaml", "0" } },
      FAILS,
      "Permission denied",
      "2:7",
      true },
    { "damaged identity",
      &redand,
      { WRITE("keys/identity.yaml", "name: x\n") },
      FAILS,
      "identity.yaml:1:1",
      "2:7",
      false },
    { "an agent's identity",
      &redand,
      { { EDIT_COPY, "keys/identity.yaml", "keys-sma/identity.yaml" } },
      FAILS,
      "node-1's, which is no orchestrator",
      "2:7",
      false },
    { "no registry",
      &redand,
      { REMOVE("keys/registry.yaml") },
      FAILS,
      "registry.yaml: No such",
      "2:7",
      false },
    { "damaged registry",
      &redand,
      { WRITE("keys/registry.yaml", "nodes: 3\n") },
      FAILS,
      "registry.yaml:1:",
      "2:7",
      false },
    { "state is a file", &redand, { WRITE("state", "x") }, FAILS, "Not a directory", "1:8", false },
    { "state not ours",
      &redand,
      { { EDIT_FOLDER, "state", NULL }, { EDIT_MODE, "state", "500" } },
      FAILS,
      "Permission denied",
      "1:8",
      true },
    { "newer schema",
      &redand,
      { { EDIT_FOLDER, "state", NULL },
        { EDIT_SCHEMA, "state/redan.db",
          "PRAGMA application_id = 1380204878; PRAGMA user_version = 9999; CREATE TABLE t(a)" } },
      FAILS,
      "newer than this program's",
      "1:8",
      false },
    { "another program's database",
      &redand,
      { { EDIT_FOLDER, "state", NULL }, { EDIT_SCHEMA, "state/redan.db", "CREATE TABLE t(a)" } },
      FAILS,
      "not a Redan knowledge file",
      "1:8",
      false },
    { "damaged database",
      &redand,
      { { EDIT_FOLDER, "state", NULL }, WRITE("state/redan.db", "no database, but long enough") },
      FAILS,
      "not a database",
      "1:8",
      false },
    { "database not ours",
      &redand,
      { { EDIT_FOLDER, "state", NULL },
        WRITE("state/redan.db", ""),
        { EDIT_MODE, "state/redan.db", "0" } },
      FAILS,
      "Permission denied",
      "1:8",
      true },
    { "listen is no address",
      &redand,
      { CONFIG("tcp://127.0.0.1:*", "localhost") },
      FAILS,
      "expected `tcp://ADDRESS:PORT`",
      "3:9",
      false },
    { "listen by name",
      &redand,
      { CONFIG("tcp://127.0.0.1:*", "tcp://localhost:7700") },
      FAILS,
      "not a numeric address",
      "3:9",
      false },
    { "listen port",
      &redand,
      { CONFIG("127.0.0.1:*", "127.0.0.1:70000") },
      FAILS,
      "port",
      "3:9",
      false },
    { "listen elsewhere",
      &redand,
      { CONFIG("127.0.0.1:*", "192.0.2.1:7700") },
      FAILS,
      "not an address of this host",
      "3:9",
      false },
    { "listen socket path",
      &redand,
      { CONFIG("tcp://127.0.0.1:*", "ipc://" LONG_PATH) },
      FAILS,
      "1 to 107 bytes",
      "3:9",
      false },
    { "listen socket folder",
      &redand,
      { CONFIG("tcp://127.0.0.1:*", "ipc://@/none/wire") },
      FAILS,
      "No such file",
      "3:9",
      false },
    { "api path too long",
      &redand,
      { CONFIG("@/api.sock", LONG_PATH) },
      FAILS,
      "1 to 100 bytes",
      "4:6",
      false },
    { "api folder",
      &redand,
      { CONFIG("@/api.sock", "@/none/api") },
      FAILS,
      "No such file",
      "4:6",
      false },
    { "api is a file",
      &redand,
      { WRITE("api.sock", "x") },
      FAILS,
      "is not a socket",
      "4:6",
      false },
    { "unknown key",
      &redand,
      { CONFIG("state", "stat") },
      FAILS,
      "did you mean `state`",
      "1:1",
      false },
};

static const struct row agg_rows[] = {
    { "good", &agg, { { 0 } }, STARTS, "7 ok, 0 warnings, 0 errors", NULL, false },
    { "no keys", &agg, { CONFIG("@/keys-agg", "@/none") }, FAILS, "No such file", "1:7", false },
    { "open identity",
      &agg,
      { { EDIT_MODE, "keys-agg/identity.yaml", "644" } },
      FAILS,
      "others may read secrets",
      "1:7",
      false },
    { "no trust",
      &agg,
      { REMOVE("keys-agg/trust.yaml") },
      FAILS,
      "trust.yaml: No such",
      "1:7",
      false },
    { "damaged trust",
      &agg,
      { WRITE("keys-agg/trust.yaml", "a: b\n") },
      FAILS,
      "trust.yaml:1:",
      "1:7",
      false },
    { "no registry",
      &agg,
      { REMOVE("keys/registry.yaml") },
      FAILS,
      "registry.yaml: No such",
      "2:11",
      false },
    { "an agent's identity",
      &agg,
      { { EDIT_COPY, "keys-agg/identity.yaml", "keys-sma/identity.yaml" } },
      FAILS,
      "which is no aggregator",
      "2:11",
      false },
    { "an agent's trust",
      &agg,
      { { EDIT_COPY, "keys-agg/trust.yaml", "keys-sma/trust.yaml" } },
      FAILS,
      "different orchestrators",
      "2:11",
      false },
    { "listen",
      &agg,
      { CONFIG("tcp://127.0.0.1:*", "tcp://:1") },
      FAILS,
      "expected `tcp://",
      "3:9",
      false },
    { "orchestrator",
      &agg,
      { CONFIG("tcp://127.0.0.1:1", "tcp://*:7700") },
      FAILS,
      "nobody can be reached there",
      "4:15",
      false },
    { "orchestrator's port",
      &agg,
      { CONFIG("tcp://127.0.0.1:1", "tcp://redand") },
      FAILS,
      "expected `tcp://ADDRESS:PORT`",
      "4:15",
      false },
};

static const struct row sma_rows[] = {
    { "good", &sma, { { 0 } }, STARTS, "8 ok, 0 warnings, 0 errors", NULL, false },
    { "no keys", &sma, { CONFIG("@/keys-sma", "@/none") }, FAILS, "No such file", "2:7", false },
    { "no identity",
      &sma,
      { REMOVE("keys-sma/identity.yaml") },
      FAILS,
      "identity.yaml: No such",
      "2:7",
      false },
    { "no trust",
      &sma,
      { REMOVE("keys-sma/trust.yaml") },
      FAILS,
      "trust.yaml: No such",
      "2:7",
      false },
    { "an identity that enforces and cannot report",
      &sma,
      { { EDIT_COPY, "keys-sma/identity.yaml", "keys-mute/identity.yaml" } },
      FAILS,
      "L2.network.enforce without L2.network.monitor",
      "2:7",
      false },
    { "an aggregator's identity",
      &sma,
      { { EDIT_COPY, "keys-sma/identity.yaml", "keys-agg/identity.yaml" } },
      FAILS,
      "which is no node agent",
      "2:7",
      false },
    { "aggregator",
      &sma,
      { CONFIG("tcp://127.0.0.1:1", "10.0.0.1") },
      FAILS,
      "expected `tcp://ADDRESS:PORT`",
      "3:15",
      false },
    { "no rule file",
      &sma,
      { CONFIG("@/rules.yaml", "@/none.yaml") },
      FAILS,
      "none.yaml: No such file",
      "4:9",
      false },
    { "wrong rules",
      &sma,
      { WRITE("rules.yaml", "title: [") },
      FAILS,
      "rules.yaml:1",
      NULL,
      false },
    { "no rules",
      &sma,
      { CONFIG("[@/rules.yaml]", "[]") },
      WARNS,
      "nothing will be detected",
      "4:8",
      false },
    { "no sensors",
      &sma,
      { CONFIG("[{kind: file, path: @/auth.log}]", "[]") },
      WARNS,
      "this node sees nothing",
      "5:10",
      false },
    { "no log yet", &sma, { REMOVE("auth.log") }, STARTS, "8 ok, 0 warnings", NULL, false },
    { "no folder of the log",
      &sma,
      { CONFIG("@/auth.log", "@/none/auth.log") },
      WARNS,
      "no such log, nor its folder",
      "5:30",
      false },
    { "unreadable log",
      &sma,
      { { EDIT_MODE, "auth.log", "0" } },
      WARNS,
      "Permission denied",
      "5:30",
      true },
    { "the log is a folder",
      &sma,
      { CONFIG("@/auth.log", "@") },
      WARNS,
      "neither a file nor a named pipe",
      "5:30",
      false },
    { "a sensor without a path",
      &sma,
      { CONFIG(", path: @/auth.log", "") },
      FAILS,
      "needs a `path`",
      "5:11",
      false },
    { "a sensor without a service",
      &sma,
      { CONFIG("kind: file,", "kind: file, plane: data,") },
      WARNS,
      "no service L2.data.monitor",
      "5:31",
      false },
    { "protect", &sma, { CONFIG("10.0.0.0/8", "10.0.0.1/8") }, FAILS, "10.0.0.1/8", "6:11", false },
    { "state is a file", &sma, { WRITE("state", "x") }, FAILS, "Not a directory", "1:8", false },
    { "state not ours",
      &sma,
      { { EDIT_FOLDER, "state", NULL }, { EDIT_MODE, "state", "500" } },
      FAILS,
      "Permission denied",
      "1:8",
      true },
    { "spool not ours",
      &sma,
      { { EDIT_FOLDER, "state/spool", NULL }, { EDIT_MODE, "state/spool", "500" } },
      FAILS,
      "Permission denied",
      "1:8",
      true },
    { "ledger not ours",
      &sma,
      { { EDIT_FOLDER, "state/sense", NULL },
        WRITE("state/sense/peers", ""),
        { EDIT_MODE, "state/sense/peers", "0" } },
      FAILS,
      "Permission denied",
      "1:8",
      true },
    { "damaged snapshot",
      &sma,
      { { EDIT_FOLDER, "state", NULL }, WRITE("state/snapshot", "nonsense") },
      FAILS,
      "state/snapshot",
      "1:8",
      false },
    { "compute is no URI",
      &sma,
      { CONFIG("log_format", "compute: qemu\nlog_format") },
      FAILS,
      "not a URI of libvirt",
      "7:10",
      false },
    { "no hypervisor",
      &sma,
      { CONFIG("log_format", "compute: \"test+unix:///default?socket=@/none\"\nlog_format") },
      WARNS,
      "Failed to connect",
      "7:10",
      false },
};

static void expect(const struct row *row, bool good, const char *what, struct slice out)
{
    if (!good) {
        (void)printf("\n    %s, %s: %s\n%.*s\n", row->subject->program, row->name, what,
                     SLICE_ARG(out));
    }
    suite_check(good, what, __FILE__, __LINE__);
}

static void judge_check(const struct row *row)
{
    struct slice before = bench_tree(&bench);
    struct bench_run checked = run(row->subject->program, "--check", false);
    const char *place = row->place != NULL
                            ? arena_printf(&bench.arena, "config.yaml:%s\n", row->place).ptr
                            : row->finding;

    expect(row, checked.code == (row->verdict == FAILS ? 1 : 0), "exit code of --check",
           checked.out);
    expect(row, bench_count(checked.out, row->finding) >= 1, row->finding, checked.out);
    expect(row, bench_count(checked.out, place) == 1, place, checked.out);
    expect(row, bench_count(checked.out, "warning[") == (row->verdict == WARNS ? 1 : 0), "warnings",
           checked.out);
    expect(row, checked.took_ms < CHECK_MS, "slower than a second", checked.out);
    expect(row, slice_eq(before, bench_tree(&bench)), "--check left something behind",
           bench_tree(&bench));
}

static void judge_start(const struct row *row)
{
    struct bench_run started = run(row->subject->program, NULL, true);
    size_t complaints = bench_count(started.out, " error ") + bench_count(started.out, "error[RDN");

    if (row->verdict == FAILS) {
        expect(row, !started.ready && (started.code == 1), "the start fails", started.out);
        expect(row, complaints == 1, "one line for one cause", started.out);
    } else {
        expect(row, started.ready && started.code == 0 && complaints == 0, "the start succeeds",
               started.out);
        expect(row, started.told_stop, "STOPPING=1", started.out);
        expect(row, bench_count(started.out, "stopped reason=\"signal\" signal=\"TERM\"") == 1,
               "how it stopped", started.out);
    }
    expect(row, bench_count(started.out, "file=\"/") + bench_count(started.out, "file=\"..") == 0,
           "a path of the build", started.out);
}

static void judge(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            tear_down();
            set_up();
        }
        if (rows[i].needs_user && geteuid() == 0 && !bench.is_other_user) {
            continue;
        }
        for (size_t edit = 0; edit < EDITS_MAX; edit++) {
            apply(&rows[i].edits[edit]);
        }
        write_config(rows[i].subject, rows[i].edits);
        bench_give(&bench);
        judge_check(&rows[i]);
        judge_start(&rows[i]);
    }
}

static void test_redand(void)
{
    judge(redand_rows, COUNT_OF(redand_rows));
}

static void test_agg(void)
{
    judge(agg_rows, COUNT_OF(agg_rows));
}

static void test_sma(void)
{
    judge(sma_rows, COUNT_OF(sma_rows));
}

/* --- beyond one broken thing -------------------------------------------------------------------
 */

static void test_all_is_found_in_one_run(void)
{
    static const char *const wanted[] = { "identity.yaml: No such", "registry.yaml:1:",
                                          "Not a directory",        "not an address of this host",
                                          "none: No such file",     "0 warnings, 5 errors" };

    ASSERT_OK(bench_write(&bench, "config.yaml",
                          "state: @/state\nkeys: @/keys\nlisten: tcp://192.0.2.1:7700\n"
                          "api: @/none/api\n"));
    ASSERT_OK(bench_write(&bench, "state", "x"));
    ASSERT_OK(bench_write(&bench, "keys/registry.yaml", "x: y\n"));
    CU_ASSERT_EQUAL(remove(bench_path(&bench, "keys/identity.yaml")), 0);
    bench_give(&bench);
    struct bench_run checked = run("redand", "--check", false);
    CU_ASSERT_EQUAL(checked.code, 1);
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        suite_check(bench_count(checked.out, wanted[i]) == 1, wanted[i], __FILE__, __LINE__);
    }
}

static bool api_is_there(void *arg)
{
    return access(bench_path(arg, "api.sock"), F_OK) == 0;
}

/* A check beside the running daemon, and one after a crash, which leaves a log and its index. */
static void test_a_running_daemon_is_left_alone(void)
{
    struct process daemon = { 0 };
    const char *words[] = { bench_program(&bench, "redand"), "--config",
                            bench_path(&bench, "config.yaml"), NULL };

    ASSERT_OK(bench_write(&bench, "config.yaml", redand.config));
    bench.is_other_user = false; /* the daemon below is the test's own user's */
    ASSERT_OK(process_start(&daemon, "redand", words, NULL, bench_path(&bench, "log")));
    CU_ASSERT_TRUE_FATAL(site_wait(api_is_there, &bench, BENCH_WAIT_MS));
    struct bench_run beside = run("redand", "--check", false);
    CU_ASSERT_EQUAL(beside.code, 0);
    CU_ASSERT_EQUAL(bench_count(beside.out, "9 ok, 0 warnings, 0 errors"), 1);
    CU_ASSERT_TRUE(process_is_running(&daemon));
    process_kill(&daemon);
    struct slice before = bench_tree(&bench);
    CU_ASSERT_TRUE(bench_count(before, "redan.db-wal") == 1);
    CU_ASSERT_EQUAL(run("redand", "--check", false).code, 0);
    struct slice after = bench_tree(&bench);
    ASSERT_TEXT(after, arena_cstr(&bench.arena, before));
}

static void test_options(void)
{
    static const char *const programs[] = { "redand", "redan-agg", "redan-sma" };
    static const char *const options[] = { "--config FILE", "--check", "--print-config", "--help",
                                           "--version" };

    for (size_t i = 0; i < COUNT_OF(programs); i++) {
        const char *help[] = { bench_program(&bench, programs[i]), "--help", NULL };
        const char *wrong[] = { bench_program(&bench, programs[i]), "--chekc", NULL };
        const char *cut[] = { bench_program(&bench, programs[i]), "--config", NULL };
        struct slice page = { 0 };
        ASSERT_OK(file_load(&bench.arena,
                            arena_printf(&bench.arena, "docs/man/%s.8", programs[i]).ptr, 1 << 20,
                            &page));
        struct bench_run helped = bench_run(&bench, help, false, false);
        CU_ASSERT_EQUAL(helped.code, 0);
        for (size_t at = 0; at < COUNT_OF(options); at++) {
            struct slice rest = slice_from(options[at]);
            struct slice option = slice_cut(&rest, ' ');
            CU_ASSERT_TRUE(bench_count(helped.out, options[at]) >= 1);
            const char *name = arena_printf(&bench.arena, ".It Fl %.*s",
                                            SLICE_ARG(slice_sub(option, 1, option.len)))
                                   .ptr;
            suite_check(bench_count(page, name) == 1, name, __FILE__, __LINE__);
        }
        struct bench_run refused = bench_run(&bench, wrong, false, false);
        CU_ASSERT_EQUAL(refused.code, 2);
        CU_ASSERT_EQUAL(bench_count(refused.out, "did you mean `--check`?"), 1);
        CU_ASSERT_EQUAL(bench_run(&bench, cut, false, false).code, 2);
    }
}

static CU_TestInfo tests[] = {
    { "redand: check and start agree", test_redand },
    { "redan-agg: check and start agree", test_agg },
    { "redan-sma: check and start agree", test_sma },
    { "all is found in one run", test_all_is_found_in_one_run },
    { "a running daemon is left alone", test_a_running_daemon_is_left_alone },
    { "options are told and unknown ones refused", test_options },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "check", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
