#include "wire/command_guard.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/suite.h"
#include "tests/unit/wire/wire_world.h"
#include "wire/record.h"

enum { NOW_MS = 1010000, ORDERS = COMMAND_MEMORY + 6 };

static struct world world;
static struct arena arena;
static struct command_guard *guard;
static char folder[512];
static unsigned made;

static int set_up(void)
{
    world_make(&world, "guard");
    return 0;
}

static int tear_down(void)
{
    world_done(&world);
    return 0;
}

static void reopen(void)
{
    command_guard_close(&guard);
    ASSERT_OK(command_guard_open(folder, SLICE("app-1"), &guard));
    CU_ASSERT_PTR_NOT_NULL_FATAL(guard);
}

static void begin(void)
{
    (void)snprintf(folder, sizeof(folder), "%s/guard-%u", suite_folder(), made++);
    reopen();
}

static void end_test(void)
{
    command_guard_close(&guard);
    arena_done(&arena);
}

static struct command_judgement judge(const struct command *command, int64_t now_ms)
{
    struct message message = world_command_message(&arena, &world, command);
    struct command opened;

    return command_judge(guard, &arena, &message.command, &world.app_trust, now_ms, &opened);
}

static struct command_result done(const struct command *command)
{
    return (struct command_result){
        .id = command->id, .outcome = COMMAND_DONE, .state = CONTROL_ENFORCED, .detail = "done"
    };
}

static void test_a_new_command_is_accepted_and_a_repeat_answered(void)
{
    struct command command = world_command("app-1", 4);
    struct command_result result = done(&command);

    begin();
    CU_ASSERT_EQUAL(judge(&command, NOW_MS).verdict, COMMAND_ACCEPT);
    ASSERT_OK(command_store_accept(guard, &command));
    CU_ASSERT_EQUAL(judge(&command, NOW_MS).verdict, COMMAND_AGAIN);
    ASSERT_OK(command_store_result(guard, &result));
    struct command_judgement judgement = judge(&command, NOW_MS);
    CU_ASSERT_EQUAL_FATAL(judgement.verdict, COMMAND_ANSWER);
    CU_ASSERT_STRING_EQUAL(judgement.result->detail, "done");
}

static void test_a_restart_forgets_nothing(void)
{
    struct command first = world_command("app-1", 4);
    struct command second = world_command("app-1", 5);
    struct command_result result = done(&first);

    begin();
    ASSERT_OK(command_store_accept(guard, &first));
    ASSERT_OK(command_store_result(guard, &result));
    ASSERT_OK(command_store_accept(guard, &second));
    reopen();
    CU_ASSERT_EQUAL(judge(&first, NOW_MS).verdict, COMMAND_ANSWER);
    CU_ASSERT_EQUAL(judge(&second, NOW_MS).verdict, COMMAND_AGAIN);
    CU_ASSERT_EQUAL(command_last_seq(guard), 5);
    CU_ASSERT_EQUAL(command_fencing_epoch(guard), 3);
}

struct refusal {
    const char *node;
    uint64_t seq;
    uint64_t fencing_epoch;
    int64_t issued_ms, expires_ms;
    enum command_outcome outcome;
    const char *detail;
};

static void test_what_may_not_be_done_is_refused_with_the_reason(void)
{
    static const struct refusal rows[] = {
        { "app-2", 9, 3, NOW_MS, NOW_MS + 1, COMMAND_REFUSED, "meant for another node" },
        { "app-1", 9, 2, NOW_MS, NOW_MS + 1, COMMAND_REFUSED,
          "from a leader that has been replaced" },
        { "app-1", 4, 3, NOW_MS, NOW_MS + 1, COMMAND_REFUSED,
          "its number has been used: a replay" },
        { "app-1", 9, 3, NOW_MS - 60000, NOW_MS - COMMAND_SKEW_MS - 1, COMMAND_EXPIRED,
          "came after its expiry" },
        { "app-1", 9, 3, NOW_MS + COMMAND_SKEW_MS + 1, NOW_MS + 60000, COMMAND_REFUSED,
          "issued in the future: the clocks disagree" },
        { "app-1", 9, 3, NOW_MS, NOW_MS + COMMAND_LIFE_MAX_MS + 1, COMMAND_REFUSED,
          "its life is longer than a command may have" },
        { "app-1", 9, 3, NOW_MS, NOW_MS - 1, COMMAND_REFUSED,
          "its life is longer than a command may have" },
    };
    struct command earlier = world_command("app-1", 4);

    begin();
    ASSERT_OK(command_store_accept(guard, &earlier));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct command command = world_command(rows[i].node, 100 + i);
        command.seq = rows[i].seq;
        command.fencing_epoch = rows[i].fencing_epoch;
        command.issued_ms = rows[i].issued_ms;
        command.expires_ms = rows[i].expires_ms;
        struct command_judgement judgement = judge(&command, NOW_MS);
        CU_ASSERT_EQUAL(judgement.verdict, COMMAND_REFUSE);
        CU_ASSERT_EQUAL(judgement.outcome, rows[i].outcome);
        ASSERT_TEXT(slice_from(judgement.detail), rows[i].detail);
    }
}

/* Accepted while the plane was out of reach; an aggregator that kept the frame tries it next day.
 */
static void test_an_accepted_command_expires_like_any_other(void)
{
    struct command command = world_command("app-1", 4);

    begin();
    ASSERT_OK(command_store_accept(guard, &command));
    CU_ASSERT_EQUAL(judge(&command, NOW_MS).verdict, COMMAND_AGAIN);
    struct command_judgement judgement = judge(&command, command.expires_ms + COMMAND_SKEW_MS + 1);
    CU_ASSERT_EQUAL(judgement.verdict, COMMAND_REFUSE);
    CU_ASSERT_EQUAL(judgement.outcome, COMMAND_EXPIRED);
}

static void test_an_old_leader_cannot_redo_its_own_command(void)
{
    struct command old = world_command("app-1", 4);
    struct command newer = world_command("app-1", 5);

    begin();
    newer.fencing_epoch = 4;
    ASSERT_OK(command_store_accept(guard, &old));
    ASSERT_OK(command_store_accept(guard, &newer));
    CU_ASSERT_EQUAL(judge(&old, NOW_MS).verdict, COMMAND_REFUSE);
}

static void test_what_nobody_trusted_signed_is_ignored(void)
{
    struct command command = world_command("app-1", 4);
    struct message message = world_command_message(&arena, &world, &command);
    struct command opened;

    begin();
    message.command.signatures[0].signature.bytes[5] ^= 1;
    struct command_judgement judgement =
        command_judge(guard, &arena, &message.command, &world.app_trust, NOW_MS, &opened);
    CU_ASSERT_EQUAL(judgement.verdict, COMMAND_IGNORE);
    ASSERT_TEXT(slice_from(judgement.detail), "command: 0 good signatures of 1 needed");
}

static void test_memory_is_bounded_but_no_replay_passes(void)
{
    struct command first = world_command("app-1", 1);
    struct command last = world_command("app-1", ORDERS);

    begin();
    for (uint64_t seq = 1; seq <= ORDERS; seq++) {
        struct command command = world_command("app-1", seq);
        ASSERT_OK(command_store_accept(guard, &command));
    }
    reopen();
    CU_ASSERT_EQUAL(command_last_seq(guard), ORDERS);
    CU_ASSERT_EQUAL(judge(&last, NOW_MS).verdict, COMMAND_AGAIN);
    CU_ASSERT_EQUAL(judge(&first, NOW_MS).verdict, COMMAND_REFUSE); /* forgotten, and refused */
}

/* Records of a later version, which this one skips, fill the log. */
static void test_a_long_log_is_rewritten_with_what_is_remembered(void)
{
    static char filler[RECORD_PAYLOAD_MAX] = { 9 };
    CLEANUP(buf_done) struct buf text = { 0 };
    struct command command = world_command("app-1", 4);
    struct command_result result = done(&command);
    struct command next = world_command("app-1", 5);
    struct stat info;

    begin();
    ASSERT_OK(command_store_accept(guard, &command));
    ASSERT_OK(command_store_result(guard, &result));
    const char *path = file_path(&arena, folder, "commands.log");
    struct slice old;
    ASSERT_OK(file_load(&arena, path, sizeof(filler), &old));
    buf_add_slice(&text, old);
    for (int i = 0; i < 3; i++) {
        record_add(&text, (struct slice){ filler, sizeof(filler) });
    }
    ASSERT_OK(file_store(path, buf_slice(&text), 0600));
    reopen();
    ASSERT_OK(command_store_accept(guard, &next));
    CU_ASSERT_EQUAL(stat(path, &info), 0);
    CU_ASSERT(info.st_size < 1024);
    reopen();
    CU_ASSERT_EQUAL(judge(&command, NOW_MS).verdict, COMMAND_ANSWER);
    CU_ASSERT_EQUAL(judge(&next, NOW_MS).verdict, COMMAND_AGAIN);
}

static void test_a_torn_tail_is_cut(void)
{
    struct command command = world_command("app-1", 4);
    struct command next = world_command("app-1", 5);
    struct stat info;

    begin();
    ASSERT_OK(command_store_accept(guard, &command));
    ASSERT_OK(command_store_accept(guard, &next));
    const char *path = file_path(&arena, folder, "commands.log");
    CU_ASSERT_EQUAL(stat(path, &info), 0);
    CU_ASSERT_EQUAL(truncate(path, info.st_size - 1), 0);
    reopen();
    CU_ASSERT_EQUAL(command_last_seq(guard), 4);
    CU_ASSERT_EQUAL(judge(&next, NOW_MS).verdict, COMMAND_ACCEPT);
    ASSERT_OK(command_store_accept(guard, &next));
    reopen();
    CU_ASSERT_EQUAL(command_last_seq(guard), 5);
}

static void test_a_folder_that_cannot_be_is_an_error(void)
{
    struct command_guard *none = NULL;
    struct status opened = command_guard_open("/proc/nowhere", SLICE("app-1"), &none);

    CU_ASSERT_FALSE(status_ok(&opened));
    CU_ASSERT_PTR_NULL(none);
    command_guard_close(&none);
}

static CU_TestInfo tests[] = {
    { "a new command is accepted and a repeat answered",
      test_a_new_command_is_accepted_and_a_repeat_answered },
    { "a restart forgets nothing", test_a_restart_forgets_nothing },
    { "what may not be done is refused with the reason",
      test_what_may_not_be_done_is_refused_with_the_reason },
    { "an old leader cannot redo its own command", test_an_old_leader_cannot_redo_its_own_command },
    { "an accepted command expires like any other",
      test_an_accepted_command_expires_like_any_other },
    { "what nobody trusted signed is ignored", test_what_nobody_trusted_signed_is_ignored },
    { "memory is bounded, but no replay passes", test_memory_is_bounded_but_no_replay_passes },
    { "a long log is rewritten with what is remembered",
      test_a_long_log_is_rewritten_with_what_is_remembered },
    { "a torn tail is cut", test_a_torn_tail_is_cut },
    { "a folder that cannot be is an error", test_a_folder_that_cannot_be_is_an_error },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = { { "wire/command_guard", set_up, tear_down, NULL, end_test, tests },
                          CU_SUITE_INFO_NULL };
