#include "base/file.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/suite.h"

static struct arena arena;

static int clean_up(void)
{
    arena_done(&arena);
    return 0;
}

/* A path in the test's own folder. */
static const char *at(const char *name)
{
    return file_path(&arena, suite_folder(), name);
}

static void test_what_is_stored_is_loaded(void)
{
    struct slice text = { 0 };
    struct stat info;

    ASSERT_OK(file_store(at("kept"), SLICE("a\0b"), 0640));
    ASSERT_OK(file_load(&arena, at("kept"), 100, &text));
    CU_ASSERT(slice_eq(text, SLICE("a\0b")));
    CU_ASSERT_EQUAL(text.ptr[text.len], '\0');
    CU_ASSERT_EQUAL(stat(at("kept"), &info), 0);
    CU_ASSERT_EQUAL(info.st_mode & 0777U, 0640);
    ASSERT_OK(file_store(at("kept"), SLICE(""), 0600));
    ASSERT_OK(file_load(&arena, at("kept"), 0, &text));
    CU_ASSERT_EQUAL(text.len, 0);
}

static void test_nothing_is_left_beside(void)
{
    const char **names = NULL;
    size_t count = 0;

    ASSERT_OK(file_make_folder(at("beside/target"), 0700));
    ASSERT_OK(file_store(at("beside/file"), SLICE("x"), 0600));
    CU_ASSERT_EQUAL(file_store(at("beside/target"), SLICE("x"), 0600).code, STATUS_UNAVAILABLE);
    ASSERT_OK(file_list(&arena, at("beside"), 10, &names, &count));
    CU_ASSERT_EQUAL(count, 2);
    CU_ASSERT_STRING_EQUAL(names[0], "file");
    CU_ASSERT_STRING_EQUAL(names[1], "target");
}

/* By the signal that a write past the limit raises. */
static void store_and_be_killed(const char *path)
{
    pid_t child = fork();

    CU_ASSERT_FATAL(child >= 0);
    if (child == 0) {
        (void)setrlimit(RLIMIT_CORE, &(struct rlimit){ 0 });
        (void)setrlimit(RLIMIT_FSIZE, &(struct rlimit){ .rlim_cur = 1, .rlim_max = 1 });
        (void)signal(SIGXFSZ, SIG_DFL);
        struct status status = file_store(path, SLICE("new text"), 0600);
        _exit(status_ok(&status) ? 0 : 1);
    }
    int state = 0;
    CU_ASSERT_EQUAL(waitpid(child, &state, 0), child);
    CU_ASSERT_TRUE(WIFSIGNALED(state));
}

static void test_what_a_killed_one_leaves_is_hidden(void)
{
    const char *long_name = "a-name-of-nearly-as-many-bytes-as-there-may-be-in-one-"
                            "0123456789012345678901234567890123456789012345678901234567890123456789"
                            "0123456789012345678901234567890123456789012345678901234567890123456789"
                            "0123456789012345678901234567890123456789.yaml";
    const char *const stored[] = { "lab.yaml", long_name };
    struct slice text = { 0 };
    const char **names = NULL;
    size_t count = 0;

    ASSERT_OK(file_make_folder(at("killed"), 0700));
    for (size_t i = 0; i < COUNT_OF(stored); i++) {
        const char *path = file_path(&arena, at("killed"), stored[i]);
        ASSERT_OK(file_store(path, SLICE("old"), 0600));
        store_and_be_killed(path);
        ASSERT_OK(file_load(&arena, path, 100, &text));
        CU_ASSERT(slice_eq(text, SLICE("old")));
    }
    ASSERT_OK(file_list(&arena, at("killed"), 10, &names, &count));
    CU_ASSERT_EQUAL_FATAL(count, 4);
    CU_ASSERT(slice_starts(slice_from(names[0]), SLICE(".a-name-of-nearly-")));
    CU_ASSERT(slice_starts(slice_from(names[1]), SLICE(".lab.yaml.redan-")));
}

/* What a child of an editor has for standard input may be a socket, which no path opens. */
static void test_reads_from_where_a_descriptor_stands(void)
{
    int ends[2];
    struct slice text = { 0 };

    CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    ASSERT_OK(file_write_all(ends[0], "12345", 5));
    (void)close(ends[0]);
    char first = '\0';
    ASSERT_OK(file_read_exactly(ends[1], &first, 1));
    ASSERT_OK(file_read_start(&arena, ends[1], "socket", 3, &text));
    ASSERT_TEXT(text, "234");
    (void)close(ends[1]);
    ASSERT_CODE(file_read_start(&arena, ends[1], "closed", 3, &text), STATUS_UNAVAILABLE);
}

static void test_limits_and_absence(void)
{
    struct slice text = SLICE("untouched");
    const char **names = NULL;
    size_t count = 7;

    ASSERT_OK(file_store(at("five"), SLICE("12345"), 0600));
    ASSERT_OK(file_load(&arena, at("five"), 5, &text));
    ASSERT_TEXT(text, "12345");
    ASSERT_CODE(file_load(&arena, at("five"), 4, &text), STATUS_EXHAUSTED);
    ASSERT_CODE(file_load(&arena, at("none"), 4, &text), STATUS_NOT_FOUND);
    ASSERT_CODE(file_load(&arena, at("five/below"), 4, &text), STATUS_NOT_FOUND);
    ASSERT_CODE(file_load(&arena, suite_folder(), 4, &text), STATUS_UNAVAILABLE);
    ASSERT_CODE(file_load_start(&arena, at("none"), 4, &text), STATUS_NOT_FOUND);
    ASSERT_TEXT(text, "12345");
    ASSERT_OK(file_load_start(&arena, at("five"), 4, &text));
    ASSERT_TEXT(text, "1234");
    ASSERT_OK(file_load_start(&arena, at("five"), 6, &text));
    ASSERT_TEXT(text, "12345");
    ASSERT_CODE(file_store(at("none/file"), SLICE("x"), 0600), STATUS_NOT_FOUND);
    ASSERT_CODE(file_list(&arena, at("none"), 10, &names, &count), STATUS_NOT_FOUND);
    ASSERT_CODE(file_sync_folder(at("none")), STATUS_NOT_FOUND);
    CU_ASSERT_EQUAL(count, 7);
}

static void test_files_without_a_size(void)
{
    struct slice text = { 0 };

    ASSERT_OK(file_load(&arena, "/proc/self/status", 100000, &text));
    CU_ASSERT(slice_starts(text, SLICE("Name:")));
}

static void test_relative_paths(void)
{
    struct slice text = { 0 };
    char before[1024];

    CU_ASSERT_PTR_NOT_NULL(getcwd(before, sizeof(before)));
    CU_ASSERT_EQUAL(chdir(suite_folder()), 0);
    ASSERT_OK(file_store("relative", SLICE("here"), 0600));
    ASSERT_OK(file_load(&arena, "./relative", 10, &text));
    CU_ASSERT_EQUAL(chdir(before), 0);
    ASSERT_TEXT(text, "here");
}

static void test_folders(void)
{
    struct stat info;

    ASSERT_OK(file_make_folder(at("a/b/c"), 0700));
    ASSERT_OK(file_make_folder(at("a/b/c/"), 0755)); /* is there: keeps its mode */
    CU_ASSERT_EQUAL(stat(at("a/b/c"), &info), 0);
    CU_ASSERT_EQUAL(info.st_mode & 0777U, 0700);
    ASSERT_OK(file_sync_folder(at("a/b")));
    ASSERT_OK(file_store(at("a/file"), SLICE("x"), 0600));
    ASSERT_CODE(file_make_folder(at("a/file"), 0700), STATUS_UNAVAILABLE);
    ASSERT_CODE(file_make_folder(at("a/file/below"), 0700), STATUS_UNAVAILABLE);
}

static void test_listing_is_sorted_and_bounded(void)
{
    static const char *const made[] = { "b", "a", "c", ".hidden", "B" };
    static const char *const wanted[] = { ".hidden", "B", "a", "b", "c" };
    const char **names = NULL;
    size_t count = 0;

    ASSERT_OK(file_make_folder(at("list"), 0700));
    ASSERT_OK(file_list(&arena, at("list"), 0, &names, &count));
    CU_ASSERT_EQUAL(count, 0);
    for (size_t i = 0; i < COUNT_OF(made); i++) {
        ASSERT_OK(file_store(file_path(&arena, at("list"), made[i]), SLICE(""), 0600));
    }
    ASSERT_CODE(file_list(&arena, at("list"), 4, &names, &count), STATUS_EXHAUSTED);
    ASSERT_OK(file_list(&arena, at("list"), 5, &names, &count));
    CU_ASSERT_EQUAL(count, 5);
    for (size_t i = 0; i < count; i++) {
        CU_ASSERT_STRING_EQUAL(names[i], wanted[i]);
    }
    for (int i = 0; i < 40; i++) {
        const char *name = arena_printf(&arena, "more-%02d", i).ptr;
        ASSERT_OK(file_store(file_path(&arena, at("list"), name), SLICE(""), 0600));
    }
    ASSERT_OK(file_list(&arena, at("list"), 100, &names, &count));
    CU_ASSERT_EQUAL(count, 45);
    CU_ASSERT_STRING_EQUAL(names[44], "more-39");
}

static void test_exact_reads_and_writes(void)
{
    int fds[2];
    char bytes[4];

    CU_ASSERT_EQUAL(pipe2(fds, O_CLOEXEC), 0);
    ASSERT_OK(file_write_all(fds[1], "abcdef", 6));
    ASSERT_OK(file_read_exactly(fds[0], bytes, 4));
    CU_ASSERT_EQUAL(memcmp(bytes, "abcd", 4), 0);
    (void)close(fds[1]);
    struct status status = file_read_exactly(fds[0], bytes, 4);
    CU_ASSERT_EQUAL(status.code, STATUS_CORRUPT);
    CU_ASSERT_STRING_EQUAL(status.msg, "ends 2 bytes early");
    (void)close(fds[0]);
    ASSERT_CODE(file_read_exactly(fds[0], bytes, 4), STATUS_UNAVAILABLE);
    ASSERT_CODE(file_write_all(fds[0], bytes, 4), STATUS_UNAVAILABLE);
}

static void test_plain_names(void)
{
    static const char *const good[] = { "a", "A-1_b.yaml", "x..y" };
    static const char *const bad[] = { "", ".", "..", ".hidden", "a/b", "a b", "\xc3\xa9", "a\n" };
    char name[129];

    for (size_t i = 0; i < COUNT_OF(good); i++) {
        CU_ASSERT(file_name_is_plain(slice_from(good[i])));
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        CU_ASSERT_FALSE(file_name_is_plain(slice_from(bad[i])));
    }
    memset(name, 'a', sizeof(name));
    CU_ASSERT(file_name_is_plain((struct slice){ name, 128 }));
    CU_ASSERT_FALSE(file_name_is_plain((struct slice){ name, 129 }));
    CU_ASSERT_FALSE(file_name_is_plain((struct slice){ "a\0b", 3 }));
}

/* --- secrets --------------------------------------------------------------------------------- */

enum { SECRET_BYTES = 3000 };

/* Never in memory as a whole but where a test puts it. */
static char secret_byte(size_t at)
{
    return (char)(at * 7 + at / 256 * 13 + 5);
}

/* How often the middle of the secret stands in the heap of malloc; `text` is not counted. */
static size_t count_copies(const char *from, const char *to, const char *text)
{
    enum { PROBE_BYTES = 64, PROBE_AT = SECRET_BYTES / 2 };
    size_t found = 0;

    for (; from + PROBE_BYTES <= to; from++) {
        size_t same = 0;
        while (same < PROBE_BYTES && from[same] == secret_byte(PROBE_AT + same)) {
            same++;
        }
        found += same == PROBE_BYTES && from != text + PROBE_AT ? 1 : 0;
    }
    return found;
}

static bool find_heap(char **out_from, char **out_to)
{
    CLEANUP(cleanup_fclose) FILE *maps = fopen("/proc/self/maps", "re");
    char line[512];

    while (maps != NULL && fgets(line, sizeof(line), maps) != NULL) {
        if (strstr(line, "[heap]") != NULL) {
            return sscanf(line, "%p-%p", (void **)out_from, (void **)out_to) == 2;
        }
    }
    return false;
}

static void test_a_secret_is_in_memory_once(void)
{
    char bytes[SECRET_BYTES];
    struct slice text = { 0 };
    char *from = NULL;
    char *to = NULL;

    if (!find_heap(&from, &to)) {
        suite_skip("malloc has no heap of its own here");
        return;
    }
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = secret_byte(i);
    }
    ASSERT_OK(file_store(at("secret"), (struct slice){ bytes, sizeof(bytes) }, 0600));
    ASSERT_OK(file_load_private(&arena, at("secret"), sizeof(bytes), &text));
    CU_ASSERT(slice_eq(text, (struct slice){ bytes, sizeof(bytes) }));
    CU_ASSERT_EQUAL(count_copies(from, to, text.ptr), 0);
}

static void test_a_secret_that_others_may_read_is_refused(void)
{
    static const struct {
        mode_t mode;
        enum status_code code;
    } rows[] = {
        { 0600, STATUS_OK },     { 0400, STATUS_OK },     { 0640, STATUS_DENIED },
        { 0604, STATUS_DENIED }, { 0620, STATUS_DENIED }, { 0601, STATUS_DENIED },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct slice text = { 0 };
        ASSERT_OK(file_store(at("secret"), SLICE("12345"), rows[i].mode));
        ASSERT_CODE(file_load_private(&arena, at("secret"), 5, &text), rows[i].code);
    }
}

static void test_a_secret_has_its_limit_too(void)
{
    struct slice text = SLICE("untouched");

    ASSERT_OK(file_store(at("secret"), SLICE("123456"), 0600));
    ASSERT_CODE(file_load_private(&arena, at("secret"), 5, &text), STATUS_EXHAUSTED);
    ASSERT_CODE(file_load_private(&arena, at("no-secret"), 5, &text), STATUS_NOT_FOUND);
    ASSERT_OK(file_make_folder(at("folder-of-secrets"), 0755));
    ASSERT_CODE(file_load_private(&arena, at("folder-of-secrets"), 5, &text), STATUS_UNAVAILABLE);
    ASSERT_TEXT(text, "untouched");
}

static CU_TestInfo tests[] = {
    { "what is stored is loaded", test_what_is_stored_is_loaded },
    { "nothing is left beside", test_nothing_is_left_beside },
    { "what a killed one leaves is hidden", test_what_a_killed_one_leaves_is_hidden },
    { "reads from where a descriptor stands", test_reads_from_where_a_descriptor_stands },
    { "limits and absence", test_limits_and_absence },
    { "files without a size", test_files_without_a_size },
    { "relative paths", test_relative_paths },
    { "folders", test_folders },
    { "listing is sorted and bounded", test_listing_is_sorted_and_bounded },
    { "exact reads and writes", test_exact_reads_and_writes },
    { "plain names", test_plain_names },
    { "a secret is in memory once", test_a_secret_is_in_memory_once },
    { "a secret that others may read is refused", test_a_secret_that_others_may_read_is_refused },
    { "a secret has its limit too", test_a_secret_has_its_limit_too },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "file", NULL, clean_up, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
