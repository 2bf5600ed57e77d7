/* What a kill -9 leaves behind: a child writes, dies at a named place or at a random moment, and
 * the parent opens the file again. Nothing acknowledged is lost, nothing is there twice, the chain
 * verifies. */
#include "orchestrator/knowledge/ingest.h"
#include "orchestrator/knowledge/journal.h"
#include "tests/suite.h"
#include "tests/unit/knowledge/store.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BATCH = 4, MANY = 100000 };

static bool take_in(uint64_t first, struct ingest_taken *out)
{
    char text[32];
    int len = snprintf(text, sizeof(text), "batch %llu", (unsigned long long)first);
    struct ingest_batch batch = { .node = SLICE("node-1"),
                                  .epoch = 1,
                                  .first_seq = first,
                                  .count = BATCH,
                                  .bytes = { text, (size_t)len } };
    struct status status = knowledge_begin(store, STORE_NOW_US);

    if (status_ok(&status)) {
        status = knowledge_accept_batch(store, &batch, out);
    }
    if (status_ok(&status)) {
        status = knowledge_commit(store);
    }
    return status_ok(&status);
}

/* Writes batches for ever; each one committed is acknowledged through the pipe. */
static void write_until_killed(int acks, const char *crash_at)
{
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): a child just forked has one thread */
    (void)setenv("REDAN_CRASH_AT", crash_at, 1);
    if (!store_reopen()) {
        _exit(1);
    }
    struct ingest_mark mark;
    struct status status = knowledge_get_mark(view, SLICE("node-1"), &mark);
    for (uint64_t first = mark.seq + 1; status_ok(&status) && first < MANY; first += BATCH) {
        struct ingest_taken taken = { 0 };
        uint64_t acked = first + BATCH - 1;
        if (!take_in(first, &taken) || write(acks, &acked, sizeof(acked)) != sizeof(acked)) {
            _exit(2);
        }
    }
    _exit(3);
}

struct child {
    pid_t pid;
    int acks;
};

static struct child start_writer(const char *crash_at)
{
    int ends[2];

    store_shut();
    if (pipe(ends) != 0) {
        return (struct child){ -1, -1 };
    }
    pid_t pid = fork();
    if (pid == 0) {
        (void)close(ends[0]);
        write_until_killed(ends[1], crash_at);
    }
    (void)close(ends[1]);
    return (struct child){ pid, ends[0] };
}

/* Reads acks until `enough` have come (0: until the writer is dead); the last acknowledged seq. */
static uint64_t read_acks(const struct child *child, unsigned enough)
{
    uint64_t acked = 0;
    uint64_t next = 0;

    for (unsigned count = 0; enough == 0 || count < enough; count++) {
        if (read(child->acks, &next, sizeof(next)) != (ssize_t)sizeof(next)) {
            break;
        }
        acked = next;
    }
    return acked;
}

static void expect_killed(const struct child *child)
{
    int outcome = 0;

    CU_ASSERT_EQUAL(waitpid(child->pid, &outcome, 0), child->pid);
    CU_ASSERT_TRUE(WIFSIGNALED(outcome));
    CU_ASSERT_EQUAL(WTERMSIG(outcome), SIGKILL);
}

static struct status count_events(void *arg, const struct journal_row *row)
{
    uint64_t *batches = arg;

    *batches += slice_is(row->kind, "events") ? 1 : 0;
    return STATUS_SUCCESS;
}

static uint64_t journaled_batches(void)
{
    uint64_t batches = 0;
    uint64_t after = 0;
    bool more = true;

    while (more) {
        ASSERT_OK(journal_list(view, after, KNOWLEDGE_PAGE_MAX, count_events, &batches, &more));
        after += KNOWLEDGE_PAGE_MAX;
    }
    return batches;
}

/* The file after a crash, then after the sender has sent everything again. */
static void check_after(uint64_t acked)
{
    struct ingest_mark mark = { 0 };
    struct journal_verdict verdict = { 0 };
    struct ingest_taken taken = { 0 };

    CU_ASSERT_TRUE_FATAL(store_reopen());
    ASSERT_OK(journal_verify(view, &(struct journal_check){ .from = 0 }, &verdict));
    CU_ASSERT_TRUE(verdict.intact);
    ASSERT_OK(knowledge_get_mark(view, SLICE("node-1"), &mark));
    CU_ASSERT_TRUE(mark.seq >= acked);
    CU_ASSERT_EQUAL(journaled_batches() * BATCH, mark.seq);
    for (uint64_t first = 1; first <= mark.seq; first += BATCH) {
        CU_ASSERT_TRUE(take_in(first, &taken));
        CU_ASSERT_EQUAL(taken.fresh, 0);
    }
    CU_ASSERT_EQUAL(journaled_batches() * BATCH, mark.seq);
}

static void test_a_crash_at_any_stage_of_a_turn(void)
{
    static const char *const places[] = {
        "redand.before_commit:1", "redand.after_commit:1",  "redand.before_commit:2",
        "redand.after_commit:2",  "redand.before_commit:9", "redand.after_commit:9",
    };

#ifndef REDAN_FAULTS
    suite_skip("crash points are not compiled in");
    return;
#endif
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        store_tear_down();
        store_set_up();
        struct child writer = start_writer(places[i]);
        uint64_t acked = read_acks(&writer, 0);
        expect_killed(&writer);
        (void)close(writer.acks);
        check_after(acked);
    }
}

static void test_a_crash_in_the_first_start(void)
{
#ifndef REDAN_FAULTS
    suite_skip("crash points are not compiled in");
    return;
#endif
    for (int nth = 1; nth <= 9; nth++) {
        char place[64];
        store_tear_down();
        store_set_up();
        store_shut();
        (void)unlink(store_path());
        (void)snprintf(place, sizeof(place), "redand.after_migration:%d", nth);
        struct child writer = start_writer(place);
        CU_ASSERT_EQUAL(read_acks(&writer, 0), 0);
        expect_killed(&writer);
        (void)close(writer.acks);
        check_after(0);
        CU_ASSERT_EQUAL(knowledge_fencing_epoch(store), STORE_NOW_US / 1000);
    }
}

static void test_kills_at_random_moments(void)
{
    uint64_t acked = 0;

    for (unsigned cycle = 0; cycle < 20; cycle++) {
        struct child writer = start_writer("");
        uint64_t last = read_acks(&writer, 1 + cycle * 7 % 40);
        (void)kill(writer.pid, SIGKILL);
        uint64_t late = read_acks(&writer, 0);
        expect_killed(&writer);
        (void)close(writer.acks);
        acked = late > last ? late : last;
        CU_ASSERT_TRUE_FATAL(store_reopen());
    }
    check_after(acked);
}

static CU_TestInfo tests[] = {
    { "a crash at any stage of a turn", test_a_crash_at_any_stage_of_a_turn },
    { "a crash in the first start", test_a_crash_in_the_first_start },
    { "kills at random moments", test_kills_at_random_moments },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "crash", NULL, NULL, store_set_up, store_tear_down, tests },
    CU_SUITE_INFO_NULL,
};
