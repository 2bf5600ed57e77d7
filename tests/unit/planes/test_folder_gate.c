#include "planes/data/folder_gate.h"
#include "planes/data/freeze_record.h"
#include "planes/data/writer.h"
#include "tests/suite.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/file.h"

enum { OBJECT_MAX_BYTES = 1024, PATIENT_MS = 5000 };

static struct folder_gate *gate;
static struct arena arena;
static char root[256];

static const char *at(const char *below)
{
    static char path[512];

    (void)snprintf(path, sizeof(path), "%s/%s", root, below);
    return path;
}

static void set_up(void)
{
    static unsigned number;

    (void)snprintf(root, sizeof(root), "%s/store%u", suite_folder(), ++number);
    ASSERT_OK(file_make_folder(root, 0755));
    ASSERT_OK(file_make_folder(at("studies"), 0755));
    ASSERT_OK(folder_gate_open(root, &gate));
}

static void tear_down(void)
{
    folder_gate_close(&gate);
    arena_done(&arena);
}

static void freeze(const char *bucket)
{
    struct holds *holds = ARENA_NEW(&arena, struct holds, 1);
    struct action action = { .id = { "01HZF01DER0000000000000001" },
                             .kind = ACTION_DATA_FREEZE,
                             .node = "node-2" };

    (void)snprintf(action.resource, sizeof(action.resource), "%s", bucket);
    ASSERT_OK(holds_add(holds, &action, 0));
    ASSERT_OK(freeze_store(root, bucket, holds));
}

static void thaw(const char *bucket)
{
    ASSERT_OK(freeze_store(root, bucket, ARENA_NEW(&arena, struct holds, 1)));
}

static void check_object(const char *name, const char *wanted)
{
    struct slice bytes = { 0 };

    ASSERT_OK(folder_gate_get(gate, &arena, "studies", name, OBJECT_MAX_BYTES, &bytes));
    ASSERT_TEXT(bytes, wanted);
}

static void test_objects_are_put_read_listed_and_deleted(void)
{
    const char **names = NULL;
    size_t count = 0;

    ASSERT_OK(folder_gate_put(gate, "studies", "b.dcm", SLICE("two")));
    ASSERT_OK(folder_gate_put(gate, "studies", "a.dcm", SLICE("one")));
    ASSERT_OK(folder_gate_put(gate, "studies", "b.dcm", SLICE("three")));
    ASSERT_OK(folder_gate_put(gate, "studies", "empty", SLICE("")));
    check_object("a.dcm", "one");
    check_object("b.dcm", "three");
    check_object("empty", "");
    ASSERT_OK(folder_gate_list(gate, &arena, "studies", 10, &names, &count));
    CU_ASSERT_EQUAL_FATAL(count, 3);
    CU_ASSERT_STRING_EQUAL(names[0], "a.dcm");
    CU_ASSERT_STRING_EQUAL(names[2], "empty");
    ASSERT_CODE(folder_gate_list(gate, &arena, "studies", 2, &names, &count), STATUS_EXHAUSTED);
    ASSERT_OK(folder_gate_delete(gate, "studies", "empty"));
    ASSERT_CODE(folder_gate_delete(gate, "studies", "empty"), STATUS_NOT_FOUND);
    struct slice bytes = { 0 };
    ASSERT_CODE(folder_gate_get(gate, &arena, "studies", "empty", 10, &bytes), STATUS_NOT_FOUND);
    ASSERT_CODE(folder_gate_get(gate, &arena, "studies", "b.dcm", 4, &bytes), STATUS_EXHAUSTED);
}

static void test_names_are_plain(void)
{
    static const char *const bad[] = { "", ".", "..", ".hidden", "a/b", "../studies", "a b", "\n" };
    struct slice bytes = { 0 };

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        ASSERT_CODE(folder_gate_put(gate, "studies", bad[i], SLICE("x")), STATUS_INVALID);
        ASSERT_CODE(folder_gate_put(gate, bad[i], "name", SLICE("x")), STATUS_INVALID);
        ASSERT_CODE(folder_gate_delete(gate, "studies", bad[i]), STATUS_INVALID);
        ASSERT_CODE(folder_gate_get(gate, &arena, "studies", bad[i], 9, &bytes), STATUS_INVALID);
    }
    ASSERT_CODE(folder_gate_put(gate, "nowhere", "name", SLICE("x")), STATUS_NOT_FOUND);
}

static void test_links_lead_nowhere(void)
{
    struct slice bytes = { 0 };

    ASSERT_OK(file_store(at("secret"), SLICE("secret"), 0600));
    CU_ASSERT_EQUAL(symlink("../secret", at("studies/link")), 0);
    CU_ASSERT_EQUAL(symlink("/", at("outside")), 0);
    ASSERT_CODE(folder_gate_get(gate, &arena, "studies", "link", 99, &bytes), STATUS_DENIED);
    ASSERT_CODE(folder_gate_put(gate, "outside", "x", SLICE("x")), STATUS_DENIED);
    /* Writing replaces the link itself. */
    ASSERT_OK(folder_gate_put(gate, "studies", "link", SLICE("mine")));
    check_object("link", "mine");
    ASSERT_OK(file_load(&arena, at("secret"), 99, &bytes));
    ASSERT_TEXT(bytes, "secret");
}

static void test_only_files_are_objects(void)
{
    struct slice bytes = { 0 };

    CU_ASSERT_EQUAL(mkfifo(at("studies/pipe"), 0600), 0);
    CU_ASSERT_EQUAL(mkdir(at("studies/folder"), 0700), 0);
    ASSERT_CODE(folder_gate_get(gate, &arena, "studies", "pipe", 99, &bytes), STATUS_DENIED);
    ASSERT_CODE(folder_gate_get(gate, &arena, "studies", "folder", 99, &bytes), STATUS_DENIED);
}

static void test_a_frozen_bucket_refuses_changes(void)
{
    struct folder_gate *other = NULL;
    const char **names = NULL;
    size_t count = 0;
    bool frozen = true;

    ASSERT_OK(folder_gate_put(gate, "studies", "a", SLICE("before")));
    ASSERT_OK(folder_gate_frozen(gate, "studies", &frozen));
    CU_ASSERT_FALSE(frozen);
    freeze("studies");
    ASSERT_OK(folder_gate_frozen(gate, "studies", &frozen));
    CU_ASSERT_TRUE(frozen);
    ASSERT_CODE(folder_gate_put(gate, "studies", "a", SLICE("after")), STATUS_DENIED);
    ASSERT_CODE(folder_gate_put(gate, "studies", "b", SLICE("after")), STATUS_DENIED);
    ASSERT_CODE(folder_gate_delete(gate, "studies", "a"), STATUS_DENIED);
    /* Every gate of every process. */
    ASSERT_OK(folder_gate_open(root, &other));
    ASSERT_CODE(folder_gate_put(other, "studies", "b", SLICE("after")), STATUS_DENIED);
    folder_gate_close(&other);
    check_object("a", "before");
    thaw("studies");
    ASSERT_OK(folder_gate_put(gate, "studies", "a", SLICE("after")));
    check_object("a", "after");
    ASSERT_OK(folder_gate_list(gate, &arena, "studies", 9, &names, &count));
    CU_ASSERT_EQUAL(count, 1); /* nothing half written stays */
}

static void test_any_record_freezes(void)
{
    ASSERT_OK(file_store(at(".redan/studies.holds"), SLICE("damaged"), 0600));
    ASSERT_CODE(folder_gate_put(gate, "studies", "a", SLICE("x")), STATUS_DENIED);
    struct holds *holds = ARENA_NEW(&arena, struct holds, 1);
    ASSERT_CODE(freeze_load(root, "studies", holds), STATUS_CORRUPT);
}

/* A change that looked before the freeze is over when settle returns. */
struct racer {
    struct folder_gate *gate;
    unsigned put;
};

static void *race(void *arg)
{
    struct racer *racer = arg;
    struct status status = STATUS_SUCCESS;

    while (status_ok(&status)) {
        status = folder_gate_put(racer->gate, "studies", "race", SLICE("x"));
        __atomic_add_fetch(&racer->put, 1, __ATOMIC_SEQ_CST);
    }
    return NULL;
}

static void test_settle_waits_for_changes_under_way(void)
{
    struct racer racer = { .gate = gate };
    pthread_t thread;
    struct stat before, after;

    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, race, &racer), 0);
    while (__atomic_load_n(&racer.put, __ATOMIC_SEQ_CST) < 3) {
        (void)sched_yield();
    }
    freeze("studies");
    ASSERT_OK(folder_gate_settle(gate, "studies", PATIENT_MS));
    CU_ASSERT_EQUAL(stat(at("studies/race"), &before), 0);
    (void)pthread_join(thread, NULL);
    CU_ASSERT_EQUAL(stat(at("studies/race"), &after), 0);
    CU_ASSERT_EQUAL(before.st_ino, after.st_ino);
}

static void test_settle_gives_up_on_a_writer_that_hangs(void)
{
    int lock = open(at(".redan/studies.lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    CU_ASSERT_FATAL(lock >= 0);
    CU_ASSERT_EQUAL(flock(lock, LOCK_SH), 0);
    ASSERT_CODE(folder_gate_settle(gate, "studies", 20), STATUS_UNAVAILABLE);
    (void)close(lock);
    ASSERT_OK(folder_gate_settle(gate, "studies", PATIENT_MS));
}

static void test_a_root_must_exist(void)
{
    struct folder_gate *none = NULL;

    ASSERT_CODE(folder_gate_open(at("nowhere"), &none), STATUS_NOT_FOUND);
    CU_ASSERT_PTR_NULL(none);
}

static void test_buckets_with_records_are_listed(void)
{
    const char **buckets = NULL;
    size_t count = 0;

    ASSERT_OK(freeze_buckets(&arena, root, &buckets, &count));
    CU_ASSERT_EQUAL(count, 0);
    freeze("studies");
    freeze("a.holds");
    ASSERT_OK(freeze_buckets(&arena, root, &buckets, &count));
    CU_ASSERT_EQUAL_FATAL(count, 2);
    CU_ASSERT_STRING_EQUAL(buckets[0], "a.holds");
    CU_ASSERT_STRING_EQUAL(buckets[1], "studies");
}

static CU_TestInfo gate_tests[] = {
    { "objects are put, read, listed and deleted", test_objects_are_put_read_listed_and_deleted },
    { "names are plain", test_names_are_plain },
    { "links lead nowhere", test_links_lead_nowhere },
    { "only files are objects", test_only_files_are_objects },
    { "a frozen bucket refuses changes", test_a_frozen_bucket_refuses_changes },
    { "any record freezes", test_any_record_freezes },
    { "settle waits for changes under way", test_settle_waits_for_changes_under_way },
    { "settle gives up on a writer that hangs", test_settle_gives_up_on_a_writer_that_hangs },
    { "a root must exist", test_a_root_must_exist },
    { "buckets with records are listed", test_buckets_with_records_are_listed },
    CU_TEST_INFO_NULL,
};

/* ------------------------------------------------------------------------------------- writers */

static void test_writers_are_named(void)
{
    struct writer writer = { 0 };
    char key[WRITER_KEY_MAX];

    ASSERT_OK(writer_parse(SLICE("studies:/run/writer.ns:/srv/studies"), &writer));
    CU_ASSERT_STRING_EQUAL(writer.bucket, "studies");
    CU_ASSERT_STRING_EQUAL(writer.place, "/run/writer.ns");
    CU_ASSERT_STRING_EQUAL(writer.mountpoint, "/srv/studies");
    CU_ASSERT_EQUAL(writer.pid, 0);
    CU_ASSERT_EQUAL(writer.pidfd, -1);
    writer_key(&writer, key);
    CU_ASSERT_STRING_EQUAL(key, "/run/writer.ns:/srv/studies");

    char text[64];
    int len = snprintf(text, sizeof(text), "studies:%d:/srv", (int)getpid());
    ASSERT_OK(writer_parse((struct slice){ text, (size_t)len }, &writer));
    CU_ASSERT_EQUAL(writer.pid, getpid());
    CU_ASSERT(writer.pidfd >= 0);
    writer_done(&writer);
    ASSERT_OK(writer_from_key("studies", "/run/a:/srv", &writer));
    CU_ASSERT_STRING_EQUAL(writer.mountpoint, "/srv");
}

static void test_bad_writers_are_refused(void)
{
    static const char *const bad[] = {
        "",           "studies",       "studies:1",  "studies:1:srv", "studies:0:/srv",
        ":1:/srv",    "studies::/srv", "a/b:1:/srv", "studies:1:",    "studies:x:/srv",
        "s:1:/a b",   "s:1:/a:b",      "s:1:/a<b",   "s:-1:/srv",     "s:99999999999:/srv",
        "s:a/b:/srv",
    };

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct writer writer;
        ASSERT_CODE(writer_parse(slice_from(bad[i]), &writer), STATUS_INVALID);
    }
}

static CU_TestInfo writer_tests[] = {
    { "writers are named", test_writers_are_named },
    { "bad writers are refused", test_bad_writers_are_refused },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "folder gate", NULL, NULL, set_up, tear_down, gate_tests },
    { "writers", NULL, NULL, NULL, NULL, writer_tests },
    CU_SUITE_INFO_NULL,
};
