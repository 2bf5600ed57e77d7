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

static struct command undo_of(const struct command *done_before, uint64_t seq)
{
    struct command command = world_command("app-1", seq);

    command.verb = COMMAND_UNDO;
    command.action = done_before->action;
    return command;
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
    CU_ASSERT_EQUAL(judgement.verdict, COMMAND_LOOK); /* it may have been done before a crash */
    CU_ASSERT_EQUAL(judgement.outcome, COMMAND_EXPIRED);
    struct command undo = undo_of(&command, 5);
    ASSERT_OK(command_store_accept(guard, &undo));
    judgement = judge(&undo, undo.expires_ms + COMMAND_SKEW_MS + 1);
    CU_ASSERT_EQUAL(judgement.verdict, COMMAND_REFUSE);
    CU_ASSERT_EQUAL(judgement.outcome, COMMAND_EXPIRED);
    judgement = judge(&command, command.expires_ms + COMMAND_SKEW_MS + 1);
    CU_ASSERT_EQUAL(judgement.verdict, COMMAND_REFUSE);
}

/* Its leader has started anew meanwhile, has given it up and asks; a newer order came first. */
static void test_what_an_earlier_leader_gave_up_is_looked_at(void)
{
    struct command command = world_command("app-1", 4);
    struct command newer = world_command("app-1", 5);
    int64_t late_ms = command.expires_ms + COMMAND_SKEW_MS + 1;

    begin();
    ASSERT_OK(command_store_accept(guard, &command));
    newer.id = ulid_new(NOW_MS);
    newer.action.id = ulid_new(NOW_MS);
    newer.fencing_epoch = command.fencing_epoch + 1;
    ASSERT_OK(command_store_accept(guard, &newer));
    CU_ASSERT_EQUAL(judge(&command, NOW_MS).verdict, COMMAND_REFUSE); /* not carried out again */
    struct command_judgement judgement = judge(&command, late_ms);
    CU_ASSERT_EQUAL(judgement.verdict, COMMAND_LOOK);
    CU_ASSERT_EQUAL(judgement.outcome, COMMAND_EXPIRED);
    command.id = ulid_new(NOW_MS); /* one that never came */
    CU_ASSERT_EQUAL(judge(&command, late_ms).verdict, COMMAND_REFUSE);
}

/* Who gave it up asks later what became of it, also after a restart of its own. */
static void test_what_was_done_is_told_at_any_time(void)
{
    struct command command = world_command("app-1", 4);
    struct command newer = world_command("app-1", 5);
    struct command_result result = done(&command);

    begin();
    newer.fencing_epoch = 4;
    ASSERT_OK(command_store_accept(guard, &command));
    ASSERT_OK(command_store_result(guard, &result));
    ASSERT_OK(command_store_accept(guard, &newer));
    CU_ASSERT_EQUAL(judge(&command, command.expires_ms + COMMAND_LIFE_MAX_MS).verdict,
                    COMMAND_ANSWER);
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

/* Makes it compact its log with the next accept: records of a later version fill it. */
static void fill_log(void)
{
    static char filler[RECORD_PAYLOAD_MAX] = { 9 };
    CLEANUP(buf_done) struct buf text = { 0 };
    const char *path = file_path(&arena, folder, "commands.log");
    struct slice old;

    ASSERT_OK(file_load(&arena, path, 4 * sizeof(filler), &old));
    buf_add_slice(&text, old);
    for (int i = 0; i < 3; i++) {
        record_add(&text, (struct slice){ filler, sizeof(filler) });
    }
    ASSERT_OK(file_store(path, buf_slice(&text), 0600));
    reopen();
}

static void take(const struct command *command)
{
    struct command_judgement judgement = judge(command, NOW_MS);

    CU_ASSERT_EQUAL_FATAL(judgement.verdict, COMMAND_ACCEPT);
    ASSERT_OK(command_store_accept(guard, command));
}

static void test_a_long_log_is_rewritten_with_what_is_remembered(void)
{
    struct command command = world_command("app-1", 4);
    struct command_result result = done(&command);
    struct command next = world_command("app-1", 5);
    struct stat info;

    begin();
    ASSERT_OK(command_store_accept(guard, &command));
    ASSERT_OK(command_store_result(guard, &result));
    fill_log();
    ASSERT_OK(command_store_accept(guard, &next));
    CU_ASSERT_EQUAL(stat(file_path(&arena, folder, "commands.log"), &info), 0);
    CU_ASSERT(info.st_size < 1024);
    reopen();
    CU_ASSERT_EQUAL(judge(&command, NOW_MS).verdict, COMMAND_ANSWER);
    CU_ASSERT_EQUAL(judge(&next, NOW_MS).verdict, COMMAND_AGAIN);
}

/* Four numbers in all 24 orders; each is taken once, also over a restart. */
static void test_commands_that_overtake_each_other_are_all_taken(void)
{
    enum { NUMBERS = 4, ORDERS_OF_FOUR = 24 };

    for (unsigned order = 0; order < ORDERS_OF_FOUR; order++) {
        uint64_t left[NUMBERS] = { 5, 6, 7, 8 };
        unsigned rest = order;
        begin();
        for (unsigned count = NUMBERS; count > 0; count--) {
            unsigned pick = rest % count;
            rest /= count;
            struct command command = world_command("app-1", left[pick]);
            take(&command);
            CU_ASSERT_EQUAL(judge(&command, NOW_MS).verdict, COMMAND_AGAIN);
            left[pick] = left[count - 1];
            if (count == 3) {
                reopen();
            }
        }
        CU_ASSERT_EQUAL(command_last_seq(guard), 8);
        for (uint64_t seq = 5; seq <= 8; seq++) {
            struct command replay = world_command("app-1", seq + 100); /* another id */
            replay.seq = seq;
            CU_ASSERT_EQUAL(judge(&replay, NOW_MS).verdict, COMMAND_REFUSE);
        }
    }
}

/* Below the window nobody knows any more; the window moves with what is forgotten, not with jumps
 * of the numbers, and stands after a restart and a rewritten log. */
static void test_what_is_older_than_the_memory_is_refused(void)
{
    struct command late = world_command("app-1", 3);
    struct command inside = world_command("app-1", 4);

    begin();
    struct command first = world_command("app-1", 2);
    ASSERT_OK(command_store_accept(guard, &first));
    for (uint64_t seq = 1001; seq < 1001 + COMMAND_MEMORY - 1; seq++) {
        struct command command = world_command("app-1", seq);
        ASSERT_OK(command_store_accept(guard, &command));
    }
    CU_ASSERT_EQUAL(judge(&late, NOW_MS).verdict, COMMAND_ACCEPT); /* 2 is remembered still */
    ASSERT_OK(command_store_accept(guard, &late));                 /* and now forgotten */
    CU_ASSERT_EQUAL(judge(&first, NOW_MS).verdict, COMMAND_REFUSE);
    CU_ASSERT_EQUAL(judge(&inside, NOW_MS).verdict, COMMAND_ACCEPT);
    reopen();
    CU_ASSERT_EQUAL(judge(&first, NOW_MS).verdict, COMMAND_REFUSE);
    fill_log();
    ASSERT_OK(command_store_accept(guard, &inside));
    reopen();
    CU_ASSERT_EQUAL(judge(&first, NOW_MS).verdict, COMMAND_REFUSE);
    CU_ASSERT_EQUAL(judge(&inside, NOW_MS).verdict, COMMAND_AGAIN);
    struct command next = world_command("app-1", 1001); /* forgotten with the last two */
    next.id = world_command("app-1", 9).id;
    CU_ASSERT_EQUAL(judge(&next, NOW_MS).verdict, COMMAND_REFUSE);
}

/* DO and UNDO of one action, the DO being 5 and the UNDO 6, in every order and repetition. */
static void test_what_was_undone_is_never_done_again(void)
{
    struct command act = world_command("app-1", 5);
    struct command undo = undo_of(&act, 6);
    struct command other = world_command("app-1", 7);

    begin(); /* the undo overtakes */
    take(&undo);
    struct command_judgement judgement = judge(&act, NOW_MS);
    CU_ASSERT_EQUAL(judgement.verdict, COMMAND_REFUSE);
    CU_ASSERT_EQUAL(judgement.outcome, COMMAND_REFUSED);
    ASSERT_TEXT(slice_from(judgement.detail), "its action has been undone: it is not done again");
    CU_ASSERT_EQUAL(judge(&other, NOW_MS).verdict, COMMAND_ACCEPT); /* another action */
    reopen();
    CU_ASSERT_EQUAL(judge(&act, NOW_MS).verdict, COMMAND_REFUSE);
    fill_log();
    ASSERT_OK(command_store_accept(guard, &other));
    reopen();
    CU_ASSERT_EQUAL(judge(&act, NOW_MS).verdict, COMMAND_REFUSE);
    act.fencing_epoch = 4; /* nor for a new leader */
    CU_ASSERT_EQUAL(judge(&act, NOW_MS).verdict, COMMAND_REFUSE);
    act.fencing_epoch = 3;

    begin(); /* the plane was out of reach for the DO, which comes again after its undo */
    take(&act);
    take(&undo);
    CU_ASSERT_EQUAL(judge(&act, NOW_MS).verdict, COMMAND_REFUSE);
    CU_ASSERT_EQUAL(judge(&undo, NOW_MS).verdict, COMMAND_AGAIN);

    begin(); /* as it should be: a repeat is told what happened */
    struct command_result result = done(&act);
    take(&act);
    ASSERT_OK(command_store_result(guard, &result));
    take(&undo);
    CU_ASSERT_EQUAL(judge(&act, NOW_MS).verdict, COMMAND_ANSWER);
}

static void test_a_new_leader_counts_anew(void)
{
    struct command old = world_command("app-1", 500);
    struct command fresh = world_command("app-1", 1);
    struct command second = world_command("app-1", 2);

    begin();
    take(&old);
    fresh.fencing_epoch = 4;
    second.fencing_epoch = 4;
    take(&second);
    take(&fresh);
    CU_ASSERT_EQUAL(command_last_seq(guard), 2);
    reopen();
    CU_ASSERT_EQUAL(command_last_seq(guard), 2);
    CU_ASSERT_EQUAL(judge(&old, NOW_MS).verdict, COMMAND_REFUSE); /* of the old leader */
    struct command replay = world_command("app-1", 50);
    replay.seq = 1;
    replay.fencing_epoch = 4;
    CU_ASSERT_EQUAL(judge(&replay, NOW_MS).verdict, COMMAND_REFUSE);
}

/* As earlier versions wrote it: an accept without verb and action. */
static void test_an_older_log_is_read(void)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct command command = world_command("app-1", 4);
    struct command replay = world_command("app-1", 9);
    char payload[17 + ULID_TEXT_LEN] = { [0] = 1, [1] = 4, [9] = 3 };

    begin();
    memcpy(payload + 17, command.id.text, ULID_TEXT_LEN);
    record_add(&text, (struct slice){ payload, sizeof(payload) });
    ASSERT_OK(file_store(file_path(&arena, folder, "commands.log"), buf_slice(&text), 0600));
    reopen();
    replay.seq = 4;
    CU_ASSERT_EQUAL(judge(&command, NOW_MS).verdict, COMMAND_AGAIN);
    CU_ASSERT_EQUAL(judge(&replay, NOW_MS).verdict, COMMAND_REFUSE);
    fill_log();
    struct command next = world_command("app-1", 5);
    take(&next);
    reopen();
    CU_ASSERT_EQUAL(judge(&command, NOW_MS).verdict, COMMAND_AGAIN);
    CU_ASSERT_EQUAL(command_last_seq(guard), 5);
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
    { "what an earlier leader gave up is looked at",
      test_what_an_earlier_leader_gave_up_is_looked_at },
    { "what was done is told at any time", test_what_was_done_is_told_at_any_time },
    { "what nobody trusted signed is ignored", test_what_nobody_trusted_signed_is_ignored },
    { "memory is bounded, but no replay passes", test_memory_is_bounded_but_no_replay_passes },
    { "a long log is rewritten with what is remembered",
      test_a_long_log_is_rewritten_with_what_is_remembered },
    { "commands that overtake each other are all taken",
      test_commands_that_overtake_each_other_are_all_taken },
    { "what is older than the memory is refused", test_what_is_older_than_the_memory_is_refused },
    { "what was undone is never done again", test_what_was_undone_is_never_done_again },
    { "a new leader counts anew", test_a_new_leader_counts_anew },
    { "an older log is read", test_an_older_log_is_read },
    { "a torn tail is cut", test_a_torn_tail_is_cut },
    { "a folder that cannot be is an error", test_a_folder_that_cannot_be_is_an_error },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = { { "wire/command_guard", set_up, tear_down, NULL, end_test, tests },
                          CU_SUITE_INFO_NULL };
