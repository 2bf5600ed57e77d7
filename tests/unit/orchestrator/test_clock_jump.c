/* A wall clock that jumps at redand, against the monotonic one: nothing expires, nothing lives
 * longer, nothing is sent over and over, no time is measured that did not pass. */
#include "tests/suite.h"
#include "tests/unit/orchestrator/scene.h"

#include <string.h>

static const int64_t s = 1000000;
static const int64_t hour = INT64_C(3600) * 1000000;

static void pass(int64_t by_us)
{
    scene_end_turn();
    clock_virtual_advance(&virtual_time, by_us);
    scene_sweep();
}

static void jump(int64_t by_us)
{
    scene_end_turn();
    virtual_time.wall_us += by_us;
    scene_sweep();
}

/* An order that nobody answers. */
static void begin(void)
{
    scene_begin();
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    scene_look();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 1);
}

static struct command_record order(void)
{
    struct command_record command = { .sent_count = 0 };
    struct step_record *steps = NULL;

    scene_look();
    CU_ASSERT_EQUAL_FATAL(scene_steps_of(seen.plan_count - 1, &steps), 1);
    ASSERT_OK(knowledge_get_command(knowledge_reading(core.knowledge),
                                    slice_from(steps[0].command.text), &arena, &command));
    return command;
}

static void commands_live_as_long_as_without(int64_t by_us)
{
    begin();
    pass(60 * s);
    jump(by_us);
    CU_ASSERT_EQUAL(scene_journal_rows("clock.jumped"), 1);
    CU_ASSERT_EQUAL(scene_journal_rows("command.reissued"), 1);
    struct command_record command = order();
    CU_ASSERT_EQUAL(command.state, COMMAND_STATE_SENT);
    CU_ASSERT_EQUAL(command.expires_ms - virtual_time.wall_us / 1000,
                    CORE_COMMAND_LIFE_MS - 60 * 1000);
    CU_ASSERT_EQUAL(command.expires_ms - command.issued_ms, CORE_COMMAND_LIFE_MS);
    pass(CORE_COMMAND_LIFE_MS * INT64_C(1000) - 61 * s);
    CU_ASSERT_EQUAL(order().state, COMMAND_STATE_SENT);
    pass(1 * s);
    CU_ASSERT_EQUAL(order().state, COMMAND_STATE_EXPIRED);
    CU_ASSERT_EQUAL(scene_journal_rows("clock.jumped"), 1);
}

static void a_jump_forward_expires_no_command(void)
{
    commands_live_as_long_as_without(hour);
}

static void a_jump_backward_lengthens_no_command(void)
{
    commands_live_as_long_as_without(-hour);
}

static void resends_go_on_as_before(void)
{
    static const int64_t jumps[] = { 0, INT64_C(3600) * 1000000, -INT64_C(3600) * 1000000 };
    uint32_t sent[COUNT_OF(jumps)] = { 0 };

    for (size_t i = 0; i < COUNT_OF(jumps); i++) {
        begin();
        pass(2 * s);
        jump(jumps[i]);
        for (int tick = 0; tick < 40; tick++) {
            pass(s / 4);
        }
        sent[i] = order().sent_count;
        if (i + 1 < COUNT_OF(jumps)) {
            scene_end_test();
        }
    }
    CU_ASSERT_TRUE(sent[0] > 1 && sent[0] < 8);
    CU_ASSERT_EQUAL(sent[1], sent[0]);
    CU_ASSERT_EQUAL(sent[2], sent[0]);
}

static void nothing_is_late_that_has_not_waited(void)
{
    begin();
    jump(hour);
    CU_ASSERT_EQUAL(scene_incident().mttr, OBJECTIVE_UNKNOWN);
    pass(31 * s);
    CU_ASSERT_EQUAL(scene_incident().mttr, OBJECTIVE_BREACHED);
    scene_end_test();
    begin();
    jump(-hour);
    pass(29 * s);
    CU_ASSERT_EQUAL(scene_incident().mttr, OBJECTIVE_UNKNOWN);
    pass(2 * s);
    CU_ASSERT_EQUAL(scene_incident().mttr, OBJECTIVE_BREACHED);
}

/* The node's clock, which stamps both ends, went back between them. */
static void a_measured_time_is_never_negative(void)
{
    struct step_record *steps = NULL;

    begin();
    pass(2 * s);
    scene_look();
    CU_ASSERT_EQUAL_FATAL(scene_steps_of(0, &steps), 1);
    virtual_time.wall_us -= hour; /* the answer is stamped by it ... */
    struct step_record step = steps[0];
    scene_answer(&step, COMMAND_DO, COMMAND_DONE); /* ... and ours jumped with it */
    struct incident_record incident = scene_incident();
    CU_ASSERT_EQUAL(incident.state, INCIDENT_CONTAINED);
    CU_ASSERT_EQUAL(incident.mttr, OBJECTIVE_MET);
    int64_t took_us = incident.enforced_us - incident.detected_us;
    CU_ASSERT_TRUE(took_us >= 2 * s && took_us < 3 * s);
}

static void ids_sort_as_they_were_made(void)
{
    scene_begin();
    struct ulid first = core_new_id(&core);
    virtual_time.wall_us -= hour;
    struct ulid second = core_new_id(&core);
    CU_ASSERT_TRUE(strcmp(first.text, second.text) < 0);
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    struct ulid incident = scene_incident().id;
    virtual_time.wall_us -= hour;
    scene_restart();
    struct ulid third = core_new_id(&core);
    CU_ASSERT_TRUE(strcmp(incident.text, third.text) < 0);
}

static void a_turn_that_is_lost_finds_the_jump_again(void)
{
    begin();
    scene_end_turn();
    virtual_time.wall_us += hour;
    ASSERT_OK(turn_join(&core));
    turn_abandon(&core);
    scene_sweep();
    CU_ASSERT_EQUAL(order().state, COMMAND_STATE_SENT);
    CU_ASSERT_EQUAL(scene_journal_rows("clock.jumped"), 1);
}

static void small_steps_are_no_jumps(void)
{
    begin();
    for (int i = 0; i < 10; i++) {
        jump(s);
        jump(-s);
    }
    CU_ASSERT_EQUAL(scene_journal_rows("clock.jumped"), 0);
}

static CU_TestInfo tests[] = {
    { "a jump forward expires no command", a_jump_forward_expires_no_command },
    { "a jump backward lengthens no command", a_jump_backward_lengthens_no_command },
    { "resends go on as before", resends_go_on_as_before },
    { "nothing is late that has not waited", nothing_is_late_that_has_not_waited },
    { "a measured time is never negative", a_measured_time_is_never_negative },
    { "ids sort as they were made", ids_sort_as_they_were_made },
    { "a turn that is lost finds the jump again", a_turn_that_is_lost_finds_the_jump_again },
    { "small steps are no jumps", small_steps_are_no_jumps },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "clock jump", NULL, scene_tear_down, NULL, scene_end_test, tests },
    CU_SUITE_INFO_NULL,
};
